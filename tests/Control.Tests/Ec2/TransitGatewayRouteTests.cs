using System.Text.Json.Nodes;
using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class TransitGatewayRouteTests
{
    private readonly Lab lab = new();
    private readonly string gateway;
    private readonly string table;
    private readonly string vpc;
    private readonly string one;
    private readonly string two;

    public TransitGatewayRouteTests()
    {
        Aws.TransitGateway made = lab.NewTransitGateway();
        (gateway, table) = (made.TransitGatewayId!, made.Options!.AssociationDefaultRouteTableId!);
        (vpc, one) = lab.NewAttachedVpc(gateway, "10.0.0.0/16");
        two = lab.NewAttachedVpc(gateway, "10.1.0.0/16").Attachment;
    }

    [Fact]
    public void Rule109_one_association_and_many_propagations()
    {
        string second = lab.NewGatewayTable(gateway);
        Fault fault = lab.FaultOf((ec2, c) => ec2.AssociateTransitGatewayRouteTable(
            c, new() { TransitGatewayRouteTableId = second, TransitGatewayAttachmentId = one }));
        Assert.Equal(
            ("Resource.AlreadyAssociated", $"Transit Gateway Attachment {one} is already associated to a route table."), (fault.Code, fault.Message));
        Assert.Equal("InvalidAssociation.NotFound", lab.Refused((ec2, c) => ec2.DisassociateTransitGatewayRouteTable(
            c, new() { TransitGatewayRouteTableId = second, TransitGatewayAttachmentId = one })));
        Assert.Equal("disassociating", lab.Run((ec2, c) => ec2.DisassociateTransitGatewayRouteTable(
            c, new() { TransitGatewayRouteTableId = table, TransitGatewayAttachmentId = one })).Association!.State);
        Aws.TransitGatewayAssociation made = lab.Run((ec2, c) => ec2.AssociateTransitGatewayRouteTable(
            c, new() { TransitGatewayRouteTableId = second, TransitGatewayAttachmentId = one })).Association!;
        Assert.Equal(("associating", vpc, "vpc"), (made.State, made.ResourceId, made.ResourceType));
        Assert.Equal(one, lab.Run((ec2, c) => ec2.GetTransitGatewayRouteTableAssociations(
            c, new() { TransitGatewayRouteTableId = second, Filters = [Networks.Filter("resource-id", vpc)] })).Associations!.Single().TransitGatewayAttachmentId);

        Propagate(second, one);
        Assert.Equal("TransitGatewayRouteTablePropagation.Duplicate", lab.Refused((ec2, c) => ec2.EnableTransitGatewayRouteTablePropagation(
            c, new() { TransitGatewayRouteTableId = second, TransitGatewayAttachmentId = one })));
        Assert.Equal(new[] { table, second }.Order(StringComparer.Ordinal), lab.Run((ec2, c) => ec2.GetTransitGatewayAttachmentPropagations(
            c, new() { TransitGatewayAttachmentId = one })).TransitGatewayAttachmentPropagations!.Select(p => p.TransitGatewayRouteTableId));
        Assert.Equal("disabled", lab.Run((ec2, c) => ec2.DisableTransitGatewayRouteTablePropagation(
            c, new() { TransitGatewayRouteTableId = second, TransitGatewayAttachmentId = one })).Propagation!.State);
        Assert.Equal("TransitGatewayRouteTablePropagation.NotFound", lab.Refused((ec2, c) => ec2.DisableTransitGatewayRouteTablePropagation(
            c, new() { TransitGatewayRouteTableId = second, TransitGatewayAttachmentId = one })));
    }

    [Fact]
    public void A_table_goes_only_when_nothing_is_associated_and_it_is_no_default()
    {
        string second = lab.NewGatewayTable(gateway);
        Assert.Equal("IncorrectState", Refused(table));
        lab.Run((ec2, c) => ec2.DisassociateTransitGatewayRouteTable(c, new() { TransitGatewayRouteTableId = table, TransitGatewayAttachmentId = one }));
        lab.Run((ec2, c) => ec2.AssociateTransitGatewayRouteTable(c, new() { TransitGatewayRouteTableId = second, TransitGatewayAttachmentId = one }));
        Propagate(second, two);
        Assert.Equal("IncorrectState", Refused(second));
        lab.Run((ec2, c) => ec2.DisassociateTransitGatewayRouteTable(c, new() { TransitGatewayRouteTableId = second, TransitGatewayAttachmentId = one }));
        Assert.Equal("deleting", lab.Run((ec2, c) => ec2.DeleteTransitGatewayRouteTable(
            c, new() { TransitGatewayRouteTableId = second })).TransitGatewayRouteTable!.State);
        Assert.Equal("InvalidRouteTableID.NotFound", Refused(second));

        string Refused(string id) => lab.Refused((ec2, c) => ec2.DeleteTransitGatewayRouteTable(c, new() { TransitGatewayRouteTableId = id }));
    }

    [Fact]
    public void Tables_and_attachments_of_two_gateways_do_not_mix()
    {
        Aws.TransitGateway other = lab.NewTransitGateway();
        string theirs = other.Options!.AssociationDefaultRouteTableId!;
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.EnableTransitGatewayRouteTablePropagation(
            c, new() { TransitGatewayRouteTableId = theirs, TransitGatewayAttachmentId = one })));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.CreateTransitGatewayRoute(
            c, new() { TransitGatewayRouteTableId = theirs, TransitGatewayAttachmentId = one, DestinationCidrBlock = "10.9.0.0/16" })));
    }

    [Fact]
    public void What_VPCs_propagate_is_found_in_the_table()
    {
        Assert.Equal(
            [("10.0.0.0/16", "propagated", "active", one), ("10.1.0.0/16", "propagated", "active", two)],
            lab.Search(table).Select(r => (r.DestinationCidrBlock!, r.Type!, r.State!, r.TransitGatewayAttachments!.Single().TransitGatewayAttachmentId!)));
        Assert.Equal(vpc, lab.Search(table, Networks.Filter("attachment.resource-id", vpc)).Single().TransitGatewayAttachments!.Single().ResourceId);
    }

    [Fact]
    public void Rule110_a_static_route_hides_a_propagated_one_and_blackholes_drop()
    {
        Assert.Equal("active", Create("10.1.0.0/16", one).State);
        Assert.Equal("blackhole", Create("10.2.0.0/16", null).State);
        Assert.Equal(
            [("10.0.0.0/16", "propagated", "active"), ("10.1.0.0/16", "static", "active"), ("10.2.0.0/16", "static", "blackhole")],
            lab.Search(table).Select(r => (r.DestinationCidrBlock!, r.Type!, r.State!)));
        Assert.Equal(one, lab.Search(table, Networks.Filter("route-search.exact-match", "10.1.0.0/16")).Single()
            .TransitGatewayAttachments!.Single().TransitGatewayAttachmentId);
        Assert.Null(lab.Search(table, Networks.Filter("state", "blackhole")).Single().TransitGatewayAttachments);
    }

    [Fact]
    public void Rule117_one_static_route_a_prefix_replaced_and_deleted_by_name()
    {
        Create("10.9.0.0/16", one);
        Assert.Equal("RouteAlreadyExists", Refused("10.9.0.0/16", two));
        Assert.Equal("MissingParameter", Refused("10.8.0.0/16", null, blackhole: false));
        Assert.Equal("InvalidParameterCombination", Refused("10.8.0.0/16", one, blackhole: true));
        Assert.Equal("InvalidParameterValue", Refused("ten", one));
        Assert.Equal("InvalidTransitGatewayAttachmentID.NotFound", Refused("10.8.0.0/16", "tgw-attach-0123456789abcdef0"));
        Aws.TransitGatewayRoute replaced = lab.Run((ec2, c) => ec2.ReplaceTransitGatewayRoute(
            c, new() { TransitGatewayRouteTableId = table, DestinationCidrBlock = "10.9.0.0/16", TransitGatewayAttachmentId = two })).Route!;
        Assert.Equal(two, replaced.TransitGatewayAttachments!.Single().TransitGatewayAttachmentId);
        Assert.Equal("deleted", lab.Run((ec2, c) => ec2.DeleteTransitGatewayRoute(
            c, new() { TransitGatewayRouteTableId = table, DestinationCidrBlock = "10.9.0.0/16" })).Route!.State);
        Assert.Equal("InvalidRoute.NotFound", lab.Refused((ec2, c) => ec2.DeleteTransitGatewayRoute(
            c, new() { TransitGatewayRouteTableId = table, DestinationCidrBlock = "10.1.0.0/16" })));
        Assert.Equal("InvalidRoute.NotFound", lab.Refused((ec2, c) => ec2.ReplaceTransitGatewayRoute(
            c, new() { TransitGatewayRouteTableId = table, DestinationCidrBlock = "10.1.0.0/16", TransitGatewayAttachmentId = one })));
    }

    [Theory]
    [InlineData("route-search.exact-match", "10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("route-search.longest-prefix-match", "10.0.5.1", "10.0.0.0/16")]
    [InlineData("route-search.longest-prefix-match", "10.200.0.0/24", "10.0.0.0/8")]
    [InlineData("route-search.subnet-of-match", "10.0.0.0/15", "10.0.0.0/16 10.1.0.0/16")]
    [InlineData("route-search.supernet-of-match", "10.1.2.0/24", "10.0.0.0/8 10.1.0.0/16")]
    [InlineData("type", "static", "10.0.0.0/8")]
    [InlineData("attachment.resource-type", "vpc", "10.0.0.0/8 10.0.0.0/16 10.1.0.0/16")]
    public void Each_way_to_search_finds_its_routes(string filter, string value, string found)
    {
        Create("10.0.0.0/8", one);
        Assert.Equal(found.Split(' '), lab.Search(table, Networks.Filter(filter, value)).Select(r => r.DestinationCidrBlock));
    }

    [Fact]
    public void A_search_needs_a_filter_it_knows_and_tells_of_more()
    {
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.SearchTransitGatewayRoutes(c, new() { TransitGatewayRouteTableId = table })));
        Assert.Equal("InvalidParameterValue", Refused(Networks.Filter("route-search.near", "10.0.0.0/8")));
        Assert.Equal("InvalidParameterValue", Refused(Networks.Filter("route-search.exact-match", "x")));
        Assert.Equal("InvalidParameterValue", Refused(Networks.Filter("colour", "red")));
        for (int i = 0; i < 5; i++)
        {
            Create($"10.{100 + i}.0.0/16", one);
        }

        Aws.SearchTransitGatewayRoutesResult first = Page(null);
        Assert.Equal((5, true), (first.Routes!.Count, first.AdditionalRoutesAvailable));
        Aws.SearchTransitGatewayRoutesResult rest = Page(first.NextToken);
        Assert.Equal((2, false), (rest.Routes!.Count, rest.AdditionalRoutesAvailable));

        string Refused(Aws.Filter filter) => lab.Refused(
            (ec2, c) => ec2.SearchTransitGatewayRoutes(c, new() { TransitGatewayRouteTableId = table, Filters = [filter] }));
        Aws.SearchTransitGatewayRoutesResult Page(string? token) => lab.Run((ec2, c) => ec2.SearchTransitGatewayRoutes(
            c, new() { TransitGatewayRouteTableId = table, Filters = [Networks.Filter("state", "active")], MaxResults = 5, NextToken = token }));
    }

    [Fact]
    public void A_route_to_an_attachment_that_is_gone_is_a_black_hole()
    {
        Create("10.9.0.0/16", two);
        lab.Run((ec2, c) => ec2.DeleteTransitGatewayVpcAttachment(c, new() { TransitGatewayAttachmentId = two }));
        Assert.Equal(
            [("10.0.0.0/16", "active"), ("10.9.0.0/16", "blackhole")], lab.Search(table).Select(r => (r.DestinationCidrBlock!, r.State!)));
    }

    [Fact]
    public void An_export_is_AWS_s_file()
    {
        Create("10.9.0.0/16", null);
        string where = Export([]);
        Assert.Matches($"^s3://routes/VPCTransitGateway/TransitGatewayRouteTables/000000000000_us-east-1_{table}_[0-9]+\\.json$", where);
        JsonNode file = Read(where);
        Assert.Empty(file["filter"]!.AsArray());
        Assert.Equal(
            ["10.0.0.0/16 propagated active", "10.9.0.0/16 static blackhole"],
            file["routes"]!.AsArray().Select(r => $"{r!["destinationCidrBlock"]} {r["type"]} {r["state"]}").Where(r => !r.StartsWith("10.1", StringComparison.Ordinal)));
        JsonNode attachment = file["routes"]![0]!["transitGatewayAttachments"]!.AsArray().Single()!;
        Assert.Equal((one, vpc, "vpc"), ($"{attachment["transitGatewayAttachmentId"]}", $"{attachment["resourceId"]}", $"{attachment["resourceType"]}"));
        lab.Now += TimeSpan.FromSeconds(1);
        file = Read(Export([Networks.Filter("state", "blackhole")]));
        Assert.Equal(("state", "blackhole"), ($"{file["filter"]![0]!["name"]}", $"{file["filter"]![0]!["values"]![0]}"));
        Assert.Equal("10.9.0.0/16", $"{file["routes"]!.AsArray().Single()!["destinationCidrBlock"]}");
        Assert.Equal(2, lab.Here.All<ExportedFile>().Count());
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.ExportTransitGatewayRoutes(
            c, new() { TransitGatewayRouteTableId = table, S3Bucket = "routes", Filters = [Networks.Filter("colour", "red")] })));
        Assert.Equal("InvalidParameterValue", lab.Refused(
            (ec2, c) => ec2.ExportTransitGatewayRoutes(c, new() { TransitGatewayRouteTableId = table, S3Bucket = "My/Routes" })));

        string Export(Aws.Filter[] filters) => lab.Run((ec2, c) => ec2.ExportTransitGatewayRoutes(
            c, new() { TransitGatewayRouteTableId = table, S3Bucket = "routes", Filters = filters })).S3Location!;
        JsonNode Read(string place) => JsonNode.Parse(lab.Here.Get(new Id<ExportedFile>(place["s3://".Length..])).Text)!;
    }

    [Fact]
    public void A_prefix_list_is_a_route_for_each_of_its_blocks()
    {
        string list = lab.Run((ec2, c) => ec2.CreateManagedPrefixList(c, new()
        {
            PrefixListName = "sites",
            AddressFamily = "IPv4",
            MaxEntries = 5,
            Entries = [new() { Cidr = "172.16.0.0/16" }, new() { Cidr = "172.17.0.0/16" }],
        })).PrefixList!.PrefixListId!;
        Aws.TransitGatewayPrefixListReference made = lab.Run((ec2, c) => ec2.CreateTransitGatewayPrefixListReference(
            c, new() { TransitGatewayRouteTableId = table, PrefixListId = list, TransitGatewayAttachmentId = one })).TransitGatewayPrefixListReference!;
        Assert.Equal(("pending", false, vpc, "000000000000"), (made.State, made.Blackhole, made.TransitGatewayAttachment!.ResourceId, made.PrefixListOwnerId));
        Assert.Equal("RouteAlreadyExists", lab.Refused((ec2, c) => ec2.CreateTransitGatewayPrefixListReference(
            c, new() { TransitGatewayRouteTableId = table, PrefixListId = list, Blackhole = true })));
        Assert.Equal(
            [("172.16.0.0/16", "static"), ("172.17.0.0/16", "static")],
            lab.Search(table, Networks.Filter("prefix-list-id", list)).Select(r => (r.DestinationCidrBlock!, r.Type!)));
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteManagedPrefixList(c, new() { PrefixListId = list })));

        lab.Run((ec2, c) => ec2.ModifyTransitGatewayPrefixListReference(
            c, new() { TransitGatewayRouteTableId = table, PrefixListId = list, Blackhole = true }));
        Aws.TransitGatewayPrefixListReference now = lab.Run((ec2, c) => ec2.GetTransitGatewayPrefixListReferences(
            c, new() { TransitGatewayRouteTableId = table, Filters = [Networks.Filter("is-blackhole", "true")] })).TransitGatewayPrefixListReferences!.Single();
        Assert.Equal((list, "available", null), (now.PrefixListId, now.State, now.TransitGatewayAttachment));
        Assert.Equal(2, lab.Search(table, Networks.Filter("state", "blackhole")).Count);

        lab.Run((ec2, c) => ec2.DeleteTransitGatewayPrefixListReference(c, new() { TransitGatewayRouteTableId = table, PrefixListId = list }));
        Assert.Equal("InvalidPrefixListReference.NotFound", lab.Refused((ec2, c) => ec2.DeleteTransitGatewayPrefixListReference(
            c, new() { TransitGatewayRouteTableId = table, PrefixListId = list })));
        lab.Run((ec2, c) => ec2.DeleteManagedPrefixList(c, new() { PrefixListId = list }));
    }

    [Fact]
    public void Rule117_ten_thousand_routes_and_a_prefix_list_counts_as_its_size()
    {
        lab.Quotas = new Quotas(System.Collections.Immutable.ImmutableDictionary<string, int>.Empty.Add("routes-per-transit-gateway", 6));
        string list = lab.Run((ec2, c) => ec2.CreateManagedPrefixList(
            c, new() { PrefixListName = "sites", AddressFamily = "IPv4", MaxEntries = 5 })).PrefixList!.PrefixListId!;
        lab.Run((ec2, c) => ec2.CreateTransitGatewayPrefixListReference(
            c, new() { TransitGatewayRouteTableId = table, PrefixListId = list, Blackhole = true }));
        Create("10.9.0.0/16", one);
        Assert.Equal("TransitGatewayRouteLimitExceeded", Refused("10.8.0.0/16", one));
    }

    [Fact]
    public void Rule114_a_VPC_routes_to_a_gateway_that_it_is_attached_to()
    {
        string main = lab.MainTable(vpc).Key;
        string other = lab.NewTransitGateway().TransitGatewayId!;
        Aws.CreateRouteRequest wish = new() { RouteTableId = main, DestinationCidrBlock = "10.0.0.0/8", TransitGatewayId = other };
        Fault fault = lab.FaultOf((ec2, c) => ec2.CreateRoute(c, wish));
        Assert.Equal(("InvalidTransitGatewayID.NotFound", $"The transitGateway ID '{other}' does not exist."), (fault.Code, fault.Message));
        lab.Run((ec2, c) => ec2.CreateRoute(c, wish with { TransitGatewayId = gateway }));
        Assert.Equal(("active", gateway), RouteOf());
        Assert.Equal("InvalidTransitGatewayID.NotFound", lab.Refused((ec2, c) => ec2.ReplaceRoute(
            c, new() { RouteTableId = main, DestinationCidrBlock = "10.0.0.0/8", TransitGatewayId = other })));
        lab.Run((ec2, c) => ec2.DeleteTransitGatewayVpcAttachment(c, new() { TransitGatewayAttachmentId = one }));
        Assert.Equal(("blackhole", gateway), RouteOf());

        (string? State, string? Gateway) RouteOf()
        {
            Aws.Route route = lab.Run((ec2, c) => ec2.DescribeRouteTables(c, new() { RouteTableIds = [main] })).RouteTables!.Single()
                .Routes!.Single(r => r.DestinationCidrBlock == "10.0.0.0/8");
            return (route.State, route.TransitGatewayId);
        }
    }

    private void Propagate(string into, string attachment) => lab.Run((ec2, c) => ec2.EnableTransitGatewayRouteTablePropagation(
        c, new() { TransitGatewayRouteTableId = into, TransitGatewayAttachmentId = attachment }));

    /// <param name="attachment">Null: a black hole.</param>
    private Aws.TransitGatewayRoute Create(string cidr, string? attachment) => lab.Run((ec2, c) => ec2.CreateTransitGatewayRoute(c, new()
    {
        TransitGatewayRouteTableId = table,
        DestinationCidrBlock = cidr,
        TransitGatewayAttachmentId = attachment,
        Blackhole = attachment is null,
    })).Route!;

    private string Refused(string cidr, string? attachment, bool? blackhole = null) => lab.Refused((ec2, c) => ec2.CreateTransitGatewayRoute(c, new()
    {
        TransitGatewayRouteTableId = table,
        DestinationCidrBlock = cidr,
        TransitGatewayAttachmentId = attachment,
        Blackhole = blackhole,
    }));
}
