using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Tests.Control.Ec2;
using AwsR53 = Trunkline.Wire.Route53;

namespace Trunkline.Tests.Control.Route53;

/// <summary>Hosted zones and the VPCs that ask them.</summary>
public sealed class HostedZoneTests
{
    private const string Other = "111111111111";
    private readonly Lab lab = new();

    [Fact]
    public void A_public_zone_has_four_servers_and_its_own_two_records()
    {
        AwsR53.CreateHostedZoneResponse made = Create(new() { Name = "Example.COM", CallerReference = "1", HostedZoneConfig = new() { Comment = "c" } });
        AwsR53.HostedZone zone = made.HostedZone!;
        Assert.Matches("^/hostedzone/Z[0-9A-Z]{20}$", zone.Id!);
        Assert.Equal(("example.com.", "1", 2L, "c", false), (zone.Name, zone.CallerReference, zone.ResourceRecordSetCount!.Value, zone.Config!.Comment, zone.Config.PrivateZone!.Value));
        Assert.Equal(["com", "net", "org", "co.uk"], made.DelegationSet!.NameServers!.Select(s => string.Join('.', s.Split('.')[2..])));
        Assert.All(made.DelegationSet.NameServers!, s => Assert.Matches(@"^ns-\d+\.awsdns-\d\d\.", s));
        Assert.Equal("PENDING", made.ChangeInfo!.Status);
        Assert.Equal("INSYNC", lab.Route53((s, c) => s.GetChange(c, new() { Id = made.ChangeInfo.Id })).ChangeInfo!.Status);
        Assert.Equal(("NoSuchChange", 404), StatusOf(lab.RefusedByRoute53((s, c) => s.GetChange(c, new() { Id = "C0" }))));
        AwsR53.GetHostedZoneResponse got = lab.Route53((s, c) => s.GetHostedZone(c, new() { Id = zone.Id }));
        Assert.Equal(made.DelegationSet.NameServers, got.DelegationSet!.NameServers);
        Assert.Null(got.VPCs);
        Assert.Equal("NOT_SIGNING", lab.Route53((s, c) => s.GetDNSSEC(c, new() { HostedZoneId = zone.Id })).Status!.ServeSignature);
        Assert.Empty(lab.Route53((s, c) => s.ListTrafficPolicyInstancesByHostedZone(c, new() { HostedZoneId = zone.Id })).TrafficPolicyInstances!);
    }

    [Fact]
    public void Refusals_have_Route_53_s_codes()
    {
        string vpc = lab.NewVpc().VpcId!;
        Create(new() { Name = "a.example", CallerReference = "1", VPC = Vpc(vpc) });
        (string Code, int Status, AwsR53.CreateHostedZoneRequest Request)[] table =
        [
            ("HostedZoneAlreadyExists", 409, new() { Name = "b.example", CallerReference = "1" }),
            ("InvalidDomainName", 400, new() { Name = "a..b", CallerReference = "2" }),
            ("InvalidDomainName", 400, new() { Name = new string('a', 64) + ".example", CallerReference = "2" }),
            ("InvalidInput", 400, new() { Name = "b.example", CallerReference = "2", HostedZoneConfig = new() { PrivateZone = true } }),
            ("InvalidVPCId", 400, new() { Name = "b.example", CallerReference = "2", VPC = Vpc("vpc-0000000000000dead") }),
            ("ConflictingDomainExists", 400, new() { Name = "a.example", CallerReference = "2", VPC = Vpc(vpc) }),
            ("NoSuchDelegationSet", 400, new() { Name = "b.example", CallerReference = "2", DelegationSetId = "N1" }),
        ];
        foreach ((string code, int status, AwsR53.CreateHostedZoneRequest request) in table)
        {
            Assert.Equal((code, status), StatusOf(lab.RefusedByRoute53((s, c) => s.CreateHostedZone(c, request))));
        }

        Assert.Equal(("NoSuchHostedZone", 404), StatusOf(lab.RefusedByRoute53((s, c) => s.GetHostedZone(c, new() { Id = "Z0" }))));
    }

    [Fact]
    public void A_zone_with_records_of_its_own_is_not_deleted()
    {
        string id = Create(new() { Name = "a.example", CallerReference = "1" }).HostedZone!.Id!;
        Change(id, "CREATE", "www.a.example", "A", "192.0.2.1");
        Assert.Equal("HostedZoneNotEmpty", lab.RefusedByRoute53((s, c) => s.DeleteHostedZone(c, new() { Id = id })).Code);
        Change(id, "DELETE", "www.a.example", "A", "192.0.2.1");
        lab.Route53((s, c) => s.DeleteHostedZone(c, new() { Id = id }));
        Assert.Empty(lab.Here.All<RecordSet>());
        Assert.Empty(lab.Route53((s, c) => s.ListHostedZones(c, new())).HostedZones!);
    }

    [Fact]
    public void Zones_stand_in_us_east_1_whatever_region_asks()
    {
        Lab paris = new() { Home = new("000000000000", "eu-west-3") };
        paris.Route53((s, c) => s.CreateHostedZone(c, new() { Name = "a.example", CallerReference = "1" }));
        Assert.Single(paris.Cloud.Partition(new PartitionKey("000000000000", "us-east-1")).All<HostedZone>());
        Assert.Single(paris.Route53((s, c) => s.ListHostedZones(c, new())).HostedZones!);
    }

    [Fact]
    public void A_private_zone_gains_and_loses_VPCs_and_keeps_the_last()
    {
        string first = lab.NewVpc().VpcId!;
        string second = lab.NewVpc("10.1.0.0/16").VpcId!;
        string id = Create(new() { Name = "a.example", CallerReference = "1", VPC = Vpc(first) }).HostedZone!.Id!;
        AwsR53.GetHostedZoneResponse got = lab.Route53((s, c) => s.GetHostedZone(c, new() { Id = id }));
        Assert.True(got.HostedZone!.Config!.PrivateZone);
        Assert.Null(got.DelegationSet);
        lab.Route53((s, c) => s.AssociateVPCWithHostedZone(c, new() { HostedZoneId = id, VPC = Vpc(second) }));
        Assert.Equal([first, second], lab.Route53((s, c) => s.GetHostedZone(c, new() { Id = id })).VPCs!.Select(v => v.VPCId));
        Assert.Equal("ConflictingDomainExists", lab.RefusedByRoute53((s, c) => s.AssociateVPCWithHostedZone(
            c, new() { HostedZoneId = id, VPC = Vpc(second) })).Code);
        AwsR53.HostedZoneSummary summary = lab.Route53((s, c) => s.ListHostedZonesByVPC(
            c, new() { VPCId = second, VPCRegion = "us-east-1" })).HostedZoneSummaries!.Single();
        Assert.Equal((id, "a.example.", "000000000000"), ("/hostedzone/" + summary.HostedZoneId, summary.Name, summary.Owner!.OwningAccount));
        lab.Route53((s, c) => s.DisassociateVPCFromHostedZone(c, new() { HostedZoneId = id, VPC = Vpc(first) }));
        Assert.Equal("LastVPCAssociation", lab.RefusedByRoute53((s, c) => s.DisassociateVPCFromHostedZone(
            c, new() { HostedZoneId = id, VPC = Vpc(second) })).Code);
        Assert.Equal(("VPCAssociationNotFound", 404), StatusOf(lab.RefusedByRoute53((s, c) => s.DisassociateVPCFromHostedZone(
            c, new() { HostedZoneId = id, VPC = Vpc(first) }))));
        string open = Create(new() { Name = "b.example", CallerReference = "2" }).HostedZone!.Id!;
        Assert.Equal("PublicZoneVPCAssociation", lab.RefusedByRoute53((s, c) => s.AssociateVPCWithHostedZone(
            c, new() { HostedZoneId = open, VPC = Vpc(first) })).Code);
    }

    [Fact]
    public void Another_account_s_VPC_needs_the_zone_s_owner_s_word()
    {
        string mine = lab.NewVpc().VpcId!;
        string theirs = lab.Run((ec2, c) => ec2.CreateVpc(c, new() { CidrBlock = "10.9.0.0/16" }), Other).Vpc!.VpcId!;
        string id = Create(new() { Name = "a.example", CallerReference = "1", VPC = Vpc(mine) }).HostedZone!.Id!;
        AwsR53.AssociateVPCWithHostedZoneRequest wish = new() { HostedZoneId = id, VPC = Vpc(theirs) };
        Assert.Equal(("NotAuthorizedException", 401), StatusOf(lab.RefusedByRoute53((s, c) => s.AssociateVPCWithHostedZone(c, wish), Other)));
        Assert.Equal("InvalidVPCId", lab.RefusedByRoute53((s, c) => s.AssociateVPCWithHostedZone(c, wish)).Code);
        lab.Route53((s, c) => s.CreateVPCAssociationAuthorization(c, new() { HostedZoneId = id, VPC = Vpc(theirs) }));
        Assert.Equal([theirs], lab.Route53((s, c) => s.ListVPCAssociationAuthorizations(c, new() { HostedZoneId = id })).VPCs!.Select(v => v.VPCId));
        lab.Route53((s, c) => s.AssociateVPCWithHostedZone(c, wish), Other);
        lab.Route53((s, c) => s.DeleteVPCAssociationAuthorization(c, new() { HostedZoneId = id, VPC = Vpc(theirs) }));
        Assert.Equal(("VPCAssociationAuthorizationNotFound", 404), StatusOf(lab.RefusedByRoute53((s, c) => s.DeleteVPCAssociationAuthorization(
            c, new() { HostedZoneId = id, VPC = Vpc(theirs) }))));
        Assert.Equal("000000000000", lab.Route53((s, c) => s.ListHostedZonesByVPC(
            c, new() { VPCId = theirs, VPCRegion = "us-east-1" }), Other).HostedZoneSummaries!.Single().Owner!.OwningAccount);
        lab.Route53((s, c) => s.DisassociateVPCFromHostedZone(c, new() { HostedZoneId = id, VPC = Vpc(theirs) }), Other);
        Assert.Single(lab.Route53((s, c) => s.GetHostedZone(c, new() { Id = id })).VPCs!);
    }

    [Fact]
    public void Lists_go_by_id_and_by_name_with_labels_turned_round()
    {
        string[] names = ["b.example", "a.example", "z.a.example", "example", "a.com"];
        for (int i = 0; i < names.Length; i++)
        {
            Create(new() { Name = names[i], CallerReference = $"{i}" });
        }

        List<string> byName = [];
        AwsR53.ListHostedZonesByNameRequest ask = new() { MaxItems = "2" };
        AwsR53.ListHostedZonesByNameResponse page;
        do
        {
            page = lab.Route53((s, c) => s.ListHostedZonesByName(c, ask));
            byName.AddRange(page.HostedZones!.Select(z => z.Name!));
            ask = ask with { DNSName = page.NextDNSName, HostedZoneId = page.NextHostedZoneId };
        }
        while (page.IsTruncated == true);
        Assert.Equal(["a.com.", "example.", "a.example.", "z.a.example.", "b.example."], byName);
        Assert.Equal("a.example.", lab.Route53((s, c) => s.ListHostedZonesByName(c, new() { DNSName = "a.example", MaxItems = "1" })).HostedZones!.Single().Name);

        List<string> byId = [];
        string? marker = null;
        AwsR53.ListHostedZonesResponse list;
        do
        {
            list = lab.Route53((s, c) => s.ListHostedZones(c, new() { MaxItems = "2", Marker = marker }));
            byId.AddRange(list.HostedZones!.Select(z => z.Id!));
            marker = list.NextMarker;
        }
        while (list.IsTruncated == true);
        Assert.Equal(5, byId.Distinct().Count());
        Assert.Equal(5, byId.Count);
        Assert.Equal("InvalidInput", lab.RefusedByRoute53((s, c) => s.ListHostedZones(c, new() { MaxItems = "many" })).Code);
    }

    [Fact]
    public void Comments_and_tags_change()
    {
        string id = Create(new() { Name = "a.example", CallerReference = "1" }).HostedZone!.Id!;
        string bare = id.Split('/')[2];
        Assert.Equal("x", lab.Route53((s, c) => s.UpdateHostedZoneComment(c, new() { Id = id, Comment = "x" })).HostedZone!.Config!.Comment);
        Assert.Null(lab.Route53((s, c) => s.UpdateHostedZoneComment(c, new() { Id = id })).HostedZone!.Config!.Comment);
        lab.Route53((s, c) => s.ChangeTagsForResource(
            c, new() { ResourceType = "hostedzone", ResourceId = bare, AddTags = [new() { Key = "a", Value = "1" }, new() { Key = "b", Value = "2" }] }));
        lab.Route53((s, c) => s.ChangeTagsForResource(c, new() { ResourceType = "hostedzone", ResourceId = bare, RemoveTagKeys = ["a"] }));
        Assert.Equal("b", lab.Route53((s, c) => s.ListTagsForResource(c, new() { ResourceType = "hostedzone", ResourceId = bare })).ResourceTagSet!.Tags!.Single().Key);
        Assert.Equal(bare, lab.Route53((s, c) => s.ListTagsForResources(
            c, new() { ResourceType = "hostedzone", ResourceIds = [bare] })).ResourceTagSets!.Single().ResourceId);
        Assert.Equal(("NoSuchHealthCheck", 404), StatusOf(lab.RefusedByRoute53((s, c) => s.ListTagsForResource(
            c, new() { ResourceType = "healthcheck", ResourceId = "x" }))));
        Assert.Equal("InvalidInput", lab.RefusedByRoute53((s, c) => s.ChangeTagsForResource(c, new() { ResourceType = "hostedzone", ResourceId = bare })).Code);
    }

    private static AwsR53.VPC Vpc(string id) => new() { VPCId = id, VPCRegion = "us-east-1" };

    private static (string Code, int Status) StatusOf(Fault fault) => (fault.Code, fault.Status);

    private AwsR53.CreateHostedZoneResponse Create(AwsR53.CreateHostedZoneRequest request) => lab.Route53((s, c) => s.CreateHostedZone(c, request));

    private void Change(string zone, string action, string name, string type, string value) => lab.Route53((s, c) => s.ChangeResourceRecordSets(c, new()
    {
        HostedZoneId = zone,
        ChangeBatch = new()
        {
            Changes = [new() { Action = action, ResourceRecordSet = new() { Name = name, Type = type, TTL = 60, ResourceRecords = [new() { Value = value }] } }],
        },
    }));
}
