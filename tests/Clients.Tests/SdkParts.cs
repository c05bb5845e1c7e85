using Amazon.EC2;
using Amazon.EC2.Model;

namespace Trunkline.Tests.Clients;

/// <summary>The parts of the session that are about filters, instances and addresses.</summary>
internal static class SdkParts
{
    public static async Task<string> Groups(AmazonEC2Client ec2, string vpc)
    {
        string group = (await ec2.CreateSecurityGroupAsync(
            new CreateSecurityGroupRequest { VpcId = vpc, GroupName = "web", Description = "of the session" })).GroupId;
        await Session.Refused("InvalidGroup.Duplicate", ec2.CreateSecurityGroupAsync(
            new CreateSecurityGroupRequest { VpcId = vpc, GroupName = "web", Description = "again" }));
        List<IpPermission> https =
            [new() { IpProtocol = "tcp", FromPort = 443, ToPort = 443, Ipv4Ranges = [new() { CidrIp = "0.0.0.0/0", Description = "https" }] }];
        await ec2.AuthorizeSecurityGroupIngressAsync(new AuthorizeSecurityGroupIngressRequest { GroupId = group, IpPermissions = https });
        await Session.Refused(
            "InvalidPermission.Duplicate", ec2.AuthorizeSecurityGroupIngressAsync(
                new AuthorizeSecurityGroupIngressRequest { GroupId = group, IpPermissions = https }));
        await ec2.UpdateSecurityGroupRuleDescriptionsIngressAsync(
            new UpdateSecurityGroupRuleDescriptionsIngressRequest { GroupId = group, IpPermissions = https });
        DescribeSecurityGroupRulesRequest ofGroup = new() { Filters = [new Filter("group-id", [group])] };
        List<SecurityGroupRule> rules = (await ec2.DescribeSecurityGroupRulesAsync(ofGroup)).SecurityGroupRules;
        SecurityGroupRule ingress = Assert.Single(rules, r => r.IsEgress == false);
        Assert.Equal("https", ingress.Description);
        SecurityGroupRuleRequest changed = new() { IpProtocol = "tcp", FromPort = 8443, ToPort = 8443, CidrIpv4 = "10.0.0.0/8" };
        await ec2.ModifySecurityGroupRulesAsync(new ModifySecurityGroupRulesRequest
        {
            GroupId = group,
            SecurityGroupRules = [new() { SecurityGroupRuleId = ingress.SecurityGroupRuleId, SecurityGroupRule = changed }],
        });
        SecurityGroup shown = (await ec2.DescribeSecurityGroupsAsync(
            new DescribeSecurityGroupsRequest { GroupIds = [group] })).SecurityGroups[0];
        Assert.Equal(8443, Assert.Single(shown.IpPermissions).FromPort);
        await ec2.RevokeSecurityGroupIngressAsync(
            new RevokeSecurityGroupIngressRequest { GroupId = group, SecurityGroupRuleIds = [ingress.SecurityGroupRuleId] });
        await ec2.AuthorizeSecurityGroupEgressAsync(new AuthorizeSecurityGroupEgressRequest { GroupId = group, IpPermissions = https });
        await ec2.RevokeSecurityGroupEgressAsync(new RevokeSecurityGroupEgressRequest { GroupId = group, IpPermissions = https });
        await Session.Refused("InvalidGroup.NotFound", ec2.DescribeSecurityGroupsAsync(
            new DescribeSecurityGroupsRequest { GroupIds = ["sg-0123456789abcdef0"] }));
        return group;
    }

    public static async Task Acl(AmazonEC2Client ec2, string vpc, string subnet)
    {
        string acl = (await ec2.CreateNetworkAclAsync(new CreateNetworkAclRequest { VpcId = vpc })).NetworkAcl.NetworkAclId;
        CreateNetworkAclEntryRequest entry = new()
        {
            NetworkAclId = acl,
            RuleNumber = 100,
            Protocol = "6",
            Egress = false,
            CidrBlock = "0.0.0.0/0",
            PortRange = new() { From = 80, To = 80 },
            RuleAction = RuleAction.Allow,
        };
        await ec2.CreateNetworkAclEntryAsync(entry);
        await Session.Refused("NetworkAclEntryAlreadyExists", ec2.CreateNetworkAclEntryAsync(entry));
        await ec2.ReplaceNetworkAclEntryAsync(new ReplaceNetworkAclEntryRequest
        {
            NetworkAclId = acl,
            RuleNumber = 100,
            Protocol = "-1",
            Egress = false,
            CidrBlock = "0.0.0.0/0",
            RuleAction = RuleAction.Deny,
        });
        DescribeNetworkAclsRequest ofSubnet = new() { Filters = [new Filter("association.subnet-id", [subnet])] };
        NetworkAcl old = Assert.Single((await ec2.DescribeNetworkAclsAsync(ofSubnet)).NetworkAcls);
        string bound = old.Associations.Single(a => a.SubnetId == subnet).NetworkAclAssociationId;
        bound = (await ec2.ReplaceNetworkAclAssociationAsync(
            new ReplaceNetworkAclAssociationRequest { AssociationId = bound, NetworkAclId = acl })).NewAssociationId;
        Assert.Equal(acl, Assert.Single((await ec2.DescribeNetworkAclsAsync(ofSubnet)).NetworkAcls).NetworkAclId);
        await ec2.DeleteNetworkAclEntryAsync(new DeleteNetworkAclEntryRequest { NetworkAclId = acl, RuleNumber = 100, Egress = false });
        await Session.Refused("DependencyViolation", ec2.DeleteNetworkAclAsync(new DeleteNetworkAclRequest { NetworkAclId = acl }));
        await ec2.ReplaceNetworkAclAssociationAsync(
            new ReplaceNetworkAclAssociationRequest { AssociationId = bound, NetworkAclId = old.NetworkAclId });
        await ec2.DeleteNetworkAclAsync(new DeleteNetworkAclRequest { NetworkAclId = acl });
    }

    public static async Task<string> Instance(AmazonEC2Client ec2, string image, string subnet, string group)
    {
        Assert.Contains("PRIVATE KEY", (await ec2.CreateKeyPairAsync(
            new CreateKeyPairRequest { KeyName = "session" })).KeyPair.KeyMaterial, StringComparison.Ordinal);
        Assert.Single((await ec2.DescribeKeyPairsAsync(new DescribeKeyPairsRequest())).KeyPairs);
        Reservation run = (await ec2.RunInstancesAsync(new RunInstancesRequest
        {
            ImageId = image,
            InstanceType = InstanceType.T3Micro,
            MinCount = 1,
            MaxCount = 1,
            SubnetId = subnet,
            SecurityGroupIds = [group],
            KeyName = "session",
        })).Reservation;
        string instance = Assert.Single(run.Instances).InstanceId;
        Assert.Equal(InstanceStateName.Pending, run.Instances[0].State.Name);
        Instance shown = await Shown(ec2, instance);
        Assert.Equal(InstanceStateName.Running, shown.State.Name);
        Assert.StartsWith("10.0.0.", shown.PrivateIpAddress, StringComparison.Ordinal);
        Assert.NotEmpty(shown.PublicIpAddress);
        Assert.Equal("ok", (await ec2.DescribeInstanceStatusAsync(
            new DescribeInstanceStatusRequest { InstanceIds = [instance] })).InstanceStatuses[0].Status.Status.Value);
        await ec2.StopInstancesAsync(new StopInstancesRequest { InstanceIds = [instance] });
        Assert.Equal(InstanceStateName.Stopped, (await Shown(ec2, instance)).State.Name);
        StartInstancesResponse started = await ec2.StartInstancesAsync(new StartInstancesRequest { InstanceIds = [instance] });
        Assert.Equal(InstanceStateName.Stopped, started.StartingInstances[0].PreviousState.Name);
        await ec2.RebootInstancesAsync(new RebootInstancesRequest { InstanceIds = [instance] });
        await ec2.MonitorInstancesAsync(new MonitorInstancesRequest { InstanceIds = [instance] });
        await ec2.UnmonitorInstancesAsync(new UnmonitorInstancesRequest { InstanceIds = [instance] });
        await Session.Refused("InvalidInstanceID.NotFound", ec2.DescribeInstancesAsync(
            new DescribeInstancesRequest { InstanceIds = ["i-0123456789abcdef0"] }));
        return instance;
    }

    public static async Task Interface(AmazonEC2Client ec2, string instance, string subnet)
    {
        string eni = (await ec2.CreateNetworkInterfaceAsync(
            new CreateNetworkInterfaceRequest { SubnetId = subnet })).NetworkInterface.NetworkInterfaceId;
        string attachment = (await ec2.AttachNetworkInterfaceAsync(
            new AttachNetworkInterfaceRequest { NetworkInterfaceId = eni, InstanceId = instance, DeviceIndex = 1 })).AttachmentId;
        await ec2.ModifyNetworkInterfaceAttributeAsync(
            new ModifyNetworkInterfaceAttributeRequest { NetworkInterfaceId = eni, SourceDestCheck = false });
        AssignPrivateIpAddressesResponse added =
            await ec2.AssignPrivateIpAddressesAsync(
                new AssignPrivateIpAddressesRequest { NetworkInterfaceId = eni, SecondaryPrivateIpAddressCount = 1 });
        await ec2.UnassignPrivateIpAddressesAsync(
            new UnassignPrivateIpAddressesRequest { NetworkInterfaceId = eni, PrivateIpAddresses = [added.AssignedPrivateIpAddresses[0].PrivateIpAddress] });
        NetworkInterface shown = Assert.Single((await ec2.DescribeNetworkInterfacesAsync(
            new DescribeNetworkInterfacesRequest { NetworkInterfaceIds = [eni] })).NetworkInterfaces);
        Assert.Equal(NetworkInterfaceStatus.InUse, shown.Status);
        Assert.False(shown.SourceDestCheck);
        await ec2.DetachNetworkInterfaceAsync(new DetachNetworkInterfaceRequest { AttachmentId = attachment });
        await ec2.DeleteNetworkInterfaceAsync(new DeleteNetworkInterfaceRequest { NetworkInterfaceId = eni });
        await Session.Refused("InvalidNetworkInterfaceID.NotFound", ec2.DescribeNetworkInterfacesAsync(
            new DescribeNetworkInterfacesRequest { NetworkInterfaceIds = [eni] }));
    }

    public static async Task Addresses(AmazonEC2Client ec2, string instance, string subnet, string table)
    {
        AllocateAddressResponse eip = await ec2.AllocateAddressAsync(new AllocateAddressRequest { Domain = DomainType.Vpc });
        string bound = (await ec2.AssociateAddressAsync(
            new AssociateAddressRequest { AllocationId = eip.AllocationId, InstanceId = instance })).AssociationId;
        Assert.Equal(instance, Assert.Single((await ec2.DescribeAddressesAsync(
            new DescribeAddressesRequest { AllocationIds = [eip.AllocationId] })).Addresses).InstanceId);
        Assert.Equal(eip.PublicIp, (await Shown(ec2, instance)).PublicIpAddress);
        await Session.Refused("InvalidIPAddress.InUse", ec2.ReleaseAddressAsync(
            new ReleaseAddressRequest { AllocationId = eip.AllocationId }));
        await ec2.DisassociateAddressAsync(new DisassociateAddressRequest { AssociationId = bound });
        CreateNatGatewayRequest wish = new() { SubnetId = subnet, AllocationId = eip.AllocationId, ClientToken = "nat" };
        string nat = (await ec2.CreateNatGatewayAsync(wish)).NatGateway.NatGatewayId;
        Assert.Equal(nat, (await ec2.CreateNatGatewayAsync(wish)).NatGateway.NatGatewayId);
        Assert.Equal(NatGatewayState.Available, Assert.Single((await ec2.DescribeNatGatewaysAsync(
            new DescribeNatGatewaysRequest())).NatGateways).State);
        await ec2.CreateRouteAsync(new CreateRouteRequest { RouteTableId = table, DestinationCidrBlock = "0.0.0.0/0", NatGatewayId = nat });
        await ec2.DeleteNatGatewayAsync(new DeleteNatGatewayRequest { NatGatewayId = nat });
        RouteTable left = Assert.Single((await ec2.DescribeRouteTablesAsync(
            new DescribeRouteTablesRequest { RouteTableIds = [table] })).RouteTables);
        Assert.Equal(RouteState.Blackhole, left.Routes.Single(r => r.NatGatewayId == nat).State);
        await ec2.ReleaseAddressAsync(new ReleaseAddressRequest { AllocationId = eip.AllocationId });
    }

    public static async Task OptionsAndTags(AmazonEC2Client ec2, string vpc)
    {
        CreateDhcpOptionsRequest wish = new() { DhcpConfigurations = [new() { Key = "domain-name", Values = ["corp.example"] }] };
        string options = (await ec2.CreateDhcpOptionsAsync(wish)).DhcpOptions.DhcpOptionsId;
        await ec2.AssociateDhcpOptionsAsync(new AssociateDhcpOptionsRequest { DhcpOptionsId = options, VpcId = vpc });
        Assert.Contains(options, (await ec2.DescribeDhcpOptionsAsync(
            new DescribeDhcpOptionsRequest())).DhcpOptions.Select(o => o.DhcpOptionsId));
        await Session.Refused("DependencyViolation", ec2.DeleteDhcpOptionsAsync(new DeleteDhcpOptionsRequest { DhcpOptionsId = options }));
        await ec2.AssociateDhcpOptionsAsync(new AssociateDhcpOptionsRequest { DhcpOptionsId = "default", VpcId = vpc });
        await ec2.DeleteDhcpOptionsAsync(new DeleteDhcpOptionsRequest { DhcpOptionsId = options });
        await ec2.CreateTagsAsync(new CreateTagsRequest { Resources = [vpc], Tags = [new("team", "net"), new("stage", "test")] });
        DescribeTagsRequest ofVpc = new() { Filters = [new Filter("resource-id", [vpc])] };
        Assert.Equal(["stage", "team"], (await ec2.DescribeTagsAsync(ofVpc)).Tags.Select(t => t.Key));
        await ec2.DeleteTagsAsync(new DeleteTagsRequest { Resources = [vpc], Tags = [new() { Key = "stage" }] });
        Assert.Single((await ec2.DescribeVpcsAsync(new DescribeVpcsRequest { Filters = [new Filter("tag:team", ["n*"])] })).Vpcs);
    }

    private static async Task<Instance> Shown(AmazonEC2Client ec2, string instance) =>
        Assert.Single(Assert.Single((await ec2.DescribeInstancesAsync(
            new DescribeInstancesRequest { InstanceIds = [instance] })).Reservations).Instances);
}
