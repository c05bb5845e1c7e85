namespace Trunkline.Cli;

/// <summary>What <c>trunkline up</c> was asked for; the server's room decides how.</summary>
/// <param name="Port">TCP port, 0 to 65535; 0 lets the system choose.</param>
/// <param name="Listen">Address to listen on; loopback unless told otherwise.</param>
/// <param name="Data">Full path of the data directory; null when <paramref name="Ephemeral"/>.</param>
/// <param name="Ephemeral">Keep nothing on disk.</param>
/// <param name="Json">Say that the server is up as one JSON line instead of a greeting.</param>
/// <param name="Quotas">"aws" for AWS's default quotas, the full path of a quota file, or null for none.</param>
/// <param name="Fallback">Where requests for services that Trunkline does not serve go; null refuses them.</param>
/// <param name="Plane">What carries packets: <c>model</c>, <c>linux</c>, or <c>auto</c> for linux where it works.</param>
/// <param name="Rootless">As root too, use a user namespace and no right on the host.</param>
public sealed record UpOptions(
    int Port, string Listen, string? Data, bool Ephemeral, bool Json, string? Quotas, Uri? Fallback, string Plane, bool Rootless);

/// <summary>What <c>trunkline down</c> was asked for.</summary>
/// <param name="Data">Full path of the data directory.</param>
/// <param name="Json">Say what was ended as one JSON line.</param>
public sealed record DownOptions(string Data, bool Json);
