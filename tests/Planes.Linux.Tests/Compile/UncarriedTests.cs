using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Compile;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Tests.Clouds;

namespace Trunkline.Tests.Planes.Linux.Compile;

/// <summary>What the kernel does not carry is dropped there and named; what block public access forbids is dropped there too.</summary>
public sealed class UncarriedTests
{
    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string subnet;
    private readonly string table;

    public UncarriedTests()
    {
        vpc = net.Vpc("10.0.0.0/16");
        subnet = net.Subnet(vpc, "10.0.1.0/24");
        table = net.Table(vpc, subnet);
        net.Instance(subnet, "10.0.1.10");
    }

    [Fact]
    public void Endpoints_and_load_balancers_are_named()
    {
        Assert.Empty(Uncarried.Of(Compiler.Compile(net.Cloud)));
        string sns = net.InterfaceEndpoint(vpc, Endpoints.Sns, [(subnet, "10.0.1.20")]);
        string s3 = net.GatewayEndpoint(vpc, Endpoints.S3, table);
        string nlb = net.Nlb("one", [(subnet, "10.0.1.5")]);
        IReadOnlyList<string> lines = Uncarried.Of(Compiler.Compile(net.Cloud));
        Assert.Equal(3, lines.Count);
        Assert.All(new[] { sns, s3, nlb }, id => Assert.Contains(lines, l => l.Contains(id, StringComparison.Ordinal)));
        Assert.All(lines, l => Assert.Contains("dropped (UNSUPPORTED_COMPONENT)", l, StringComparison.Ordinal));
    }

    [Fact]
    public void Their_addresses_and_the_routes_to_them_drop()
    {
        net.InterfaceEndpoint(vpc, Endpoints.Sns, [(subnet, "10.0.1.20")]);
        net.GatewayEndpoint(vpc, Endpoints.S3, table);
        net.Nlb("one", [(subnet, "10.0.1.5")]);
        NftTable router = Router();
        Assert.Equal("goto uncarried", router.Sets["down4"].Elements["10.0.1.20"]);
        Assert.Equal("goto uncarried", router.Sets["down4"].Elements["10.0.1.5"]);
        Assert.Contains(Rules(router), r => r.Contains("52.92.", StringComparison.Ordinal) && r.Contains("UNSUPPORTED_COMPONENT", StringComparison.Ordinal));
    }

    [Fact]
    public void Block_public_access_is_carried()
    {
        net.Route(table, "0.0.0.0/0", net.Igw(vpc));
        string blocked = $"drop comment \"VPC_BLOCK_PUBLIC_ACCESS_ENABLED {subnet}\"";
        Assert.DoesNotContain(Rules(Router()), r => r.Contains("VPC_BLOCK", StringComparison.Ordinal));
        net.BlockPublicAccess(BlockPublicAccess.Bidirectional);
        Assert.Contains($"ip saddr 10.0.1.0/24 {blocked}", Rules(Router()));
        Assert.Contains($"iifname \"igw\" ip daddr 10.0.1.0/24 {blocked}", Rules(Router()));
        net.Nat(subnet, "10.0.1.5", "54.0.0.5");
        net.BlockPublicAccess(BlockPublicAccess.Ingress);
        Assert.Contains($"ip saddr 10.0.1.0/24 ip saddr != 10.0.1.5 {blocked}", Rules(Router()));
        net.Exclude(subnet, BlockPublicAccessExclusion.AllowBidirectional);
        Assert.DoesNotContain(Rules(Router()), r => r.Contains("VPC_BLOCK", StringComparison.Ordinal));
    }

    [Fact]
    public void A_changed_mode_changes_the_router()
    {
        net.Route(table, "0.0.0.0/0", net.Igw(vpc));
        ForwardingState before = Compiler.Compile(net.Cloud);
        CompiledNetwork first = LinuxCompiler.Compile(before, new HashSet<string>());
        int known = net.Changes.Count;
        net.BlockPublicAccess(BlockPublicAccess.Bidirectional);
        ForwardingState after = Compiler.Apply(before, net.Cloud, [.. net.Changes.Skip(known)]);
        NftTable grown = LinuxCompiler.Compile(after, new HashSet<string>(), first).Network.Namespaces[LinuxNames.Router(vpc)].Nft!;
        Assert.Contains(Rules(grown), r => r.Contains("VPC_BLOCK", StringComparison.Ordinal));
    }

    [Fact]
    public void Public_services_listen_on_their_own_ports_but_where_a_host_of_the_world_stands()
    {
        Assert.StartsWith("goto service_", Outside().Single(e => e.Key.StartsWith("52.92.0.0-", StringComparison.Ordinal)).Value, StringComparison.Ordinal);
        net.World(new World { Hosts = [new InternetHost("mine", [Trunkline.Addressing.Prefix.Parse("52.92.53.0/24")], true, [])] });
        KeyValuePair<string, string>[] beside = [.. Outside().Where(e => e.Key.StartsWith("52.92.", StringComparison.Ordinal))];
        Assert.Equal(["52.92.0.0-52.92.52.255", "52.92.53.0/24"], beside.Select(e => e.Key).Order(StringComparer.Ordinal).Take(2));
        Assert.Contains(beside, e => e.Key.StartsWith("52.92.54.0-", StringComparison.Ordinal));
        Assert.Equal("goto host_0", beside.Single(e => e.Key == "52.92.53.0/24").Value);
    }

    private NftTable Router() => Table(LinuxNames.Router(vpc));

    private IReadOnlyDictionary<string, string> Outside() => Table(LinuxNames.Outside).Sets["hosts4"].Elements;

    private NftTable Table(string name) => LinuxCompiler.Compile(Compiler.Compile(net.Cloud), new HashSet<string>()).Network.Namespaces[name].Nft!;

    private static string[] Rules(NftTable table) => [.. table.Chains.Values.SelectMany(c => c.Rules)];
}
