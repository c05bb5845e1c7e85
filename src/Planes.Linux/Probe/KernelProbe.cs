using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Agent;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Planes.Linux.Kernel;

namespace Trunkline.Planes.Linux.Probe;

/// <summary>What the kernel was found to lack.</summary>
/// <param name="Refusal">Why no real packets can be sent at all, in one line; null where they can.</param>
/// <param name="Lacks">What is missing otherwise, one line each, with the consequence.</param>
internal sealed record KernelInventory(string? Refusal, ImmutableArray<string> Lacks);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(KernelInventory))]
internal sealed partial class ProbeJson : JsonSerializerContext;

/// <summary>
/// Tries each thing that the plane is built of, in two namespaces of its own that are gone afterwards: what a kernel can do is not written
/// anywhere, and what a user namespace may do least of all.
/// </summary>
internal static class KernelProbe
{
    public const string Operation = "probe.kernel";

    private const string Near = "near";
    private const string Far = "far";

    private static readonly Link NearLink = new("eth0", "0a:00:00:00:00:01", 9001, Far, "eth0");
    private static readonly Link FarLink = new("eth0", "0a:00:00:00:00:02", 9001, Near, "eth0");
    private const string Forward = "filter hook forward priority 0; policy accept;";
    private const string Raw = "filter hook prerouting priority -300; policy accept;";
    private const string Early = "filter hook prerouting priority -100; policy accept;";
    private const string Nat = "nat hook postrouting priority 100; policy accept;";

    private static readonly Prefix Somewhere = Prefix.Parse("198.51.100.0/24");

    public static void Register(AgentRegistry registry) => registry.Add(
        Operation, CoreJson.Default.Nothing, ProbeJson.Default.KernelInventory, (host, _, _) => ValueTask.FromResult(Take(host)));

    private static KernelInventory Take(AgentHost host)
    {
        if (HostKernel.WhatIsMissing() is { } missing)
        {
            return new KernelInventory(missing.TrimEnd('.'), []);
        }

        using HostKernel kernel = new(Path.Combine(host.Directory.NetnsRoot, ".probe"));
        try
        {
            foreach (Feature feature in Essential)
            {
                if (Try(kernel, feature.Steps) is { } why)
                {
                    return new KernelInventory($"{feature.What}: {why}; {feature.Consequence}", []);
                }
            }

            return new KernelInventory(null,
            [
                .. Optional.Select(f => (Feature: f, Why: Try(kernel, f.Steps)))
                    .Where(t => t.Why is not null)
                    .Select(t => $"{t.Feature.What}: {t.Why}; {t.Feature.Consequence}"),
                .. ShortWays(kernel),
                .. Files(),
            ]);
        }
        finally
        {
            kernel.Apply(new HostDelta(
                [new RemoveNamespace(Near, StepCause.Unwanted), new RemoveNamespace(Far, StepCause.Unwanted)]));
        }
    }

    /// <summary>Null where all steps went well; else the kernel's words for the first that did not.</summary>
    private static string? Try(HostKernel kernel, ImmutableArray<HostStep> steps)
    {
        try
        {
            return kernel.Apply(new HostDelta(steps)) is [{ } first, ..] ? first.Why : null;
        }
        catch (KernelException e)
        {
            return e.Message;
        }
    }

    private static ImmutableArray<Feature> Essential =>
    [
        new("no network namespaces", "real packets need them",
        [
            new AddNamespace(Near, StepCause.Missing, NamespaceRole.Router, null),
            new AddNamespace(Far, StepCause.Missing, NamespaceRole.Machine, null),
        ]),
        new("no virtual Ethernet pairs (veth)", "no machine could be connected",
        [
            new AddPair(Near, StepCause.Missing, NearLink, FarLink),
            new SetLink(Near, StepCause.Missing, NearLink),
            new SetLink(Far, StepCause.Missing, FarLink),
        ]),
        new("no routes in tables of their own", "a subnet could not have its own route table",
        [
            new SetRoute(Near, StepCause.Missing, new KernelRoute(Somewhere, 1001, RouteType.Unicast, "eth0", IpAddress.Parse("169.254.77.2"))),
            new SetRoute(Near, StepCause.Missing, new KernelRoute(Somewhere, 1002, RouteType.Blackhole, null, null)),
        ]),
        new("no routing by mark", "a subnet could not have its own route table",
        [
            new AddRule(Near, StepCause.Missing, new KernelRule(Family.V4, 100, 1, 0xffff, 1001)),
        ]),
        Nft("no filtering by connection state (nf_conntrack)", "security groups could not be enforced", Forward,
            "ct state invalid drop comment \"X\"",
            "ct mark set 1",
            "ct state established,related accept"),
        Nft("no filtering by sets and maps", "security groups and ACLs could not be enforced", Forward,
            "ip saddr vmap { 10.0.0.1 : accept }",
            "iifname . ip saddr { \"eth0\" . 10.0.0.1 } accept",
            "ip daddr { 10.0.0.0-10.0.0.9 } accept"),
        Nft("no address rewriting", "an internet gateway could not translate", Raw,
            "ip daddr set ip daddr map { 198.51.100.1 : 10.0.0.1 }"),
        Nft("no port address translation (nft nat)", "a NAT gateway could not translate", Nat,
            "meta l4proto tcp snat ip to 10.0.0.9:1024-65535"),
    ];

    private static ImmutableArray<Feature> Optional =>
    [
        Nft("no conntrack zones", "flows that pass an instance which forwards may be filtered by a neighbour's state", Raw,
            "ct zone set 1"),
        Nft("no route look-up in filters (nft fib)", "losses by routing carry no reason", Raw,
            "fib daddr . mark type blackhole drop comment \"X\""),
        Nft("no packet tracing (nftrace)", "`check` and `trace --live` cannot tell the reason of a real packet's loss", Raw,
            "meta nftrace set 1"),
        Nft("no connection labels", "flows through several instances that forward share their state", Early,
            "ct label set 1"),
    ];

    private static IEnumerable<string> ShortWays(HostKernel kernel)
    {
        if (kernel.WhyNoShortWays(Near) is { } why)
        {
            yield return $"no forwarding where packets enter (nft family netdev): {why.Split('\n')[0]}; small datagrams are slower";
        }

        if (kernel.WhyNoPeerWays(Near) is { } refused)
        {
            yield return $"no programs where packets enter (eBPF): {refused.Split('\n')[0]}; TCP and small datagrams are slower";
        }
    }

    private static IEnumerable<string> Files()
    {
        if (!Directory.Exists("/proc/sys/net/ipv6"))
        {
            yield return "no IPv6 in this kernel; only IPv4 packets are carried";
        }

        const string congestion = "/proc/sys/net/ipv4/tcp_congestion_control";
        if (File.Exists(congestion) && File.ReadAllText(congestion).Trim() == "bbr")
        {
            yield return "TCP's default here is bbr, which reaches about half of a virtual link's throughput; programs may choose another";
        }
    }

    private static Feature Nft(string what, string consequence, string hook, params ImmutableArray<string> rules)
    {
        ImmutableSortedDictionary<string, NftChain> chains = ImmutableSortedDictionary.Create<string, NftChain>(StringComparer.Ordinal)
            .Add("probe", new NftChain("probe", hook, rules));
        NftTable table = new(ImmutableSortedDictionary.Create<string, NftSet>(StringComparer.Ordinal), chains);
        return new Feature(what, consequence, [new LoadFilter(Near, StepCause.Missing, table)]);
    }

    private sealed record Feature(string What, string Consequence, ImmutableArray<HostStep> Steps);
}
