using Trunkline.Cloud;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>
/// Block public access: rule 43, as AWS's own example has it: A and B have public addresses, C goes out over a NAT gateway in B's subnet, D over an
/// egress-only internet gateway. Source: AWS, "Block public access to VPCs and subnets", advanced example.
/// </summary>
public sealed class PublicAccessRules
{
    private const string Host = "8.8.8.8";
    private const string Host6 = "2001:4860::8888";

    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string subnetA;
    private readonly string subnetB;
    private readonly string a;
    private readonly string b;
    private readonly string c;
    private readonly string d;

    public PublicAccessRules()
    {
        vpc = net.Vpc("10.0.0.0/16", "2600:1f00:1::/56");
        subnetA = net.Subnet(vpc, "10.0.1.0/24");
        subnetB = net.Subnet(vpc, "10.0.2.0/24");
        string subnetC = net.Subnet(vpc, "10.0.3.0/24", "2600:1f00:1:3::/64");
        string open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0", "out all ::/0");
        string igw = net.Igw(vpc);
        string table = net.Table(vpc, subnetA, subnetB);
        net.Route(table, "0.0.0.0/0", igw);
        string inner = net.Table(vpc, subnetC);
        net.Route(inner, "0.0.0.0/0", net.Nat(subnetB, "10.0.2.5", "54.0.0.5"));
        net.Route(inner, "::/0", net.Eigw(vpc));
        a = net.Instance(subnetA, "10.0.1.10", open);
        b = net.Instance(subnetB, "10.0.2.10", open);
        c = net.Instance(subnetC, "10.0.3.10", open);
        d = net.Instance(subnetC, "10.0.3.11,2600:1f00:1:3::11", open);
        net.Elastic(a, "54.0.0.1");
        net.Elastic(b, "54.0.0.2");
    }

    [Fact]
    public void Rule043_off_blocks_nothing()
    {
        net.BlockPublicAccess(BlockPublicAccess.Off);
        Expect(inA: true, outA: true, inB: true, outB: true, outC: true, outD: true);
    }

    [Fact]
    public void Rule043_bidirectional_blocks_every_way_to_the_internet()
    {
        net.BlockPublicAccess(BlockPublicAccess.Bidirectional);
        Expect(inA: false, outA: false, inB: false, outB: false, outC: false, outD: false);
        net.Tcp(a, "10.0.2.10").Delivered();
        Drop drop = net.Tcp(a, Host).Dropped(ExplanationCode.VPC_BLOCK_PUBLIC_ACCESS_ENABLED);
        Assert.Equal(("internet-gateway", subnetA), (drop.Component.Kind, drop.Subnet!.Id));
    }

    [Fact]
    public void Rule043_ingress_lets_only_what_lets_nothing_in()
    {
        net.BlockPublicAccess(BlockPublicAccess.Ingress);
        Expect(inA: false, outA: false, inB: false, outB: false, outC: true, outD: true);
    }

    [Fact]
    public void Rule043_an_excluded_subnet_is_free_both_ways()
    {
        net.BlockPublicAccess(BlockPublicAccess.Ingress);
        net.Exclude(subnetA, BlockPublicAccessExclusion.AllowBidirectional);
        Expect(inA: true, outA: true, inB: false, outB: false, outC: true, outD: true);
    }

    [Fact]
    public void Rule043_an_egress_exclusion_means_nothing_where_only_ingress_is_blocked()
    {
        net.BlockPublicAccess(BlockPublicAccess.Ingress);
        net.Exclude(subnetA, BlockPublicAccessExclusion.AllowEgress);
        Expect(inA: false, outA: false, inB: false, outB: false, outC: true, outD: true);
    }

    [Fact]
    public void Rule043_an_egress_exclusion_frees_nat_and_egress_only_gateways()
    {
        net.BlockPublicAccess(BlockPublicAccess.Bidirectional);
        string exclusion = net.Exclude(subnetA, BlockPublicAccessExclusion.AllowEgress);
        Expect(inA: false, outA: false, inB: false, outB: false, outC: false, outD: false);
        net.Remove<BlockPublicAccessExclusion>(exclusion);
        net.Exclude(vpc, BlockPublicAccessExclusion.AllowEgress);
        Expect(inA: false, outA: false, inB: false, outB: false, outC: true, outD: true);
    }

    [Fact]
    public void Rule043_endpoints_are_no_way_to_the_internet()
    {
        net.BlockPublicAccess(BlockPublicAccess.Bidirectional);
        string s3 = Endpoints.AddressOf(Endpoints.S3);
        net.Tcp(a, s3).Dropped(ExplanationCode.VPC_BLOCK_PUBLIC_ACCESS_ENABLED);
        net.GatewayEndpoint(vpc, Endpoints.S3, net.Rows.By<RouteTable>(subnetA).Single().Key);
        net.Tcp(a, s3).Delivered();
    }

    private void Expect(bool inA, bool outA, bool inB, bool outB, bool outC, bool outD)
    {
        Check(inA, net.FromInternet(Host, "54.0.0.1"));
        Check(outA, net.Tcp(a, Host));
        Check(inB, net.FromInternet(Host, "54.0.0.2"));
        Check(outB, net.Tcp(b, Host));
        Check(outC, net.Tcp(c, Host));
        Check(outD, net.Tcp(d, Host6));
    }

    private static void Check(bool passes, Trace trace)
    {
        if (passes)
        {
            trace.Delivered();
        }
        else
        {
            trace.Dropped(ExplanationCode.VPC_BLOCK_PUBLIC_ACCESS_ENABLED);
        }
    }
}
