using CsCheck;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Ec2;

namespace Trunkline.Tests.Control.Ec2;

public sealed class AddressPoolTests
{
    /// <summary>What a step does to a small subnet: makes an interface with some addresses and blocks, or deletes one.</summary>
    private static readonly Gen<(bool Make, int Secondary, int Blocks, int Which)[]> Steps =
        Gen.Select(Gen.Bool, Gen.Int[0, 4], Gen.Int[0, 1], Gen.Int[0, 20]).Array[1, 30];

    [Fact]
    public void No_address_is_given_twice_and_the_count_of_free_ones_is_what_is_left() => Steps.Sample(
        steps =>
        {
            Lab lab = new();
            string subnet = lab.NewSubnet(lab.NewVpc().VpcId!, "10.0.1.0/26").SubnetId!;
            foreach ((bool make, int secondary, int blocks, int which) in steps)
            {
                List<NetworkInterface> present = [.. lab.Here.By<NetworkInterface>(subnet)];
                if (make)
                {
                    MakeOrRefuse(lab, subnet, blocks == 0 ? secondary : 0, blocks);
                }
                else if (present.Count > 0)
                {
                    string id = present[which % present.Count].Id.Value;
                    lab.Run((ec2, c) => ec2.DeleteNetworkInterface(c, new() { NetworkInterfaceId = id }));
                }

                CheckSubnet(lab, lab.Here.Get(new Id<Subnet>(subnet)));
            }
        },
        iter: 60);

    [Fact]
    public void Public_addresses_are_of_the_regions_pool_and_never_one_that_somebody_has()
    {
        Lab lab = new();
        HashSet<IpAddress> seen = [];
        for (int i = 0; i < 300; i++)
        {
            string account = i % 2 == 0 ? "000000000000" : "111111111111";
            string ip = lab.Run((ec2, c) => ec2.AllocateAddress(c, new()), account).PublicIp!;
            Assert.True(seen.Add(IpAddress.Parse(ip)));
        }

        Assert.All(seen, ip => Assert.True(PublicPool.Of("us-east-1").Contains(ip)));
    }

    private static void MakeOrRefuse(Lab lab, string subnet, int secondary, int blocks)
    {
        int before = AddressPool.FreeIpv4Count(lab.Here, lab.Here.Get(new Id<Subnet>(subnet)));
        try
        {
            lab.Run((ec2, c) => ec2.CreateNetworkInterface(
                c, new() { SubnetId = subnet, SecondaryPrivateIpAddressCount = secondary, Ipv4PrefixCount = blocks }));
        }
        catch (Trunkline.Control.Fault fault) when (fault.Code == "InsufficientFreeAddressesInSubnet")
        {
            Assert.True(before < 1 + secondary, $"refused with {before} free for {1 + secondary}");
        }
        catch (Trunkline.Control.Fault fault) when (fault.Code == "InsufficientCidrBlocks")
        {
            Assert.Equal(1, blocks);
        }
    }

    private static void CheckSubnet(Lab lab, Subnet subnet)
    {
        Prefix cidr = subnet.Cidr!.Value;
        List<NetworkInterface> all = [.. lab.Here.By<NetworkInterface>(subnet.Id.Value)];
        List<IpAddress> given = [.. all.SelectMany(e => e.AllAddresses)];
        Assert.Equal(given.Count, given.Distinct().Count());
        Assert.DoesNotContain(given, a => AddressPool.IsReserved(subnet, a));
        List<Prefix> blocks = [.. all.SelectMany(e => e.Ipv4Prefixes)];
        Assert.Equal(blocks.Count, blocks.Distinct().Count());
        Assert.DoesNotContain(given, a => blocks.Any(b => b.Contains(a)));
        int free = 0;
        for (uint i = 0; i < (uint)cidr.Count; i++)
        {
            free += AddressPool.IsFree(lab.Here, subnet, cidr.Address.Plus(i)) ? 1 : 0;
        }

        Assert.Equal(free, AddressPool.FreeIpv4Count(lab.Here, subnet));
    }
}
