using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Forwarding;

/// <summary>Kinds of resources that no packet ever meets: one line each, with the reason.</summary>
public static class NotForwarded
{
    public static ImmutableDictionary<Kind, string> Kinds { get; } = new Dictionary<Kind, string>
    {
        [Kind.Of<RegionSettings>()] = "settings of the account, no part of the network",
        [Kind.Of<ClientToken>()] = "remembers a request, makes nothing",
        [Kind.Of<DhcpOptions>()] = "handed to instances when they start; packets do not meet it",
    }.ToImmutableDictionary();
}
