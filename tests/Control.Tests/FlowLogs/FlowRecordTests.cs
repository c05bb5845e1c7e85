using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.FlowLogs;
using Trunkline.Forwarding;
using Trunkline.Tests.Control.Ec2;
using Trunkline.Tracing;

namespace Trunkline.Tests.Control.FlowLogs;

/// <summary>Records of traced flows, on the examples of AWS's own page.</summary>
public sealed class FlowRecordTests
{
    private const string Role = "arn:aws:iam::000000000000:role/flow";
    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string subnet;
    private readonly string other;
    private readonly NetworkInterface one;
    private readonly NetworkInterface two;
    private readonly string group;

    public FlowRecordTests()
    {
        vpc = lab.NewVpc().VpcId!;
        subnet = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
        other = lab.NewSubnet(vpc, "10.0.2.0/24").SubnetId!;
        (_, one) = lab.NewInstance(subnet, "10.0.1.5");
        (_, two) = lab.NewInstance(other, "10.0.2.6");
        group = lab.Run((ec2, c) => ec2.CreateSecurityGroup(c, new() { GroupName = "g", Description = "g", VpcId = vpc })).GroupId!;
        foreach (NetworkInterface eni in new[] { one, two })
        {
            lab.Run((ec2, c) => ec2.ModifyNetworkInterfaceAttribute(c, new() { NetworkInterfaceId = eni.Key, Groups = [group] }));
        }
    }

    [Fact]
    public void An_accepted_flow_has_a_record_for_each_interface_and_direction()
    {
        Allow();
        Watch(vpc, "VPC");
        Trace("10.0.2.6", 443);
        string start = $"{lab.Now.ToUnixTimeSeconds()}";
        string tail = $"6 1 60 {start} {start} ACCEPT OK";
        Assert.Equal(
            [
                $"2 000000000000 {one.Id} 10.0.1.5 10.0.2.6 32768 443 {tail}",
                $"2 000000000000 {one.Id} 10.0.2.6 10.0.1.5 443 32768 {tail}",
            ],
            Lines($"{one.Id}-all"));
        Assert.Equal(
            [
                $"2 000000000000 {two.Id} 10.0.1.5 10.0.2.6 32768 443 {tail}",
                $"2 000000000000 {two.Id} 10.0.2.6 10.0.1.5 443 32768 {tail}",
            ],
            Lines($"{two.Id}-all"));
    }

    [Fact]
    public void A_group_that_refuses_is_a_reject_at_the_receiver()
    {
        Watch(vpc, "VPC");
        Trace("10.0.2.6", 443);
        Assert.Contains("ACCEPT OK", Lines($"{one.Id}-all").Single(), StringComparison.Ordinal);
        Assert.Contains("REJECT OK", Lines($"{two.Id}-all").Single(), StringComparison.Ordinal);
    }

    /// <summary>AWS, "Flow log record examples": an ACL that does not let the reply of a ping out.</summary>
    [Fact]
    public void An_ACL_refuses_the_reply_that_the_group_remembers()
    {
        Allow("icmp", -1);
        string acl = lab.DefaultAcl(vpc).Key;
        lab.Run((ec2, c) => ec2.CreateNetworkAclEntry(c, new()
        {
            NetworkAclId = acl,
            RuleNumber = 50,
            Protocol = "1",
            RuleAction = "deny",
            Egress = true,
            CidrBlock = "10.0.1.5/32",
            IcmpTypeCode = new() { Type = -1, Code = -1 },
        }));
        Watch(two.Key, "NetworkInterface");
        Trace("10.0.2.6", null, Protocols.Icmp);
        string[] lines = [.. Lines($"{two.Id}-all")];
        Assert.Equal(2, lines.Length);
        Assert.Contains("10.0.1.5 10.0.2.6 0 0 1 1 84", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("ACCEPT OK", lines[0], StringComparison.Ordinal);
        Assert.Contains("10.0.2.6 10.0.1.5 0 0 1 1 84", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("REJECT OK", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void An_ACL_at_the_receiver_s_subnet_is_a_reject_there()
    {
        Allow();
        string acl = lab.Run((ec2, c) => ec2.CreateNetworkAcl(c, new() { VpcId = vpc })).NetworkAcl!.NetworkAclId!;
        NetworkAcl was = lab.DefaultAcl(vpc);
        string association = was.Associations.Single(a => a.SubnetId.Value == other).Id;
        lab.Run((ec2, c) => ec2.ReplaceNetworkAclAssociation(c, new() { AssociationId = association, NetworkAclId = acl }));
        Watch(other, "Subnet", "REJECT");
        Trace("10.0.2.6", 443);
        string line = Lines($"{two.Id}-reject").Single();
        Assert.Contains("10.0.1.5 10.0.2.6 32768 443", line, StringComparison.Ordinal);
        Assert.EndsWith("REJECT OK", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flow_log_writes_only_its_kind_of_traffic()
    {
        Allow();
        Watch(vpc, "VPC", "REJECT");
        Assert.Null(CommandFor("10.0.2.6", 443));
        Watch(vpc, "VPC", "ACCEPT");
        Trace("10.0.2.6", 443);
        Assert.Equal(2, Lines($"{one.Id}-accept").Count());
        Assert.Empty(lab.Here.All<LogStream>().Where(s => s.Name.EndsWith("-reject", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_custom_format_has_its_fields_in_their_order()
    {
        Allow();
        Watch(one.Key, "NetworkInterface", format:
            "${flow-direction} ${tcp-flags} ${type} ${vpc-id} ${subnet-id} ${instance-id} ${region} ${az-id} ${traffic-path} ${version} ${sublocation-id} ${action}");
        Trace("10.0.2.6", 443);
        string instance = one.Attachment!.InstanceId!.Value.Value;
        string place = $"{vpc} {subnet} {instance} us-east-1 {Zone()}";
        Assert.Equal([$"egress 2 IPv4 {place} 1 5 - ACCEPT", $"ingress 18 IPv4 {place} - 5 - ACCEPT"], Lines($"{one.Id}-all"));
    }

    /// <summary>AWS, "Flow log record examples": traffic through a NAT gateway.</summary>
    [Fact]
    public void A_NAT_gateway_sees_the_flow_four_times()
    {
        Allow();
        lab.NewGateway(vpc);
        string front = lab.NewSubnet(vpc, "10.0.0.0/24").SubnetId!;
        string eip = lab.NewEip();
        string nat = lab.Run((ec2, c) => ec2.CreateNatGateway(c, new() { SubnetId = front, AllocationId = eip, PrivateIpAddress = "10.0.0.220" })).NatGateway!.NatGatewayId!;
        string table = lab.Run((ec2, c) => ec2.CreateRouteTable(c, new() { VpcId = vpc })).RouteTable!.RouteTableId!;
        lab.Run((ec2, c) => ec2.AssociateRouteTable(c, new() { RouteTableId = table, SubnetId = subnet }));
        lab.Run((ec2, c) => ec2.CreateRoute(c, new() { RouteTableId = table, DestinationCidrBlock = "0.0.0.0/0", NatGatewayId = nat }));
        string gateway = lab.Here.All<InternetGateway>().Single(g => g.VpcId == new Id<Vpc>(vpc)).Key;
        lab.Run((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = lab.MainTable(vpc).Key, DestinationCidrBlock = "0.0.0.0/0", GatewayId = gateway }));
        Watch(vpc, "VPC", format: "${instance-id} ${srcaddr} ${dstaddr} ${pkt-srcaddr} ${pkt-dstaddr} ${traffic-path}");
        Trace("203.0.113.5", 443);
        string instance = one.Attachment!.InstanceId!.Value.Value;
        Assert.Equal(
            [$"{instance} 10.0.1.5 203.0.113.5 10.0.1.5 203.0.113.5 1", $"{instance} 203.0.113.5 10.0.1.5 203.0.113.5 10.0.1.5 -"], Lines($"{one.Id}-all"));
        NetworkInterface door = lab.Here.All<NetworkInterface>().Single(e => e.InterfaceType == "nat_gateway");
        Assert.Equal(
            [
                "- 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5 -",
                "- 10.0.0.220 203.0.113.5 10.0.0.220 203.0.113.5 8",
                "- 203.0.113.5 10.0.0.220 203.0.113.5 10.0.0.220 -",
                "- 10.0.0.220 10.0.1.5 203.0.113.5 10.0.1.5 1",
            ],
            Lines($"{door.Id}-all"));
    }

    [Fact]
    public void Block_public_access_is_a_reject_with_its_reason()
    {
        Allow();
        string gateway = lab.NewGateway(vpc).Key;
        lab.Run((ec2, c) => ec2.CreateRoute(
            c, new() { RouteTableId = lab.MainTable(vpc).Key, DestinationCidrBlock = "0.0.0.0/0", GatewayId = gateway }));
        string eip = lab.NewEip();
        lab.Run((ec2, c) => ec2.AssociateAddress(c, new() { AllocationId = eip, NetworkInterfaceId = one.Key }));
        lab.Run((ec2, c) => ec2.ModifyVpcBlockPublicAccessOptions(c, new() { InternetGatewayBlockMode = "block-bidirectional" }));
        Watch(vpc, "VPC", format: "${srcaddr} ${dstaddr} ${action} ${reject-reason} ${bytes}");
        Trace("203.0.113.5", 443);
        Assert.Equal(["10.0.1.5 203.0.113.5 REJECT BPA -"], Lines($"{one.Id}-all"));
    }

    [Fact]
    public void Questions_to_Amazon_s_own_services_are_not_logged()
    {
        Watch(vpc, "VPC");
        Assert.Null(CommandFor("169.254.169.254", 80));
        Assert.Null(CommandFor("10.0.0.2", 53, Protocols.Udp));
    }

    private string Zone() => Regions.ZonesOf("000000000000", "us-east-1").Single(z => z.Name == lab.Here.Get(new Id<Subnet>(subnet)).Zone).ZoneId;

    private void Allow(string protocol = "tcp", int port = 443) => lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, new()
    {
        GroupId = group,
        IpPermissions = [new() { IpProtocol = protocol, FromPort = port, ToPort = port, IpRanges = [new() { CidrIp = "0.0.0.0/0" }] }],
    }));

    private void Watch(string resource, string type, string traffic = "ALL", string? format = null) => lab.Run((ec2, c) => ec2.CreateFlowLogs(c, new()
    {
        ResourceIds = [resource],
        ResourceType = type,
        TrafficType = traffic,
        LogGroupName = "flows",
        DeliverLogsPermissionArn = Role,
        LogFormat = format,
    }));

    private Command? CommandFor(string to, int? port, int protocol = Protocols.Tcp)
    {
        Tracer tracer = new(Compiler.Compile(lab.Cloud));
        Assert.True(new EndpointResolver(tracer.State, lab.Home).TryResolve(
            new FlowQuestion(one.Key, to) { Port = port, Protocol = protocol }, out Flow flow, out string error), error);
        return FlowLogWriter.CommandFor(lab.Cloud, lab.Context().Caller, tracer.Explain(flow), lab.Now);
    }

    private void Trace(string to, int? port, int protocol = Protocols.Tcp)
    {
        Command command = CommandFor(to, port, protocol)!;
        CommandContext context = lab.Context();
        command.Run(context);
        lab.Commit(context);
    }

    /// <summary>A stream as GetLogEvents reads it.</summary>
    private IEnumerable<string> Lines(string stream) => lab.Logs((s, c) => s.GetLogEvents(
        c, new() { LogGroupName = "flows", LogStreamName = stream })).Events!.Select(e => e.Message!);
}
