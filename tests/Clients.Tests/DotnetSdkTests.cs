using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.SecurityToken.Model;

namespace Trunkline.Tests.Clients;

/// <summary>AWS's SDK for .NET, unchanged: a network is built, used, changed and taken down.</summary>
public sealed class DotnetSdkTests(SharedServer server)
{
    private const string Account = "100000000001";
    private const string Region = "eu-west-1";

    [Fact]
    public async Task A_session_of_more_than_sixty_operations()
    {
        using Session session = new(server.Url, Account, Region);
        AmazonEC2Client ec2 = session.Ec2;
        await Identity(session);
        string image = await Catalogues(ec2);
        string vpc = await MakeVpc(ec2);
        string[] subnets = await MakeSubnets(ec2, vpc);
        string gateway = await MakeGateway(ec2, vpc);
        string[] tables = await MakeRoutes(ec2, vpc, subnets, gateway);
        string group = await SdkParts.Groups(ec2, vpc);
        await SdkParts.Acl(ec2, vpc, subnets[1]);
        string instance = await SdkParts.Instance(ec2, image, subnets[0], group);
        await SdkParts.Interface(ec2, instance, subnets[0]);
        await SdkParts.Addresses(ec2, instance, subnets[0], tables[1]);
        await SdkParts.OptionsAndTags(ec2, vpc);
        await TakeDown(ec2, vpc, subnets, gateway, tables, group, instance);
        Assert.True(session.Operations.Count >= 60, $"{session.Operations.Count} operations");
    }

    [Fact]
    public async Task Paginators_give_every_row_once()
    {
        using Session session = new(server.Url, "100000000002", Region);
        HashSet<string> made = [];
        for (int i = 0; i < 23; i++)
        {
            made.Add((await session.Ec2.CreateVpcAsync(new CreateVpcRequest { CidrBlock = "10.0.0.0/16" })).Vpc.VpcId);
        }

        List<string> found = [];
        await foreach (Vpc vpc in session.Ec2.Paginators.DescribeVpcs(new DescribeVpcsRequest { MaxResults = 5 }).Vpcs)
        {
            found.Add(vpc.VpcId);
        }

        Assert.Equal(24, found.Count);
        Assert.True(made.IsSubsetOf(found));
        Assert.Equal(found.Count, found.Distinct().Count());
    }

    private static async Task Identity(Session session)
    {
        Assert.Equal(Account, (await session.Sts.GetCallerIdentityAsync(new GetCallerIdentityRequest())).Account);
        Assert.NotEmpty((await session.Sts.GetSessionTokenAsync(new GetSessionTokenRequest())).Credentials.SessionToken);
        Assert.EndsWith(
            "assumed-role/network/me",
            (await session.Sts.AssumeRoleAsync(
                new AssumeRoleRequest { RoleArn = $"arn:aws:iam::{Account}:role/network", RoleSessionName = "me" })).AssumedRoleUser.Arn,
            StringComparison.Ordinal);
    }

    private static async Task<string> Catalogues(AmazonEC2Client ec2)
    {
        Assert.Contains(Region, (await ec2.DescribeRegionsAsync(new DescribeRegionsRequest())).Regions.Select(r => r.RegionName));
        Assert.Equal(3, (await ec2.DescribeAvailabilityZonesAsync(new DescribeAvailabilityZonesRequest())).AvailabilityZones.Count);
        Assert.Contains("max-elastic-ips", (await ec2.DescribeAccountAttributesAsync(
            new DescribeAccountAttributesRequest())).AccountAttributes.Select(a => a.AttributeName));
        Assert.Equal(2, Assert.Single((await ec2.DescribeInstanceTypesAsync(
            new DescribeInstanceTypesRequest { InstanceTypes = ["t3.micro"] })).InstanceTypes).VCpuInfo.DefaultVCpus);
        DescribeInstanceTypeOfferingsRequest offered = new() { Filters = [new Filter("instance-type", ["t3.micro"])] };
        Assert.Equal(Region, Assert.Single((await ec2.DescribeInstanceTypeOfferingsAsync(offered)).InstanceTypeOfferings).Location);
        DescribeImagesRequest images = new() { Owners = ["amazon"], Filters = [new Filter("architecture", ["x86_64"])] };
        return (await ec2.DescribeImagesAsync(images)).Images[0].ImageId;
    }

    private static async Task<string> MakeVpc(AmazonEC2Client ec2)
    {
        Vpc made = (await ec2.CreateVpcAsync(new CreateVpcRequest { CidrBlock = "10.0.0.0/16", AmazonProvidedIpv6CidrBlock = true })).Vpc;
        Assert.Equal(VpcState.Pending, made.State);
        Vpc shown = Assert.Single((await ec2.DescribeVpcsAsync(new DescribeVpcsRequest { VpcIds = [made.VpcId] })).Vpcs);
        Assert.Equal(VpcState.Available, shown.State);
        await ec2.ModifyVpcAttributeAsync(new ModifyVpcAttributeRequest { VpcId = made.VpcId, EnableDnsHostnames = true });
        Assert.True((await ec2.DescribeVpcAttributeAsync(
            new DescribeVpcAttributeRequest { VpcId = made.VpcId, Attribute = VpcAttributeName.EnableDnsHostnames })).EnableDnsHostnames);
        string extra = (await ec2.AssociateVpcCidrBlockAsync(
            new AssociateVpcCidrBlockRequest { VpcId = made.VpcId, CidrBlock = "10.1.0.0/16" })).CidrBlockAssociation.AssociationId;
        await ec2.DisassociateVpcCidrBlockAsync(new DisassociateVpcCidrBlockRequest { AssociationId = extra });
        await Session.Refused("InvalidVpc.Range", ec2.CreateVpcAsync(new CreateVpcRequest { CidrBlock = "10.0.0.0/8" }));
        await Session.Refused("InvalidVpcID.NotFound", ec2.DescribeVpcsAsync(
            new DescribeVpcsRequest { VpcIds = ["vpc-0123456789abcdef0"] }));
        await Session.Refused("DryRunOperation", ec2.CreateVpcAsync(new CreateVpcRequest { CidrBlock = "10.0.0.0/16", DryRun = true }));
        return made.VpcId;
    }

    private static async Task<string[]> MakeSubnets(AmazonEC2Client ec2, string vpc)
    {
        string ipv6 = (await ec2.DescribeVpcsAsync(
            new DescribeVpcsRequest { VpcIds = [vpc] })).Vpcs[0].Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock;
        string[] subnets = new string[3];
        for (int i = 0; i < subnets.Length; i++)
        {
            Subnet made = (await ec2.CreateSubnetAsync(
                new CreateSubnetRequest { VpcId = vpc, CidrBlock = $"10.0.{i}.0/24", AvailabilityZone = $"{Region}{"abc"[i]}" })).Subnet;
            Assert.Equal(251, made.AvailableIpAddressCount);
            subnets[i] = made.SubnetId;
        }

        AssociateSubnetCidrBlockRequest wish = new() { SubnetId = subnets[0], Ipv6CidrBlock = ipv6.Replace("::/56", "::/64", StringComparison.Ordinal) };
        string block = (await ec2.AssociateSubnetCidrBlockAsync(wish)).Ipv6CidrBlockAssociation.AssociationId;
        await ec2.DisassociateSubnetCidrBlockAsync(new DisassociateSubnetCidrBlockRequest { AssociationId = block });
        await ec2.ModifySubnetAttributeAsync(new ModifySubnetAttributeRequest { SubnetId = subnets[0], MapPublicIpOnLaunch = true });
        Assert.True((await ec2.DescribeSubnetsAsync(
            new DescribeSubnetsRequest { SubnetIds = [subnets[0]] })).Subnets[0].MapPublicIpOnLaunch);
        await Session.Refused("InvalidSubnet.Conflict", ec2.CreateSubnetAsync(
            new CreateSubnetRequest { VpcId = vpc, CidrBlock = "10.0.0.128/25" }));
        await Session.Refused("InvalidSubnet.Range", ec2.CreateSubnetAsync(
            new CreateSubnetRequest { VpcId = vpc, CidrBlock = "10.9.0.0/24" }));
        await Session.Refused("DependencyViolation", ec2.DeleteVpcAsync(new DeleteVpcRequest { VpcId = vpc }));
        return subnets;
    }

    private static async Task<string> MakeGateway(AmazonEC2Client ec2, string vpc)
    {
        string gateway = (await ec2.CreateInternetGatewayAsync(new CreateInternetGatewayRequest())).InternetGateway.InternetGatewayId;
        await ec2.AttachInternetGatewayAsync(new AttachInternetGatewayRequest { InternetGatewayId = gateway, VpcId = vpc });
        await Session.Refused("Resource.AlreadyAssociated", ec2.AttachInternetGatewayAsync(
            new AttachInternetGatewayRequest { InternetGatewayId = gateway, VpcId = vpc }));
        Assert.Equal(vpc, (await ec2.DescribeInternetGatewaysAsync(
            new DescribeInternetGatewaysRequest { InternetGatewayIds = [gateway] })).InternetGateways[0].Attachments[0].VpcId);
        return gateway;
    }

    private static async Task<string[]> MakeRoutes(AmazonEC2Client ec2, string vpc, string[] subnets, string gateway)
    {
        string[] tables = new string[2];
        for (int i = 0; i < tables.Length; i++)
        {
            tables[i] = (await ec2.CreateRouteTableAsync(new CreateRouteTableRequest { VpcId = vpc })).RouteTable.RouteTableId;
        }

        CreateRouteRequest toInternet = new() { RouteTableId = tables[0], DestinationCidrBlock = "0.0.0.0/0", GatewayId = gateway };
        Assert.True((await ec2.CreateRouteAsync(toInternet)).Return);
        await Session.Refused("RouteAlreadyExists", ec2.CreateRouteAsync(toInternet));
        await ec2.CreateRouteAsync(
            new CreateRouteRequest { RouteTableId = tables[1], DestinationCidrBlock = "198.51.100.0/24", GatewayId = gateway });
        await ec2.ReplaceRouteAsync(
            new ReplaceRouteRequest { RouteTableId = tables[1], DestinationCidrBlock = "198.51.100.0/24", GatewayId = gateway });
        await ec2.DeleteRouteAsync(new DeleteRouteRequest { RouteTableId = tables[1], DestinationCidrBlock = "198.51.100.0/24" });
        string bound = (await ec2.AssociateRouteTableAsync(
            new AssociateRouteTableRequest { RouteTableId = tables[1], SubnetId = subnets[0] })).AssociationId;
        await ec2.ReplaceRouteTableAssociationAsync(
            new ReplaceRouteTableAssociationRequest { AssociationId = bound, RouteTableId = tables[0] });
        List<Route> routes = (await ec2.DescribeRouteTablesAsync(
            new DescribeRouteTablesRequest { RouteTableIds = [tables[0]] })).RouteTables[0].Routes;
        Assert.All(routes, r => Assert.Equal(RouteState.Active, r.State));
        string egress = (await ec2.CreateEgressOnlyInternetGatewayAsync(
            new CreateEgressOnlyInternetGatewayRequest { VpcId = vpc })).EgressOnlyInternetGateway.EgressOnlyInternetGatewayId;
        Assert.NotEmpty((await ec2.DescribeEgressOnlyInternetGatewaysAsync(
            new DescribeEgressOnlyInternetGatewaysRequest())).EgressOnlyInternetGateways);
        await ec2.DeleteEgressOnlyInternetGatewayAsync(new DeleteEgressOnlyInternetGatewayRequest { EgressOnlyInternetGatewayId = egress });
        return tables;
    }

    private static async Task TakeDown(
        AmazonEC2Client ec2, string vpc, string[] subnets, string gateway, string[] tables, string group, string instance)
    {
        await ec2.TerminateInstancesAsync(new TerminateInstancesRequest { InstanceIds = [instance] });
        Assert.Equal(
            InstanceStateName.Terminated,
            (await ec2.DescribeInstancesAsync(
                new DescribeInstancesRequest { InstanceIds = [instance] })).Reservations[0].Instances[0].State.Name);
        await ec2.DeleteKeyPairAsync(new DeleteKeyPairRequest { KeyName = "session" });
        RouteTable bound = (await ec2.DescribeRouteTablesAsync(
            new DescribeRouteTablesRequest { RouteTableIds = [tables[0]] })).RouteTables[0];
        await ec2.DisassociateRouteTableAsync(
            new DisassociateRouteTableRequest { AssociationId = bound.Associations[0].RouteTableAssociationId });
        foreach (string table in tables)
        {
            await ec2.DeleteRouteTableAsync(new DeleteRouteTableRequest { RouteTableId = table });
        }

        await ec2.DetachInternetGatewayAsync(new DetachInternetGatewayRequest { InternetGatewayId = gateway, VpcId = vpc });
        await ec2.DeleteInternetGatewayAsync(new DeleteInternetGatewayRequest { InternetGatewayId = gateway });
        await ec2.DeleteSecurityGroupAsync(new DeleteSecurityGroupRequest { GroupId = group });
        foreach (string subnet in subnets)
        {
            await ec2.DeleteSubnetAsync(new DeleteSubnetRequest { SubnetId = subnet });
        }

        await ec2.DeleteVpcAsync(new DeleteVpcRequest { VpcId = vpc });
        Assert.True(Assert.Single((await ec2.DescribeVpcsAsync(new DescribeVpcsRequest())).Vpcs).IsDefault);
    }
}
