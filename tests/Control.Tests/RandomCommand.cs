using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Ec2;
using Trunkline.Control.Route53;

namespace Trunkline.Tests.Control;

/// <summary>One command of any kind on what is there, often with a part that does not fit.</summary>
internal static class RandomCommand
{
    private static readonly string[] Blocks =
    [
        "10.0.0.0/16", "10.0.0.0/24", "10.0.1.0/24", "10.0.0.128/25", "10.1.0.0/16", "10.1.2.0/28", "172.31.0.0/16", "172.31.64.0/20", "10.0.0.0/30",
        "192.168.0.0/20",
    ];

    /// <summary>Parts of default subnets, and of those that the blocks make.</summary>
    private static readonly string[] Reserved = ["172.31.0.0/24", "172.31.0.128/25", "172.31.16.16/28", "172.31.32.0/21", "10.0.0.128/28"];

    private static readonly string[] Accounts = ["000000000000", "111111111111"];

    /// <summary>Two accounts, and another region of the first.</summary>
    private static readonly PartitionKey[] Partitions =
        [new(Accounts[0], "us-east-1"), new(Accounts[1], "us-east-1"), new(Accounts[0], "eu-west-1")];

    /// <summary>Each takes the names of what is there at random.</summary>
    private static readonly Action<Ec2Service, CommandContext, Pick>[] Commands =
    [
        (ec2, c, p) => ec2.CreateVpc(c, new() { CidrBlock = p.One(Blocks), AmazonProvidedIpv6CidrBlock = p.Maybe() }),
        (ec2, c, p) => ec2.DeleteVpc(c, new() { VpcId = p.Id<Vpc>() }),
        (ec2, c, p) => ec2.AssociateVpcCidrBlock(c, new() { VpcId = p.Id<Vpc>(), CidrBlock = p.One(Blocks) }),
        (ec2, c, p) => ec2.DisassociateVpcCidrBlock(c, new() { AssociationId = p.Of<Vpc>(v => v.Cidrs[^1].Id) }),
        (ec2, c, p) => ec2.CreateSubnet(c, new() { VpcId = p.Id<Vpc>(), CidrBlock = p.One(Blocks) }),
        (ec2, c, p) => ec2.CreateSubnet(c, new() { VpcId = p.Id<Vpc>(), CidrBlock = p.One(Blocks) }),
        (ec2, c, p) => ec2.AssociateSubnetCidrBlock(c, new()
        {
            SubnetId = p.Id<Subnet>(), Ipv6CidrBlock = p.Of<Vpc>(v => v.Ipv6Cidrs.IsEmpty ? "" : $"{v.Ipv6Cidrs[0].Cidr}".Replace("/56", "/64")),
        }),
        (ec2, c, p) => ec2.DeleteSubnet(c, new() { SubnetId = p.Id<Subnet>() }),
        (ec2, c, p) => ec2.ModifySubnetAttribute(c, new() { SubnetId = p.Id<Subnet>(), MapPublicIpOnLaunch = new() { Value = p.Maybe() } }),
        (ec2, c, p) => ec2.CreateInternetGateway(c, new()),
        (ec2, c, p) => ec2.AttachInternetGateway(c, new() { InternetGatewayId = p.Id<InternetGateway>(), VpcId = p.Id<Vpc>() }),
        (ec2, c, p) => ec2.DetachInternetGateway(c, new() { InternetGatewayId = p.Id<InternetGateway>(), VpcId = p.Id<Vpc>() }),
        (ec2, c, p) => ec2.DeleteInternetGateway(c, new() { InternetGatewayId = p.Id<InternetGateway>() }),
        (ec2, c, p) => ec2.CreateRouteTable(c, new() { VpcId = p.Id<Vpc>() }),
        (ec2, c, p) => ec2.DeleteRouteTable(c, new() { RouteTableId = p.Id<RouteTable>() }),
        (ec2, c, p) => ec2.AssociateRouteTable(c, new() { RouteTableId = p.Id<RouteTable>(), SubnetId = p.Id<Subnet>() }),
        (ec2, c, p) => ec2.ReplaceRouteTableAssociation(
            c, new() { AssociationId = p.Of<RouteTable>(t => t.Associations.IsEmpty ? "" : t.Associations[0].Id), RouteTableId = p.Id<RouteTable>() }),
        (ec2, c, p) => ec2.DisassociateRouteTable(
            c, new() { AssociationId = p.Of<RouteTable>(t => t.Associations.IsEmpty ? "" : t.Associations[^1].Id) }),
        (ec2, c, p) => ec2.CreateRoute(
            c, new() { RouteTableId = p.Id<RouteTable>(), DestinationCidrBlock = "0.0.0.0/0", GatewayId = p.Id<InternetGateway>() }),
        (ec2, c, p) => ec2.CreateRoute(
            c, new() { RouteTableId = p.Id<RouteTable>(), DestinationCidrBlock = "198.51.100.0/24", NatGatewayId = p.Id<NatGateway>() }),
        (ec2, c, p) => ec2.DeleteRoute(c, new() { RouteTableId = p.Id<RouteTable>(), DestinationCidrBlock = "0.0.0.0/0" }),
        (ec2, c, p) => ec2.CreateSecurityGroup(c, new() { VpcId = p.Id<Vpc>(), GroupName = $"g{p.Next(3)}", Description = "any" }),
        (ec2, c, p) => ec2.DeleteSecurityGroup(c, new() { GroupId = p.Id<SecurityGroup>() }),
        (ec2, c, p) => ec2.AuthorizeSecurityGroupIngress(c, new() { GroupId = p.Id<SecurityGroup>(), IpPermissions = [p.Permission()] }),
        (ec2, c, p) => ec2.RevokeSecurityGroupIngress(c, new() { GroupId = p.Id<SecurityGroup>(), IpPermissions = [p.Permission()] }),
        (ec2, c, p) => ec2.CreateNetworkAcl(c, new() { VpcId = p.Id<Vpc>() }),
        (ec2, c, p) => ec2.DeleteNetworkAcl(c, new() { NetworkAclId = p.Id<NetworkAcl>() }),
        (ec2, c, p) => ec2.ReplaceNetworkAclAssociation(c, new()
        {
            AssociationId = p.Of<NetworkAcl>(a => a.Associations.IsEmpty ? "" : a.Associations[0].Id), NetworkAclId = p.Id<NetworkAcl>(),
        }),
        (ec2, c, p) => ec2.CreateNetworkInterface(c, new() { SubnetId = p.Id<Subnet>(), PrivateIpAddress = p.Maybe() ? "10.0.0.9" : null }),
        (ec2, c, p) => ec2.DeleteNetworkInterface(c, new() { NetworkInterfaceId = p.Id<NetworkInterface>() }),
        (ec2, c, p) => ec2.AssignPrivateIpAddresses(
            c, new() { NetworkInterfaceId = p.Id<NetworkInterface>(), SecondaryPrivateIpAddressCount = p.Next(12) }),
        (ec2, c, p) => ec2.AssignIpv6Addresses(c, new() { NetworkInterfaceId = p.Id<NetworkInterface>(), Ipv6AddressCount = p.Next(3) }),
        (ec2, c, p) => ec2.AttachNetworkInterface(
            c, new() { NetworkInterfaceId = p.Id<NetworkInterface>(), InstanceId = p.Id<Instance>(), DeviceIndex = p.Next(3) }),
        (ec2, c, p) => ec2.DetachNetworkInterface(c, new() { AttachmentId = p.Of<NetworkInterface>(i => i.Attachment?.Id ?? "") }),
        (ec2, c, p) => ec2.ModifyNetworkInterfaceAttribute(c, new() { NetworkInterfaceId = p.Id<NetworkInterface>(), Groups = [p.Id<SecurityGroup>()] }),
        (ec2, c, p) => ec2.RunInstances(c, new()
        {
            ImageId = "ami-0123456789abcdef0", InstanceType = "t3.micro", MinCount = 1, MaxCount = 1 + p.Next(3), SubnetId = p.Id<Subnet>(),
        }),
        (ec2, c, p) => ec2.TerminateInstances(c, new() { InstanceIds = [p.Id<Instance>()] }),
        (ec2, c, p) => ec2.StopInstances(c, new() { InstanceIds = [p.Id<Instance>()] }),
        (ec2, c, p) => ec2.StartInstances(c, new() { InstanceIds = [p.Id<Instance>()] }),
        (ec2, c, p) => ec2.AllocateAddress(c, new()),
        (ec2, c, p) => ec2.AssociateAddress(c, new() { AllocationId = p.Id<ElasticIp>(), NetworkInterfaceId = p.Id<NetworkInterface>() }),
        (ec2, c, p) => ec2.DisassociateAddress(c, new() { AssociationId = p.Of<ElasticIp>(e => e.Association?.Id ?? "") }),
        (ec2, c, p) => ec2.ReleaseAddress(c, new() { AllocationId = p.Id<ElasticIp>() }),
        (ec2, c, p) => ec2.CreateNatGateway(c, new() { SubnetId = p.Id<Subnet>(), AllocationId = p.Id<ElasticIp>() }),
        (ec2, c, p) => ec2.DeleteNatGateway(c, new() { NatGatewayId = p.Id<NatGateway>() }),
        (ec2, c, p) => ec2.CreateDhcpOptions(c, new() { DhcpConfigurations = [new() { Key = "domain-name", Values = ["x.example"] }] }),
        (ec2, c, p) => ec2.AssociateDhcpOptions(c, new() { DhcpOptionsId = p.Id<DhcpOptions>(), VpcId = p.Id<Vpc>() }),
        (ec2, c, p) => ec2.DeleteDhcpOptions(c, new() { DhcpOptionsId = p.Id<DhcpOptions>() }),
        (ec2, c, p) => ec2.CreateVolume(c, new() { AvailabilityZone = "us-east-1a", Size = 1 }),
        (ec2, c, p) => ec2.AttachVolume(c, new() { VolumeId = p.Id<Volume>(), InstanceId = p.Id<Instance>(), Device = "/dev/sdf" }),
        (ec2, c, p) => ec2.DeleteVolume(c, new() { VolumeId = p.Id<Volume>() }),
        (ec2, c, p) => ec2.CreateEgressOnlyInternetGateway(c, new() { VpcId = p.Id<Vpc>() }),
        (ec2, c, p) => ec2.CreateManagedPrefixList(c, new()
        {
            PrefixListName = "list", AddressFamily = "IPv4", MaxEntries = 1 + p.Next(3), Entries = [new() { Cidr = p.One(Blocks) }],
        }),
        (ec2, c, p) => ec2.ModifyManagedPrefixList(c, new() { PrefixListId = p.Id<PrefixList>(), AddEntries = [new() { Cidr = p.One(Blocks) }] }),
        (ec2, c, p) => ec2.ModifyManagedPrefixList(c, new() { PrefixListId = p.Id<PrefixList>(), MaxEntries = 1 + p.Next(5) }),
        (ec2, c, p) => ec2.DeleteManagedPrefixList(c, new() { PrefixListId = p.Id<PrefixList>() }),
        (ec2, c, p) => ec2.AuthorizeSecurityGroupIngress(c, new()
        {
            GroupId = p.Id<SecurityGroup>(),
            IpPermissions = [new() { IpProtocol = "-1", PrefixListIds = [new() { PrefixListIdValue = p.Id<PrefixList>() }] }],
        }),
        (ec2, c, p) => ec2.CreateRoute(
            c, new() { RouteTableId = p.Id<RouteTable>(), DestinationPrefixListId = p.Id<PrefixList>(), GatewayId = p.Id<InternetGateway>() }),
        (ec2, c, p) => ec2.CreateSubnetCidrReservation(
            c, new() { SubnetId = p.Id<Subnet>(), Cidr = p.One(Reserved), ReservationType = p.Maybe() ? "explicit" : "prefix" }),
        (ec2, c, p) => ec2.DeleteSubnetCidrReservation(c, new() { SubnetCidrReservationId = p.Id<SubnetCidrReservation>() }),
        (ec2, c, p) => ec2.CreateVpcEndpoint(
            c, new() { VpcId = p.Id<Vpc>(), ServiceName = "com.amazonaws.us-east-1.s3", RouteTableIds = [p.Id<RouteTable>()] }),
        (ec2, c, p) => ec2.CreateVpcEndpoint(c, new()
        {
            VpcId = p.Id<Vpc>(), ServiceName = "com.amazonaws.us-east-1.sqs", VpcEndpointType = "Interface", PrivateDnsEnabled = false,
            SubnetIds = p.Maybe() ? [p.Id<Subnet>()] : null, SecurityGroupIds = p.Maybe() ? [p.Id<SecurityGroup>()] : null,
        }),
        (ec2, c, p) => ec2.ModifyVpcEndpoint(c, new()
        {
            VpcEndpointId = p.Id<VpcEndpoint>(), AddSubnetIds = p.Maybe() ? [p.Id<Subnet>()] : null, RemoveSubnetIds = p.Maybe() ? [p.Id<Subnet>()] : null,
        }),
        (ec2, c, p) => ec2.ModifyVpcEndpoint(c, new()
        {
            VpcEndpointId = p.Id<VpcEndpoint>(), AddRouteTableIds = [p.Id<RouteTable>()], RemoveRouteTableIds = p.Maybe() ? [p.Id<RouteTable>()] : null,
        }),
        (ec2, c, p) => ec2.DeleteVpcEndpoints(c, new() { VpcEndpointIds = [p.Id<VpcEndpoint>()] }),
        (ec2, c, p) => ec2.CreateFlowLogs(c, new()
        {
            ResourceIds = [p.Id<NetworkInterface>()], ResourceType = "NetworkInterface", TrafficType = "ALL", LogGroupName = $"g{p.Next(3)}",
            DeliverLogsPermissionArn = "arn:aws:iam::000000000000:role/flow",
        }),
        (ec2, c, p) => ec2.CreateFlowLogs(c, new()
        {
            ResourceIds = [p.Id<Vpc>()], ResourceType = "VPC", TrafficType = "REJECT", LogGroupName = "g",
            DeliverLogsPermissionArn = "arn:aws:iam::000000000000:role/flow",
        }),
        (ec2, c, p) => ec2.DeleteFlowLogs(c, new() { FlowLogIds = [p.Id<FlowLog>()] }),
        (ec2, c, p) => ec2.ModifyVpcBlockPublicAccessOptions(
            c, new() { InternetGatewayBlockMode = p.One(["off", "block-ingress", "block-bidirectional"]) }),
        (ec2, c, p) => ec2.CreateVpcBlockPublicAccessExclusion(
            c, new() { SubnetId = p.Id<Subnet>(), InternetGatewayExclusionMode = p.Maybe() ? "allow-egress" : "allow-bidirectional" }),
        (ec2, c, p) => ec2.CreateVpcBlockPublicAccessExclusion(c, new() { VpcId = p.Id<Vpc>(), InternetGatewayExclusionMode = "allow-egress" }),
        (ec2, c, p) => ec2.DeleteVpcBlockPublicAccessExclusion(c, new() { ExclusionId = p.Id<BlockPublicAccessExclusion>() }),
        (ec2, c, p) => ec2.AssociateSecurityGroupVpc(c, new() { GroupId = p.Id<SecurityGroup>(), VpcId = p.Id<Vpc>() }),
        (ec2, c, p) => ec2.AssociateSecurityGroupVpc(c, new() { GroupId = p.Id<SecurityGroup>(), VpcId = p.Id<Vpc>() }),
        (ec2, c, p) => ec2.DisassociateSecurityGroupVpc(c, new() { GroupId = p.Id<SecurityGroup>(), VpcId = p.Id<Vpc>() }),
        (_, c, p) => new Route53Service().CreateHostedZone(c, new()
        {
            Name = $"z{p.Next(3)}.example", CallerReference = $"{p.Next(1000)}", VPC = new() { VPCId = p.Id<Vpc>(), VPCRegion = "us-east-1" },
        }),
        (_, c, p) => new Route53Service().DeleteHostedZone(c, new() { Id = p.Id<HostedZone>() }),
        (ec2, c, p) => ec2.CreateTags(c, new() { Resources = [p.Id<Vpc>()], Tags = [new() { Key = "k", Value = "v" }] }),
    ];

    /// <summary>Commands that need no other network, of other services than EC2.</summary>
    private static readonly Action<CommandContext, Pick>[] Services = [.. RandomServices.Commands, .. RandomSharing.Commands];

    private static readonly Action<CommandContext, Pick>[] Joining = [.. RandomBetween.Commands, .. RandomDirectConnect.Commands];

    public static string AccountOtherThan(string account) => Accounts.First(a => a != account);

    /// <param name="joining">Most often a command of what stands between networks.</param>
    /// <returns>Whether it was taken. Anything thrown but a <see cref="Fault"/> fails the test.</returns>
    public static bool Run(Lab lab, Random random, bool joining = false)
    {
        PartitionKey at = Partitions[random.Next(joining ? 3 : 6) is 0 ? 1 + random.Next(2) : 0];
        CommandContext context = lab.Context().At(at);
        try
        {
            PartitionKey[] others = [.. Partitions.Where(p => p != at)];
            Pick pick = new(context, others[random.Next(4) == 0 ? 1 : 0], random);
            switch (joining ? random.Next(8) : random.Next(3))
            {
                case 0:
                    Commands[random.Next(Commands.Length)](lab.Ec2, context, pick);
                    break;
                case 1:
                    Services[random.Next(Services.Length)](context, pick);
                    break;
                default:
                    Joining[random.Next(Joining.Length)](context, pick);
                    break;
            }

            lab.Commit(context);
            return true;
        }
        catch (Fault)
        {
            return false;
        }
    }

    /// <summary>Names of what is there, at random.</summary>
    /// <param name="other">Another account's partition, or another region's of the same account.</param>
    internal sealed class Pick(CommandContext context, PartitionKey other, Random random)
    {
        public PartitionKey Other => other;

        public int Next(int below) => random.Next(below);

        public bool Maybe() => random.Next(2) == 0;

        public string One(string[] of) => of[random.Next(of.Length)];

        public string Id<T>()
            where T : class, IResource<T> => Of<T>(row => row.Key);

        public string Of<T>(Func<T, string> name)
            where T : class, IResource<T> => Name(context.Caller.Partition, name, null);

        /// <summary>Of those that <paramref name="fits"/> says.</summary>
        public string Of<T>(Func<T, string> name, Func<T, bool> fits)
            where T : class, IResource<T> => Name(context.Caller.Partition, name, fits);

        /// <summary>What is in the other partition.</summary>
        public string There<T>()
            where T : class, IResource<T> => Name<T>(other, row => row.Key, null);

        /// <summary>The account's, of no region.</summary>
        public string Global<T>()
            where T : class, IResource<T> => Name<T>(GlobalRows.KeyOf(context.Account), row => row.Key, null);

        /// <summary>The other account's, of no region.</summary>
        public string GlobalThere<T>()
            where T : class, IResource<T> => Name<T>(GlobalRows.KeyOf(other.Account), row => row.Key, null);

        private string Name<T>(PartitionKey at, Func<T, string> name, Func<T, bool>? fits)
            where T : class, IResource<T>
        {
            T[] rows = [.. context.Draft.Partition(at).All<T>().Where(r => fits is null || fits(r))];
            return rows.Length == 0 || random.Next(25) == 0 ? "vpc-0123456789abcdef0" : name(rows[random.Next(rows.Length)]);
        }

        public Aws.IpPermission Permission()
        {
            int port = 440 + random.Next(4);
            return random.Next(2) == 0
                ? new() { IpProtocol = "tcp", FromPort = port, ToPort = port, IpRanges = [new() { CidrIp = "192.0.2.0/24" }] }
                : new() { IpProtocol = "tcp", FromPort = port, ToPort = port, UserIdGroupPairs = [new() { GroupId = Id<SecurityGroup>() }] };
        }
    }
}
