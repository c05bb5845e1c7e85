namespace Trunkline.Api;

/// <summary>What the endpoint says of itself in its status.</summary>
/// <param name="Data">The data directory; null where nothing is kept.</param>
/// <param name="Plane">What carries packets: <c>model</c>, <c>linux</c>.</param>
/// <param name="PlaneWhy">Why that plane, in one line.</param>
/// <param name="Fallback">Where requests for services that Trunkline does not serve go; null refuses them.</param>
public sealed record ServerFacts(DateTimeOffset Started, string? Data, string Plane, string PlaneWhy, Uri? Fallback);
