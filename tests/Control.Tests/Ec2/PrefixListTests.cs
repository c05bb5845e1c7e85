using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class PrefixListTests
{
    private readonly Lab lab = new();

    [Fact]
    public void A_list_is_made_with_its_first_version()
    {
        Aws.ManagedPrefixList made = New(["10.1.0.0/16", "10.0.0.5/8"], most: 5);
        Assert.Equal(("create-in-progress", "IPv4", 1L, 5), (made.State, made.AddressFamily, made.Version, made.MaxEntries));
        Assert.Equal($"arn:aws:ec2:us-east-1:000000000000:prefix-list/{made.PrefixListId}", made.PrefixListArn);
        Aws.ManagedPrefixList list = Described(made.PrefixListId!);
        Assert.Equal(("create-complete", "000000000000"), (list.State, list.OwnerId));
        Assert.Equal(["10.0.0.0/8", "10.1.0.0/16"], Entries(made.PrefixListId!));
    }

    public static TheoryData<string, Aws.CreateManagedPrefixListRequest> BadLists => new()
    {
        { "MissingParameter", Good with { PrefixListName = null } },
        { "InvalidParameterValue", Good with { PrefixListName = "com.amazonaws.mine" } },
        { "InvalidParameterValue", Good with { PrefixListName = new string('n', 256) } },
        { "InvalidParameterValue", Good with { AddressFamily = "ipv4" } },
        { "InvalidParameterValue", Good with { MaxEntries = 0 } },
        { "InvalidParameterValue", Good with { MaxEntries = 1001 } },
        { "MissingParameter", Good with { MaxEntries = null } },
        { "InvalidParameterValue", Good with { Entries = [new() { Cidr = "2001:db8::/32" }] } },
        { "InvalidParameterValue", Good with { Entries = [new() { Cidr = "10.0.0.0" }] } },
        { "InvalidParameterValue", Good with { Entries = [new() { Cidr = "10.0.0.0/8" }, new() { Cidr = "10.0.0.0/8" }] } },
        { "InvalidParameterValue", Good with { Entries = [new() { Cidr = "10.0.0.0/8", Description = new string('d', 256) }] } },
        { "PrefixListMaxEntriesExceeded", Good with { MaxEntries = 1, Entries = [new() { Cidr = "10.0.0.0/8" }, new() { Cidr = "11.0.0.0/8" }] } },
    };

    private static Aws.CreateManagedPrefixListRequest Good => new() { PrefixListName = "list", AddressFamily = "IPv4", MaxEntries = 5 };

    [Theory]
    [MemberData(nameof(BadLists))]
    public void A_list_that_cannot_be_is_refused(string code, Aws.CreateManagedPrefixListRequest request) =>
        Assert.Equal(code, lab.Refused((ec2, c) => ec2.CreateManagedPrefixList(c, request)));

    [Fact]
    public void Entries_make_versions_and_a_name_makes_none()
    {
        string id = New(["10.0.0.0/8"], most: 5).PrefixListId!;
        Aws.ManagedPrefixList changed = Modify(new()
        {
            PrefixListId = id,
            CurrentVersion = 1,
            AddEntries = [new() { Cidr = "11.0.0.0/8", Description = "new" }],
            RemoveEntries = [new() { Cidr = "10.0.0.0/8" }],
        });
        Assert.Equal(("modify-in-progress", 2L), (changed.State, changed.Version));
        Assert.Equal(["11.0.0.0/8"], Entries(id));
        Assert.Equal(["10.0.0.0/8"], Entries(id, version: 1));
        Assert.Equal("InvalidParameterValue", lab.Refused((ec2, c) => ec2.GetManagedPrefixListEntries(c, new() { PrefixListId = id, TargetVersion = 3 })));
        Assert.Equal((2L, "other"), Pair(Modify(new() { PrefixListId = id, PrefixListName = "other" })));
        Assert.Equal("modify-complete", Described(id).State);

        Aws.ManagedPrefixList restored = lab.Run((ec2, c) => ec2.RestoreManagedPrefixListVersion(
            c, new() { PrefixListId = id, PreviousVersion = 1, CurrentVersion = 2 })).PrefixList!;
        Assert.Equal((3L, "restore-in-progress"), (restored.Version, restored.State));
        Assert.Equal(["10.0.0.0/8"], Entries(id));
        Assert.Equal("restore-complete", Described(id).State);

        static (long?, string?) Pair(Aws.ManagedPrefixList list) => (list.Version, list.PrefixListName);
    }

    public static TheoryData<string, string, Aws.ModifyManagedPrefixListRequest> BadChanges => new()
    {
        { "PrefixListVersionMismatch", "The prefix list has the incorrect version number.", new() { CurrentVersion = 2, AddEntries = [new() { Cidr = "11.0.0.0/8" }] } },
        {
            "InvalidParameterValue", "Request cannot contain Cidr 10.0.0.0/8 in both AddPrefixListEntries and RemovePrefixListEntries",
            new() { AddEntries = [new() { Cidr = "10.0.0.0/8", Description = "x" }], RemoveEntries = [new() { Cidr = "10.0.0.0/8" }] }
        },
        { "InvalidRequest", "The request received was invalid.", new() { AddEntries = [new() { Cidr = "10.0.0.0/8", Description = "x" }] } },
        { "InvalidRequest", "The request received was invalid.", new() },
        { "InvalidPrefixListModification", "", new() { RemoveEntries = [new() { Cidr = "11.0.0.0/8" }] } },
        { "InvalidParameterCombination", "", new() { MaxEntries = 9, AddEntries = [new() { Cidr = "11.0.0.0/8" }] } },
        {
            "PrefixListMaxEntriesExceeded", "You've reached the maximum number of entries for the prefix list.",
            new() { AddEntries = [new() { Cidr = "11.0.0.0/8" }, new() { Cidr = "12.0.0.0/8" }] }
        },
        { "PrefixListMaxEntriesExceeded", "", new() { MaxEntries = 1 } },
        { "UnsupportedOperation", "", new() { IpamPrefixListResolverSyncEnabled = true } },
    };

    [Theory]
    [MemberData(nameof(BadChanges))]
    public void A_change_that_cannot_be_is_refused(string code, string message, Aws.ModifyManagedPrefixListRequest request)
    {
        string id = New(["10.0.0.0/8", "9.0.0.0/8"], most: 3).PrefixListId!;
        Fault fault = lab.FaultOf((ec2, c) => ec2.ModifyManagedPrefixList(c, request with { PrefixListId = id }));
        Assert.Equal(code, fault.Code);
        Assert.Contains(message, fault.Message);
    }

    [Fact]
    public void A_thousand_versions_are_kept()
    {
        string id = New(["10.0.0.0/8"], most: 5).PrefixListId!;
        PrefixList row = lab.Here.Get(new Id<PrefixList>(id));
        lab.Put(row with { Versions = [.. Enumerable.Range(1, 1000).Select(n => new PrefixListVersion(n, row.Entries))] });
        Modify(new() { PrefixListId = id, CurrentVersion = 1000, AddEntries = [new() { Cidr = "11.0.0.0/8" }] });
        PrefixList next = lab.Here.Get(new Id<PrefixList>(id));
        Assert.Equal((1000, 2L, 1001L), (next.Versions.Length, next.Versions[0].Number, next.Version));
    }

    [Fact]
    public void Lists_that_aws_keeps_are_shown_and_never_changed()
    {
        IReadOnlyList<Aws.ManagedPrefixList> lists = lab.Run((ec2, c) => ec2.DescribeManagedPrefixLists(
            c, new() { Filters = [Networks.Filter("owner-id", "AWS")] })).PrefixLists!;
        Assert.Contains(lists, l => l is { PrefixListName: "com.amazonaws.us-east-1.s3", PrefixListId: "pl-63a5400a", MaxEntries: null });
        Assert.Contains(lists, l => l.PrefixListName == "com.amazonaws.global.cloudfront.origin-facing");
        Assert.Equal("OperationNotPermitted", lab.Refused((ec2, c) => ec2.DeleteManagedPrefixList(c, new() { PrefixListId = "pl-63a5400a" })));
        Assert.NotEmpty(Entries("pl-63a5400a"));

        IReadOnlyList<Aws.PrefixList> old = lab.Run((ec2, c) => ec2.DescribePrefixLists(c, new())).PrefixLists!;
        Assert.Equal(
            ["com.amazonaws.us-east-1.dynamodb", "com.amazonaws.us-east-1.s3", "com.amazonaws.us-east-1.s3express"],
            old.Select(l => l.PrefixListName).Order(StringComparer.Ordinal));
        Assert.Equal(Entries("pl-63a5400a"), old.Single(l => l.PrefixListId == "pl-63a5400a").Cidrs!);
        Assert.Equal("InvalidPrefixListId.NotFound", lab.Refused((ec2, c) => ec2.DescribePrefixLists(c, new() { PrefixListIds = ["pl-00000000"] })));
        Assert.Equal("InvalidPrefixListID.NotFound", lab.Refused((ec2, c) => ec2.DescribeManagedPrefixLists(c, new() { PrefixListIds = ["pl-00000000"] })));
    }

    [Fact]
    public void Entries_come_in_pages_by_block()
    {
        string id = New(["100.0.0.0/8", "9.0.0.0/8", "20.0.0.0/8", "20.0.0.0/16"], most: 9).PrefixListId!;
        List<string?> seen = [];
        string? token = null;
        do
        {
            Aws.GetManagedPrefixListEntriesResult page = lab.Run((ec2, c) => ec2.GetManagedPrefixListEntries(
                c, new() { PrefixListId = id, MaxResults = 1, NextToken = token }));
            seen.AddRange(page.Entries!.Select(e => e.Cidr));
            token = page.NextToken;
        }
        while (token is not null);
        Assert.Equal(["9.0.0.0/8", "20.0.0.0/8", "20.0.0.0/16", "100.0.0.0/8"], seen);
    }

    [Fact]
    public void What_refers_to_a_list_holds_it_and_is_named()
    {
        string vpc = lab.NewVpc().VpcId!;
        string table = lab.MainTable(vpc).Key;
        string group = lab.DefaultGroup(vpc).Key;
        string id = New(["192.168.0.0/16"], most: 3).PrefixListId!;
        lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, new() { GroupId = group, IpPermissions = [Naming(id)] }));
        string gateway = lab.NewGateway(vpc).Key;
        lab.Run((ec2, c) => ec2.CreateRoute(c, new() { RouteTableId = table, DestinationPrefixListId = id, GatewayId = gateway }));
        Aws.Route route = lab.Run((ec2, c) => ec2.DescribeRouteTables(
            c, new() { Filters = [Networks.Filter("route.destination-prefix-list-id", id)] })).RouteTables!.Single().Routes!.Single(r => r.DestinationPrefixListId is not null);
        Assert.Equal((id, (string?)null, "active"), (route.DestinationPrefixListId, route.DestinationCidrBlock, route.State));
        Assert.Equal(
            "RouteAlreadyExists",
            lab.Refused((ec2, c) => ec2.CreateRoute(c, new() { RouteTableId = table, DestinationPrefixListId = id, GatewayId = gateway })));
        Assert.Equal(
            [table, group],
            lab.Run((ec2, c) => ec2.GetManagedPrefixListAssociations(c, new() { PrefixListId = id })).PrefixListAssociations!.Select(a => a.ResourceId!));
        Assert.Equal("DependencyViolation", lab.Refused((ec2, c) => ec2.DeleteManagedPrefixList(c, new() { PrefixListId = id })));
        lab.Run((ec2, c) => ec2.RevokeSecurityGroupIngress(c, new() { GroupId = group, IpPermissions = [Naming(id)] }));
        lab.Run((ec2, c) => ec2.DeleteRoute(c, new() { RouteTableId = table, DestinationPrefixListId = id }));
        Assert.Equal("delete-in-progress", lab.Run((ec2, c) => ec2.DeleteManagedPrefixList(c, new() { PrefixListId = id })).PrefixList!.State);
        Assert.Equal("InvalidPrefixListID.NotFound", lab.Refused((ec2, c) => ec2.GetManagedPrefixListEntries(c, new() { PrefixListId = id })));
    }

    [Fact]
    public void Rule072_a_list_counts_as_its_most_entries_and_one_of_awss_as_its_weight()
    {
        string vpc = lab.NewVpc().VpcId!;
        string group = lab.DefaultGroup(vpc).Key;
        lab.Quotas = Quotas.AwsDefaults;
        string id = New(["192.168.0.0/16"], most: 59).PrefixListId!;

        // One rule is there already: the group itself.
        lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, new() { GroupId = group, IpPermissions = [Naming(id)] }));
        Assert.Equal(
            "RulesPerSecurityGroupLimitExceeded",
            lab.Refused((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, new() { GroupId = group, IpPermissions = [Naming("pl-63a5400a")] })));
        Assert.Equal("modify-in-progress", Modify(new() { PrefixListId = id, MaxEntries = 58 }).State);
        lab.Run((ec2, c) => ec2.AuthorizeSecurityGroupIngress(c, new() { GroupId = group, IpPermissions = [Naming("pl-63a5400a")] }));

        // It may not grow beyond what refers to it can bear: the change fails, and says whose fault it is.
        Assert.Equal(58, Modify(new() { PrefixListId = id, MaxEntries = 59 }).MaxEntries);
        Aws.ManagedPrefixList failed = Described(id);
        Assert.Equal(("modify-failed", 58), (failed.State, failed.MaxEntries));
        Assert.Contains(group, failed.StateMessage);
    }

    [Fact]
    public void Rule021_a_routes_list_counts_as_its_most_entries()
    {
        string vpc = lab.NewVpc().VpcId!;
        string table = lab.MainTable(vpc).Key;
        string gateway = lab.NewGateway(vpc).Key;
        string id = New([], most: 400).PrefixListId!;
        string other = New([], most: 101).PrefixListId!;
        lab.Quotas = Quotas.AwsDefaults;
        lab.Run((ec2, c) => ec2.CreateRoute(c, new() { RouteTableId = table, DestinationPrefixListId = id, GatewayId = gateway }));
        Assert.Equal(
            "RouteLimitExceeded",
            lab.Refused((ec2, c) => ec2.CreateRoute(c, new() { RouteTableId = table, DestinationPrefixListId = other, GatewayId = gateway })));
        Modify(new() { PrefixListId = id, MaxEntries = 399 });
        lab.Run((ec2, c) => ec2.CreateRoute(c, new() { RouteTableId = table, DestinationPrefixListId = other, GatewayId = gateway }));
    }

    [Fact]
    public void Rule016_a_gateway_table_takes_no_list()
    {
        string vpc = lab.NewVpc().VpcId!;
        string gateway = lab.NewGateway(vpc).Key;
        string subnet = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
        string eni = lab.NewInterface(subnet, "10.0.1.9").Key;
        string edge = lab.Run((ec2, c) => ec2.CreateRouteTable(c, new() { VpcId = vpc })).RouteTable!.RouteTableId!;
        lab.Run((ec2, c) => ec2.AssociateRouteTable(c, new() { RouteTableId = edge, GatewayId = gateway }));
        string id = New(["10.0.1.0/24"], most: 2).PrefixListId!;
        Assert.Equal(
            "InvalidParameterValue",
            lab.Refused((ec2, c) => ec2.CreateRoute(c, new() { RouteTableId = edge, DestinationPrefixListId = id, NetworkInterfaceId = eni })));
    }

    [Fact]
    public void Transit_gateways_are_not_there_yet()
    {
        const string Table = "tgw-rtb-0123456789abcdef0";
        Assert.Equal("InvalidRouteTableID.NotFound", lab.Refused((ec2, c) => ec2.GetTransitGatewayPrefixListReferences(c, new() { TransitGatewayRouteTableId = Table })));
        Assert.Equal("InvalidRouteTableId.Malformed", lab.Refused((ec2, c) => ec2.CreateTransitGatewayPrefixListReference(c, new() { TransitGatewayRouteTableId = "x" })));
    }

    private static Aws.IpPermission Naming(string list) =>
        new() { IpProtocol = "tcp", FromPort = 443, ToPort = 443, PrefixListIds = [new() { PrefixListIdValue = list }] };

    private Aws.ManagedPrefixList New(string[] cidrs, int most) => lab.Run((ec2, c) => ec2.CreateManagedPrefixList(
        c, Good with { MaxEntries = most, Entries = [.. cidrs.Select(cidr => new Aws.AddPrefixListEntry { Cidr = cidr })] })).PrefixList!;

    private Aws.ManagedPrefixList Modify(Aws.ModifyManagedPrefixListRequest request) =>
        lab.Run((ec2, c) => ec2.ModifyManagedPrefixList(c, request)).PrefixList!;

    private Aws.ManagedPrefixList Described(string id) =>
        lab.Run((ec2, c) => ec2.DescribeManagedPrefixLists(c, new() { PrefixListIds = [id] })).PrefixLists!.Single();

    private IEnumerable<string> Entries(string id, long? version = null) => lab.Run((ec2, c) => ec2.GetManagedPrefixListEntries(
        c, new() { PrefixListId = id, TargetVersion = version })).Entries!.Select(e => e.Cidr!);
}
