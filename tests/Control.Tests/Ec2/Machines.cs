using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Ec2;

namespace Trunkline.Tests.Control.Ec2;

/// <summary>Instances and gateways for tests of other kinds, written without the operations that make them.</summary>
internal static class Machines
{
    /// <summary>A running instance of the type t3.micro (two interfaces, two addresses on each), with its primary interface.</summary>
    public static (Instance Instance, NetworkInterface Eni) NewInstance(
        this Lab lab, string subnetId, string? ip = null, bool publicIp = false, InstanceState state = InstanceState.Running,
        string type = "t3.micro")
    {
        Subnet subnet = lab.Here.Get(new Id<Subnet>(subnetId));
        return lab.Run((_, c) =>
        {
            Instance instance = c.Put(new Instance
            {
                Id = new(c.NewId(Instance.IdPrefix)),
                ReservationId = c.NewId("r"),
                ImageId = "ami-00000000000000001",
                InstanceType = type,
                State = state,
                LaunchTime = lab.Now,
                Zone = subnet.Zone,
                SubnetId = subnet.Id,
                VpcId = subnet.VpcId,
            });
            NetworkInterface eni = InterfaceMaker.Create(c, new InterfaceWish
            {
                Subnet = subnet,
                PrimaryIp = ip is null ? null : IpAddress.Parse(ip),
                AssociatePublicIp = publicIp,
                Attachment = new InterfaceAttachment(c.NewId("eni-attach"), instance.Id, c.Account, 0, 0, lab.Now, DeleteOnTermination: true),
            });
            return (instance, eni);
        });
    }

    public static InternetGateway NewGateway(this Lab lab, string vpc) =>
        lab.Put(new InternetGateway { Id = new(lab.Context().NewId(InternetGateway.IdPrefix)), VpcId = new Id<Vpc>(vpc) });

    public static Aws.NetworkInterface NewEni(this Lab lab, string subnet, string? ip = null, string? description = null) =>
        lab.Run((ec2, c) => ec2.CreateNetworkInterface(
            c, new() { SubnetId = subnet, PrivateIpAddress = ip, Description = description })).NetworkInterface!;

    /// <summary>An interface as a describe shows it.</summary>
    public static Aws.NetworkInterface DescribedEni(this Lab lab, string eni) =>
        lab.Run((ec2, c) => ec2.DescribeNetworkInterfaces(c, new() { NetworkInterfaceIds = [eni] })).NetworkInterfaces!.Single();

    public static string NewEip(this Lab lab) => lab.Run((ec2, c) => ec2.AllocateAddress(c, new())).AllocationId!;

    /// <summary>An Elastic IP as a describe shows it.</summary>
    public static Aws.Address DescribedEip(this Lab lab, string allocation) =>
        lab.Run((ec2, c) => ec2.DescribeAddresses(c, new() { AllocationIds = [allocation] })).Addresses!.Single();
}
