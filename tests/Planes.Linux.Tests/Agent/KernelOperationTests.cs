using System.Collections.Immutable;
using System.Text.Json;
using Trunkline.Addressing;
using Trunkline.Planes.Linux.Agent;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Planes.Linux.Holder;
using Trunkline.Planes.Linux.Probe;

namespace Trunkline.Tests.Planes.Linux.Agent;

/// <summary>Networks of this kernel through the helper, as the server writes and reads them.</summary>
public sealed class KernelOperationTests
{
    private static readonly CancellationToken Stop = CancellationToken.None;

    private static readonly HostNetwork TwoEnds = Network(
        End("r-vpc-1", NamespaceRole.Router, "m-i-1", "10.0.0.1", new NftTable(
            ImmutableSortedDictionary.Create<string, NftSet>(StringComparer.Ordinal)
                .Add("own4", new NftSet("own4", false, "type ipv4_addr;", ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal)
                    .Add("10.0.0.5", ""))),
            ImmutableSortedDictionary.Create<string, NftChain>(StringComparer.Ordinal)
                .Add("forward", new NftChain("forward", "filter hook forward priority 0; policy accept;", ["ip saddr @own4 drop comment \"X eni-1\""])))),
        End("m-i-1", NamespaceRole.Machine, "r-vpc-1", "10.0.0.5", null));

    public static TheoryData<bool> Ways => Environment.UserName == "root" ? [false, true] : [true];

    [Fact]
    public void Every_step_passes_as_a_message()
    {
        HostDelta delta = HostDelta.Between(HostNetwork.Empty, TwoEnds);
        HostDelta back = HostDelta.Between(TwoEnds, HostNetwork.Empty);
        foreach (HostDelta one in (HostDelta[])[delta, back])
        {
            string text = JsonSerializer.Serialize(one, HostJson.Default.HostDelta);
            HostDelta read = JsonSerializer.Deserialize(text, HostJson.Default.HostDelta)!;
            Assert.Equal(one.Steps.Select(s => (s.GetType(), s.What, s.Namespace, s.Cause)),
                read.Steps.Select(s => (s.GetType(), s.What, s.Namespace, s.Cause)));
            Assert.Equal(text, JsonSerializer.Serialize(read, HostJson.Default.HostDelta));
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task What_is_written_is_there_for_a_helper_without_memory_and_nothing_is_written_twice(bool rootless)
    {
        await using ScratchPlane plane = new();
        await using AgentKeeper keeper = new(plane.Directory, ScratchPlane.Program, rootless, lasting: true);
        using AgentClient client = new(keeper.Connect);
        ApplyReply first = await Apply(client, HostDelta.Between(HostNetwork.Empty, TwoEnds));
        Assert.Empty(first.Failures);
        Assert.True(first.Writes > 5);

        await HelperTests.Kill(plane.Directory);
        await keeper.Losses.ReadAsync(Stop);
        client.Forget();
        HostNetwork found = await Observe(client);
        Assert.Equal(TwoEnds.Namespaces.Keys, found.Namespaces.Keys);
        HostDelta rest = HostDelta.Between(found, TwoEnds);
        // Switches are not listed by the kernel: they are compared where they would be written.
        Assert.Empty(rest.Steps.Where(s => s is not SetSysctl).Select(s => $"{s.Namespace}: {s.What} ({s.Reason})"));
        Assert.Equal(0, (await Apply(client, rest)).Writes);
        Assert.Empty((await Apply(client, HostDelta.Between(found, HostNetwork.Empty))).Failures);
        Assert.Empty((await Observe(client)).Namespaces);
    }

    [Fact]
    public async Task What_the_kernel_refuses_is_told_in_its_words_with_the_step()
    {
        await using ScratchPlane plane = new();
        await using AgentKeeper keeper = new(plane.Directory, ScratchPlane.Program, rootless: true, lasting: true);
        using AgentClient client = new(keeper.Connect);
        ApplyReply reply = await Apply(client, new HostDelta(
        [
            new AddNamespace("a", StepCause.Missing, NamespaceRole.Router, null),
            new AddAddress("a", StepCause.Missing, new LinkAddress("nowhere", IpAddress.Parse("10.0.0.1"), 24)),
        ]));
        StepFailure failure = Assert.Single(reply.Failures);
        Assert.Equal(1, failure.Step);
        Assert.NotEmpty(failure.Why);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_kernel_is_looked_at_and_nothing_of_that_stays(bool rootless)
    {
        await using ScratchPlane plane = new();
        await using AgentKeeper keeper = new(plane.Directory, ScratchPlane.Program, rootless, lasting: true);
        using AgentClient client = new(keeper.Connect);
        KernelInventory inventory = await client.Call(
            KernelProbe.Operation, Nothing.Value, CoreJson.Default.Nothing, ProbeJson.Default.KernelInventory, Stop);
        Assert.Null(inventory.Refusal);
        Assert.All(inventory.Lacks, lack => Assert.Contains(';', lack));

        // Without root nobody may load programs: the kernel does not lack them.
        Assert.True(!rootless || !inventory.Lacks.Any(l => l.StartsWith("no programs", StringComparison.Ordinal)));
        Assert.Empty((await Observe(client)).Namespaces);
    }

    private static async Task<ApplyReply> Apply(AgentClient client, HostDelta delta) =>
        await client.Call(KernelOperations.Apply, delta, HostJson.Default.HostDelta, HostJson.Default.ApplyReply, Stop);

    private static async Task<HostNetwork> Observe(AgentClient client) =>
        await client.Call(KernelOperations.Observe, Nothing.Value, CoreJson.Default.Nothing, HostJson.Default.HostNetwork, Stop);

    private static HostNetwork Network(params NamespaceNetwork[] namespaces) => new(
        namespaces.ToImmutableSortedDictionary(n => n.Name, n => n, StringComparer.Ordinal));

    private static NamespaceNetwork End(string name, NamespaceRole role, string peer, string address, NftTable? nft) => new(
        name,
        role,
        role == NamespaceRole.Machine ? "ip-10-0-0-5" : null,
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("net/ipv4/ip_forward", "1"),
        ImmutableSortedDictionary.Create<string, Link>(StringComparer.Ordinal)
            .Add("eth0", new Link("eth0", role == NamespaceRole.Machine ? "0a:00:00:00:00:02" : "0a:00:00:00:00:01", 9001, peer, "eth0")),
        [new LinkAddress("eth0", IpAddress.Parse(address), 24)],
        [new KernelRoute(Prefix.Parse("10.9.0.0/16"), 254, RouteType.Unicast, "eth0", IpAddress.Parse("169.254.77.2"))],
        [],
        [new Neighbour("eth0", IpAddress.Parse("169.254.77.2"), "0a:00:00:00:00:01")],
        nft);
}
