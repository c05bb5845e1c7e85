using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Forwarding;

/// <summary>Kinds of resources that no packet ever meets: one line each, with the reason.</summary>
public static class NotForwarded
{
    public static ImmutableDictionary<Kind, string> Kinds { get; } = new Dictionary<Kind, string>
    {
        [Kind.Of<RegionSettings>()] = "settings of the account, no part of the network",
        [Kind.Of<DhcpOptions>()] = "handed to instances when they start; packets do not meet it",
        [Kind.Of<NetworkInterfacePermission>()] = "leave for another account, no rule for packets",
        [Kind.Of<PublicIpv4Pool>()] = "where addresses are allocated from; the addresses themselves are forwarded",
        [Kind.Of<Ipv6AddressPool>()] = "where blocks are allocated from; the VPCs' blocks are forwarded",
        [Kind.Of<AcceptedAddressTransfer>()] = "the memory of an address that another account has now",
        [Kind.Of<NetworkInsightsPath>()] = "a question about packets, not a part of the network",
        [Kind.Of<NetworkInsightsAnalysis>()] = "an answer about packets, not a part of the network",
    }.ToImmutableDictionary();
}
