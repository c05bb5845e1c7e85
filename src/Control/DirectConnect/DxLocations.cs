using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>A building in which AWS has Direct Connect devices.</summary>
/// <param name="Code">What requests name it by.</param>
/// <param name="Region">The region that its ports belong to.</param>
internal sealed record DxLocation(string Code, string Name, string Region)
{
    /// <summary>As DescribeLocations writes them.</summary>
    public static ImmutableArray<string> PortSpeeds { get; } = ["1G", "10G", "100G"];

    /// <summary>The speeds at which MACsec is to be had.</summary>
    public static ImmutableArray<string> MacSecPortSpeeds { get; } = ["10G", "100G"];

    /// <summary>Carriers that ports may be ordered through.</summary>
    public static ImmutableArray<string> Providers { get; } =
        ["AT&T NetBond", "Equinix, Inc.", "Lumen Technologies", "Megaport", "PacketFabric", "Verizon", "Zayo Group"];
}

/// <summary>
/// The locations of every region: some of AWS's. Source: AWS, "AWS Direct Connect locations". A region of which none is known, such as one with a
/// name of the user's own, has one location called after it: every region works.
/// </summary>
internal static class DxLocations
{
    private static readonly ImmutableArray<DxLocation> Known =
    [
        new("CCAT1", "AT Tokyo Chuo Data Center, Tokyo, JPN", "ap-northeast-1"),
        new("EqTY2", "Equinix TY2, Tokyo, JPN", "ap-northeast-1"),
        new("LGKNX", "KINX Gasan, Seoul, KOR", "ap-northeast-2"),
        new("LGU57", "LG U+ Pyeong-Chon Mega Center, Seoul, KOR", "ap-northeast-2"),
        new("TLS10", "Digital Realty ICN10, Seoul, KOR", "ap-northeast-2"),
        new("EqOS1", "Equinix OS1, Osaka, JPN", "ap-northeast-3"),
        new("GPXMB", "GPX, Mumbai, IND", "ap-south-1"),
        new("STTMB", "STT GDC, Mumbai, IND", "ap-south-1"),
        new("EqSG2", "Equinix SG2, Singapore, SGP", "ap-southeast-1"),
        new("GSSG1", "Global Switch, Singapore, SGP", "ap-southeast-1"),
        new("EqSY3", "Equinix SY3, Sydney, AUS", "ap-southeast-2"),
        new("GSSYD", "Global Switch SY6, Sydney, AUS", "ap-southeast-2"),
        new("ALTTO", "Allied 250 Front St W, Toronto, CAN", "ca-central-1"),
        new("CXMTL", "Cologix MTL3, Montreal, CAN", "ca-central-1"),
        new("EqFA5", "Equinix FR5, Frankfurt, DEU", "eu-central-1"),
        new("IXFRA", "Interxion FRA6, Frankfurt, DEU", "eu-central-1"),
        new("EqSK1", "Equinix SK1, Stockholm, SWE", "eu-north-1"),
        new("IXSTO", "Interxion STO1, Stockholm, SWE", "eu-north-1"),
        new("EirCL", "Eircom Clonshaugh, Dublin, IRL", "eu-west-1"),
        new("IXDUB", "Interxion DUB2, Dublin, IRL", "eu-west-1"),
        new("EqLD5", "Equinix LD5, London (Slough), GBR", "eu-west-2"),
        new("TCSH", "Telehouse London (Docklands), GBR", "eu-west-2"),
        new("EqPA3", "Equinix PA3, Paris, FRA", "eu-west-3"),
        new("TLHP2", "Telehouse Voltaire, Paris, FRA", "eu-west-3"),
        new("EqSP4", "Equinix SP4, Sao Paulo, BRA", "sa-east-1"),
        new("TNDB", "Tivit, Sao Paulo, BRA", "sa-east-1"),
        new("CS32A-24FL", "CoreSite NY1, New York, NY", "us-east-1"),
        new("CSVA1", "CoreSite VA1, Reston, VA", "us-east-1"),
        new("EqDC2", "Equinix DC2/DC11, Ashburn, VA", "us-east-1"),
        new("CXCOL", "Cologix COL2, Columbus, OH", "us-east-2"),
        new("EQC50", "Equinix CH2, Chicago, IL", "us-east-2"),
        new("CSSV4", "CoreSite SV4, Santa Clara, CA", "us-west-1"),
        new("EqSV5", "Equinix SV5, San Jose, CA", "us-west-1"),
        new("EqLA3", "Equinix LA3, El Segundo, CA", "us-west-2"),
        new("EqSe2", "Equinix SE2, Seattle, WA", "us-west-2"),
        new("TPOB1", "Pittock Block, Portland, OR", "us-west-2"),
    ];

    /// <summary>The locations whose ports belong to a region, in order of their codes.</summary>
    public static ImmutableArray<DxLocation> Of(string region)
    {
        ImmutableArray<DxLocation> known = [.. Known.Where(l => l.Region == region)];
        return known.IsEmpty ? [new DxLocation($"DX-{Regions.ShortCode(region)}", $"Direct Connect, {region}", region)] : known;
    }

    public static DxLocation Get(string region, string? code)
    {
        string given = string.IsNullOrEmpty(code) ? throw DxFaults.Missing("location") : code;
        return Of(region).FirstOrDefault(l => l.Code == given)
            ?? throw DxFaults.Client($"Location {given} is not valid in the Region {region}.");
    }
}
