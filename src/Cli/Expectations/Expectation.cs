namespace Trunkline.Cli.Expectations;

/// <summary>A flow and the verdict wanted for it; docs/expectations.md is the reference of the file that it comes from.</summary>
/// <param name="Name">What the file calls it, or "FROM -> TO tcp/443".</param>
/// <param name="Protocol">tcp, udp or icmp.</param>
/// <param name="Port">Null for icmp.</param>
/// <param name="Code">Explanation code wanted of a drop; null accepts any.</param>
/// <param name="Direction">"forward" or "return" wanted of a drop; null accepts both.</param>
/// <param name="SeenAs">Address or block that the receiver must see as the source; null accepts any.</param>
/// <param name="Via">Ids, names or kinds of components that must have carried the packet.</param>
/// <param name="NotVia">The same of components that must not.</param>
/// <param name="Show">minimal, summary or detailed: print the trace as well; null prints none.</param>
/// <param name="Line">Where the flow begins in its file, counted from 1.</param>
internal sealed record Expectation(
    string Name, string From, string To, string Protocol, int? Port, int? SourcePort, bool Delivered, string? Code, string? Direction,
    string? SeenAs, IReadOnlyList<string> Via, IReadOnlyList<string> NotVia, string? Show, string? Account, string? Region, int Line, int Column)
{
    /// <summary>The HTTP request in the packet, "GET https://shop.example/cart"; null for none.</summary>
    public string? Http { get; init; }

    /// <summary>Further headers of the request, each as "Name: value".</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>Texts, each of which the trace must note somewhere on the way there or back; <see cref="TraceAnswer.Notes"/>.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The lines (<c>vpn-…/1</c>, <c>NAME/2</c>) that carry many flows of this kind between them, evenly; empty asks nothing.</summary>
    public IReadOnlyList<string> CarriedBy { get; init; } = [];

    /// <summary>"tcp/443", "icmp" or the request.</summary>
    public string Traffic => Http is not null ? Http : Port is null ? Protocol : $"{Protocol}/{Port}";

    /// <summary>What is wanted, in a few words.</summary>
    public string Wanted =>
        Delivered ? "delivered"
        : "dropped" + (Code is null ? "" : " " + Code) + (Direction is null ? "" : $" ({Direction})");
}

/// <summary>A whole expectation file.</summary>
/// <param name="World">World document to put on the endpoint first; null leaves the endpoint's.</param>
internal sealed record ExpectationFile(string Path, System.Text.Json.Nodes.JsonObject? World, IReadOnlyList<Expectation> Flows);
