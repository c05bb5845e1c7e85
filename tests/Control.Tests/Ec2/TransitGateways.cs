using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

/// <summary>Short ways to transit gateways and what is attached to them.</summary>
internal static class TransitGateways
{
    public const string Other = "111111111112";

    public static readonly PartitionKey Elsewhere = new("000000000000", "eu-west-1");

    public static Aws.TransitGateway NewTransitGateway(this Lab lab, Aws.TransitGatewayRequestOptions? options = null) =>
        lab.Run((ec2, c) => ec2.CreateTransitGateway(c, new() { Options = options })).TransitGateway!;

    public static Aws.TransitGateway DescribedTransitGateway(this Lab lab, string id, string? account = null) =>
        lab.Run((ec2, c) => ec2.DescribeTransitGateways(c, new() { TransitGatewayIds = [id] }), account).TransitGateways!.Single();

    /// <summary>A VPC with one subnet in the first zone, attached; the VPC's id and the attachment's.</summary>
    public static (string Vpc, string Attachment) NewAttachedVpc(this Lab lab, string gateway, string cidr)
    {
        string vpc = lab.NewVpc(cidr).VpcId!;
        string subnet = lab.NewSubnet(vpc, cidr.Replace("/16", "/24", StringComparison.Ordinal)).SubnetId!;
        return (vpc, lab.Attach(gateway, vpc, subnet).TransitGatewayAttachmentId!);
    }

    public static Aws.TransitGatewayVpcAttachment Attach(this Lab lab, string gateway, string vpc, params string[] subnets) =>
        lab.Run((ec2, c) => ec2.CreateTransitGatewayVpcAttachment(
            c, new() { TransitGatewayId = gateway, VpcId = vpc, SubnetIds = subnets })).TransitGatewayVpcAttachment!;

    public static Aws.TransitGatewayAttachment DescribedAttachment(this Lab lab, string id, string? account = null) =>
        lab.Run((ec2, c) => ec2.DescribeTransitGatewayAttachments(c, new() { TransitGatewayAttachmentIds = [id] }), account)
            .TransitGatewayAttachments!.Single();

    public static string NewGatewayTable(this Lab lab, string gateway) =>
        lab.Run((ec2, c) => ec2.CreateTransitGatewayRouteTable(c, new() { TransitGatewayId = gateway }))
            .TransitGatewayRouteTable!.TransitGatewayRouteTableId!;

    public static IReadOnlyList<Aws.TransitGatewayRoute> Search(this Lab lab, string table, params Aws.Filter[] filters) =>
        lab.Run((ec2, c) => ec2.SearchTransitGatewayRoutes(
            c, new() { TransitGatewayRouteTableId = table, Filters = filters is [] ? [Networks.Filter("state", "active", "blackhole")] : filters })).Routes!;

    /// <summary>Shares a gateway of the home account with another one, without RAM's operations.</summary>
    public static void ShareGateway(this Lab lab, string gateway, string account = Other) => lab.Do(c =>
    {
        c.Put(new ResourceShare
        {
            Key = "share-" + gateway,
            Name = "hub",
            CreationTime = c.Now,
            LastUpdatedTime = c.Now,
            Resources =
            [
                new SharedResource(c.Arn($"transit-gateway/{gateway}"), "ec2:TransitGateway", ShareAssociationState.Associated, c.Now, c.Now),
            ],
            Principals = [new SharePrincipal(account, true, ShareAssociationState.Associated, c.Now, c.Now)],
        });
        return c.At(new PartitionKey(account, c.Region)).Put(new ReceivedShare { Key = "share-" + gateway, Owner = c.Account });
    });
}
