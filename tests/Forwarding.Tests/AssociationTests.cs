using CsCheck;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;

namespace Trunkline.Tests.Forwarding;

/// <summary>Groups come to serve further VPCs, and those gain and lose IPv6: what was compiled of the groups' rules follows.</summary>
public sealed class AssociationTests
{
    [Fact]
    public void Rule067_apply_equals_compile_while_groups_come_and_go_in_other_VPCs() =>
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                Random random = new(seed);
                RandomCloud cloud = new(seed);
                ForwardingState state = Compiler.Compile(cloud.Net.Cloud);
                for (int i = 0; i < 15; i++)
                {
                    int before = cloud.Net.Changes.Count;
                    Change(cloud.Net, random);
                    state = Compiler.Apply(state, cloud.Net.Cloud, [.. cloud.Net.Changes.Skip(before)]);
                    Assert.True(StateText.Of(Compiler.Compile(cloud.Net.Cloud)) == StateText.Of(state), $"seed {seed}, change {i}");
                }
            },
            iter: 60, threads: 1);

    private static void Change(CloudBuilder net, Random random)
    {
        Vpc[] vpcs = [.. net.Rows.All<Vpc>()];
        SecurityGroup[] groups = [.. net.Rows.All<SecurityGroup>()];
        NetworkInterface[] interfaces = [.. net.Rows.All<NetworkInterface>().Where(e => !e.RequesterManaged)];
        Vpc vpc = vpcs[random.Next(vpcs.Length)];
        SecurityGroup group = groups[random.Next(groups.Length)];
        switch (random.Next(4))
        {
            case 0 or 1:
                net.Put(new SecurityGroupVpcAssociation { GroupId = group.Id, VpcId = vpc.Id });
                break;
            case 2:
                NetworkInterface eni = interfaces[random.Next(interfaces.Length)];
                Id<SecurityGroup>[] usable = [.. groups.Where(g => SecurityGroupVpcAssociation.Usable(net.Rows, g, eni.VpcId)).Select(g => g.Id)];
                net.Put(eni with { Groups = [.. usable.Where(_ => random.Next(2) == 0).Take(5)] });
                break;
            default:
                bool has = !vpc.Ipv6Cidrs.IsEmpty && !net.Rows.By<Subnet>(vpc.Key).Any(s => !s.Ipv6Cidrs.IsEmpty);
                net.Put(vpc with
                {
                    Ipv6Cidrs = has ? [] : vpc.Ipv6Cidrs.IsEmpty
                        ? [new CidrAssociation(net.NewId("vpc-cidr-assoc"), Prefix.Parse($"2600:1f18:{random.Next(1, 0xFFFF):x}:ab00::/56"), "Amazon")]
                        : vpc.Ipv6Cidrs,
                });
                break;
        }
    }
}
