using CsCheck;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

/// <summary>Random sequences of operations on VPCs and subnets: whatever is asked, what AWS promises of every network holds after each step.</summary>
public sealed class NetworkSequenceTests
{
    private const int Kinds = 10;

    private static readonly Gen<(int Kind, int Which, int Number)[]> Steps =
        Gen.Select(Gen.Int[0, Kinds - 1], Gen.Int[0, 7], Gen.Int[0, 255]).Array[1, 60];

    [Fact]
    public void Networks_stay_whole_whatever_is_asked() => Steps.Sample(
        steps =>
        {
            Lab lab = new();
            foreach ((int kind, int which, int number) in steps)
            {
                try
                {
                    Step(lab, kind, which, number);
                }
                catch (Fault)
                {
                    // Refused: nothing was written, and what held before holds now.
                }

                CheckWhole(lab);
            }
        },
        iter: 150);

    private static void Step(Lab lab, int kind, int which, int number)
    {
        string vpc = Pick(lab.Here.All<Vpc>(), which)?.Key ?? "";
        string subnet = Pick(lab.Here.All<Subnet>(), which)?.Key ?? "";
        string gateway = Pick(lab.Here.All<InternetGateway>(), which)?.Key ?? "";
        switch (kind)
        {
            case 0:
                lab.NewVpc($"10.{number % 4}.0.0/{16 + (number % 3)}", ipv6: number % 2 == 0);
                break;
            case 1:
                lab.Run((ec2, c) => ec2.DeleteVpc(c, new() { VpcId = vpc }));
                break;
            case 2:
                lab.Run((ec2, c) => ec2.AssociateVpcCidrBlock(c, number % 3 == 0
                    ? new() { VpcId = vpc, AmazonProvidedIpv6CidrBlock = true }
                    : new() { VpcId = vpc, CidrBlock = $"{(number % 2 == 0 ? 10 : 100)}.{64 + (number % 8)}.0.0/16" }));
                break;
            case 3:
                Vpc? row = lab.Here.Find(new Id<Vpc>(vpc));
                lab.Run((ec2, c) => ec2.DisassociateVpcCidrBlock(
                    c, new() { AssociationId = row is null ? "" : Pick(row.Cidrs.Concat(row.Ipv6Cidrs), number)!.Id }));
                break;
            case 4:
                lab.NewSubnet(vpc, $"10.{number % 4}.{number}.0/{20 + (number % 9)}");
                break;
            case 5:
                Prefix? block = lab.Here.Find(new Id<Vpc>(vpc))?.Ipv6Cidrs.FirstOrDefault()?.Cidr;
                lab.Run((ec2, c) => ec2.AssociateSubnetCidrBlock(c, new()
                {
                    SubnetId = subnet,
                    Ipv6CidrBlock = block is { } b ? new Prefix(b.First.Plus((UInt128)(number % 5) << 64), 64).ToString() : "",
                }));
                break;
            case 6:
                string association = lab.Here.Find(new Id<Subnet>(subnet))?.Ipv6Cidrs.FirstOrDefault()?.Id ?? "";
                lab.Run((ec2, c) => ec2.DisassociateSubnetCidrBlock(c, new() { AssociationId = association }));
                break;
            case 7:
                lab.Run((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = subnet }));
                break;
            case 8:
                lab.Run((ec2, c) => ec2.AttachInternetGateway(c, new() { InternetGatewayId = gateway, VpcId = vpc }));
                break;
            default:
                lab.Run((ec2, c) => ec2.DetachInternetGateway(c, new() { InternetGatewayId = gateway, VpcId = vpc }));
                break;
        }
    }

    private static T? Pick<T>(IEnumerable<T> rows, int which)
        where T : class
    {
        List<T> all = [.. rows];
        return all.Count == 0 ? null : all[which % all.Count];
    }

    private static void CheckWhole(Lab lab)
    {
        Partition here = lab.Here;
        foreach (Vpc vpc in here.All<Vpc>())
        {
            List<Prefix> blocks = [.. vpc.Cidrs.Concat(vpc.Ipv6Cidrs).Select(a => a.Cidr)];
            AssertApart(blocks);
            foreach (RouteTable table in here.By<RouteTable>(vpc.Key))
            {
                Assert.Equal(
                    blocks.Order(), table.Routes.Where(r => r.Target == RouteTarget.Local).Select(r => r.Cidr!.Value).Order());
            }

            Assert.Single(here.By<RouteTable>(vpc.Key), t => t.IsMain);
            Assert.Single(here.By<NetworkAcl>(vpc.Key), a => a.IsDefault);
            Assert.True(here.By<InternetGateway>(vpc.Key).Count() <= 1);
            List<Subnet> subnets = [.. here.By<Subnet>(vpc.Key)];
            List<Prefix> taken = [.. subnets.SelectMany(BlocksOf)];
            AssertApart(taken);
            Assert.All(taken, t => Assert.Contains(blocks, b => b.Contains(t)));
            Assert.All(subnets, s => Assert.Single(here.By<NetworkAcl>(s.Key)));
        }

        Assert.All(here.All<NetworkAcl>().SelectMany(a => a.Associations), a => Assert.NotNull(here.Find(a.SubnetId)));
    }

    private static IEnumerable<Prefix> BlocksOf(Subnet subnet) =>
        subnet.Ipv6Cidrs.Select(a => a.Cidr).Concat(subnet.Cidr is { } cidr ? [cidr] : []);

    private static void AssertApart(List<Prefix> blocks)
    {
        blocks.Sort();
        for (int i = 1; i < blocks.Count; i++)
        {
            Assert.False(blocks[i - 1].Overlaps(blocks[i]), $"{blocks[i - 1]} and {blocks[i]} overlap");
        }
    }
}
