using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// Prefixes of public virtual interfaces: what a customer announces to AWS must be public. Source: Direct Connect API, RouteFilterPrefix; AWS,
/// "Public virtual interface routing policies".
/// </summary>
internal static class PublicPrefixes
{
    private const int LongestV6 = 64;

    /// <summary>Blocks that no customer owns: RFC 6890 and its registries.</summary>
    private static readonly ImmutableArray<Prefix> Special =
    [
        Prefix.Parse("0.0.0.0/8"), WellKnown.Ten, WellKnown.Shared, Prefix.Parse("127.0.0.0/8"), WellKnown.LinkLocalV4,
        WellKnown.OneSevenTwo, WellKnown.OneNineTwo, Prefix.Parse("198.18.0.0/15"), Prefix.Parse("224.0.0.0/3"),
        Prefix.Parse("fc00::/7"), Prefix.Parse("fe80::/10"), Prefix.Parse("ff00::/8"),
    ];

    public static bool IsPublic(Prefix prefix) => !Special.Any(prefix.Overlaps);

    /// <summary>The prefixes of a request, ascending; IPv4 ones are needed where the session is one of IPv4.</summary>
    public static ImmutableArray<Prefix> Read(IReadOnlyList<AwsDx.RouteFilterPrefix>? prefixes, Family family)
    {
        SortedSet<Prefix> read = [];
        foreach (AwsDx.RouteFilterPrefix one in prefixes ?? [])
        {
            // AWS: "separate multiple routes using commas".
            foreach (string text in (one.Cidr ?? throw DxFaults.Missing("cidr")).Split(',', StringSplitOptions.TrimEntries))
            {
                read.Add(Checked(text));
            }
        }

        if (read.Count == 0 && family == Family.V4)
        {
            throw DxFaults.Client("At least one route filter prefix is required for a public virtual interface.");
        }

        return read.Count <= DxQuotas.PrefixesPerPublicInterface
            ? [.. read]
            : throw DxFaults.Limit($"A public virtual interface has at most {DxQuotas.PrefixesPerPublicInterface} route filter prefixes.");
    }

    private static Prefix Checked(string text)
    {
        if (!Prefix.TryParse(text, out Prefix prefix, out bool strict) || !strict)
        {
            throw DxFaults.Client($"The CIDR {text} is not valid.");
        }

        if (!prefix.IsV4 && prefix.Length > LongestV6)
        {
            throw DxFaults.Client($"The IPv6 CIDR {text} is not valid. It must use /{LongestV6} or shorter.");
        }

        return IsPublic(prefix) ? prefix : throw DxFaults.Client($"The CIDR {text} is not allowed to contain a private IP");
    }
}
