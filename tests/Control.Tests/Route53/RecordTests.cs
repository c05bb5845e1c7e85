using Trunkline.Cloud;
using Trunkline.Control;
using AwsR53 = Trunkline.Wire.Route53;

namespace Trunkline.Tests.Control.Route53;

/// <summary>Record sets: batches, what is refused, and the order in which they are listed.</summary>
public sealed class RecordTests
{
    private readonly Lab lab = new();
    private readonly string zone;

    public RecordTests()
    {
        zone = lab.Route53((s, c) => s.CreateHostedZone(c, new() { Name = "a.example", CallerReference = "1" })).HostedZone!.Id!;
    }

    [Fact]
    public void A_batch_is_made_altogether_or_not_at_all()
    {
        Fault fault = Refused(Create("www.a.example", "A", "192.0.2.1"), Create("mail.a.example", "A", "192.0.2.300"));
        Assert.Equal(("InvalidChangeBatch", 400), (fault.Code, fault.Status));
        Assert.Contains("ARRDATAIllegalIPv4Address", fault.Message, StringComparison.Ordinal);
        Assert.Equal(2, Listed().Count);
        Make(Create("www.a.example", "A", "192.0.2.1"), Create("mail.a.example", "A", "192.0.2.3"));
        Assert.Equal(4, Listed().Count);
        Make(Create("new.a.example", "A", "192.0.2.1"), Create("new.a.example", "A", "192.0.2.1") with { Action = "DELETE" });
        Assert.Equal(4, Listed().Count);
    }

    [Theory]
    [InlineData("www.a.example", "A", "192.0.2.1", "Tried to create resource record set [name='www.a.example.', type='A'] but it already exists")]
    [InlineData("www.b.example", "A", "192.0.2.1", "RRSet with DNS name www.b.example. is not permitted in zone a.example.")]
    [InlineData("a.example", "CNAME", "b.example", "RRSet of type CNAME with DNS name a.example. is not permitted at apex in zone a.example.")]
    [InlineData("www.a.example", "CNAME", "b.example", "is not permitted as it conflicts with other records with the same DNS name")]
    [InlineData("alias.a.example", "A", "192.0.2.1", "because a conflicting RRSet of type CNAME with the same DNS name already exists")]
    [InlineData("x.a.example", "AAAA", "192.0.2.1", "AAAARRDATAIllegalIPv6Address")]
    [InlineData("x.a.example", "TXT", "hello", "InvalidCharacterString")]
    [InlineData("x.a.example", "MX", "mail.a.example", "MXRRDATANotTwoFields")]
    [InlineData("x..a.example", "A", "192.0.2.1", "DomainLabelEmpty")]
    public void What_a_zone_does_not_take(string name, string type, string value, string words)
    {
        Make(Create("www.a.example", "A", "192.0.2.1"), Create("alias.a.example", "CNAME", "b.example"));
        Fault fault = Refused(Create(name, type, value));
        Assert.Equal("InvalidChangeBatch", fault.Code);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
        Assert.StartsWith("[", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deletion_needs_the_values_as_they_are_and_keeps_the_zone_s_own()
    {
        Make(Create("www.a.example", "A", "192.0.2.1"));
        AwsR53.Change gone = Create("www.a.example", "A", "192.0.2.9") with { Action = "DELETE" };
        Assert.Contains("do not match the current values", Refused(gone).Message, StringComparison.Ordinal);
        Assert.Contains("but it was not found", Refused(Create("x.a.example", "A", "192.0.2.1") with { Action = "DELETE" }).Message, StringComparison.Ordinal);
        AwsR53.ResourceRecordSet own = Listed().Single(r => r.Type == "NS");
        Assert.Contains("at least one NS record", Refused(new AwsR53.Change { Action = "DELETE", ResourceRecordSet = own }).Message, StringComparison.Ordinal);
        Make(Create("www.a.example", "A", "192.0.2.2") with { Action = "UPSERT" });
        Assert.Equal("192.0.2.2", Listed().Single(r => r.Type == "A").ResourceRecords!.Single().Value);
    }

    [Fact]
    public void A_record_has_values_or_an_alias_and_one_policy()
    {
        AwsR53.ResourceRecordSet plain = new() { Name = "x.a.example", Type = "A" };
        AwsR53.ResourceRecord[] values = [new() { Value = "192.0.2.1" }];
        AwsR53.AliasTarget alias = new() { HostedZoneId = "Z35SXDOTRQ7X7K", DNSName = "web-1.us-east-1.elb.amazonaws.com", EvaluateTargetHealth = false };
        (string Code, AwsR53.ResourceRecordSet Record)[] table =
        [
            ("InvalidInput", plain),
            ("InvalidInput", plain with { TTL = 60 }),
            ("InvalidInput", plain with { TTL = 60, ResourceRecords = values, AliasTarget = alias }),
            ("InvalidInput", plain with { TTL = -1, ResourceRecords = values }),
            ("InvalidInput", plain with { TTL = 60, ResourceRecords = values, Weight = 1 }),
            ("InvalidInput", plain with { TTL = 60, ResourceRecords = values, Weight = 256, SetIdentifier = "s" }),
            ("InvalidInput", plain with { TTL = 60, ResourceRecords = values, SetIdentifier = "s" }),
            ("InvalidInput", plain with { TTL = 60, ResourceRecords = values, Weight = 1, Failover = "PRIMARY", SetIdentifier = "s" }),
            ("NoSuchHealthCheck", plain with { TTL = 60, ResourceRecords = values, HealthCheckId = "h" }),
            ("UnsupportedOperation", plain with { TTL = 60, ResourceRecords = values, GeoProximityLocation = new() }),
            ("UnsupportedOperation", plain with { TrafficPolicyInstanceId = "t" }),
            ("InvalidChangeBatch", plain with { AliasTarget = alias with { HostedZoneId = zone, DNSName = "b.example" } }),
            ("InvalidChangeBatch", plain with { AliasTarget = alias with { HostedZoneId = zone, DNSName = "none.a.example" } }),
        ];
        foreach ((string code, AwsR53.ResourceRecordSet record) in table)
        {
            Assert.Equal(code, Refused(new AwsR53.Change { Action = "CREATE", ResourceRecordSet = record }).Code);
        }

        Make(new AwsR53.Change { Action = "CREATE", ResourceRecordSet = plain with { AliasTarget = alias } });
        AwsR53.ResourceRecordSet made = Listed().Single(r => r.AliasTarget is not null);
        Assert.Equal("web-1.us-east-1.elb.amazonaws.com.", made.AliasTarget!.DNSName);
        Assert.Null(made.TTL);
        Assert.Null(made.ResourceRecords);
    }

    [Fact]
    public void Records_of_one_name_and_type_share_one_policy()
    {
        Make(Weighted("one", 10), Weighted("two", 20));
        Assert.Equal(2, Listed().Count(r => r.Weight is not null));
        Assert.Contains("another routing policy", Refused(Create("w.a.example", "A", "192.0.2.9")).Message, StringComparison.Ordinal);
        Assert.Contains("set-identifier='one'", Refused(Weighted("one", 30)).Message, StringComparison.Ordinal);
        AwsR53.ResourceRecordSet first = Weighted("x", 1).ResourceRecordSet! with { Name = "f.a.example", Weight = null, Failover = "PRIMARY" };
        Make(new AwsR53.Change { Action = "CREATE", ResourceRecordSet = first });
        Assert.Contains("PRIMARY failover", Refused(new AwsR53.Change
        {
            Action = "CREATE",
            ResourceRecordSet = first with { SetIdentifier = "y" },
        }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_go_by_turned_names_types_and_sets_from_where_they_are_told()
    {
        Make(
            Create("b.a.example", "A", "192.0.2.1"), Create("z.b.a.example", "A", "192.0.2.1"), Create("*.a.example", "A", "192.0.2.1"),
            Create("b.a.example", "AAAA", "2001:db8::1"), Weighted("one", 1), Weighted("two", 1));
        string[] order = ["a.example. NS", "a.example. SOA", @"\052.a.example. A", "b.a.example. A", "b.a.example. AAAA", "z.b.a.example. A", "w.a.example. A one", "w.a.example. A two"];
        Assert.Equal(order, Listed().Select(Words));
        List<string> seen = [];
        AwsR53.ListResourceRecordSetsRequest ask = new() { HostedZoneId = zone, MaxItems = "3" };
        AwsR53.ListResourceRecordSetsResponse page;
        do
        {
            page = lab.Route53((s, c) => s.ListResourceRecordSets(c, ask));
            seen.AddRange(page.ResourceRecordSets!.Select(Words));
            ask = ask with { StartRecordName = page.NextRecordName, StartRecordType = page.NextRecordType, StartRecordIdentifier = page.NextRecordIdentifier };
        }
        while (page.IsTruncated == true);
        Assert.Equal(order, seen);
        Assert.Equal("InvalidInput", lab.RefusedByRoute53((s, c) => s.ListResourceRecordSets(c, new() { HostedZoneId = zone, StartRecordType = "A" })).Code);
    }

    private static string Words(AwsR53.ResourceRecordSet record) => $"{record.Name} {record.Type} {record.SetIdentifier}".TrimEnd();

    private static AwsR53.Change Create(string name, string type, string value) => new()
    {
        Action = "CREATE",
        ResourceRecordSet = new() { Name = name, Type = type, TTL = 60, ResourceRecords = [new() { Value = value }] },
    };

    private static AwsR53.Change Weighted(string set, int weight)
    {
        AwsR53.Change change = Create("w.a.example", "A", "192.0.2.1");
        return change with { ResourceRecordSet = change.ResourceRecordSet! with { SetIdentifier = set, Weight = weight } };
    }

    private void Make(params AwsR53.Change[] changes) =>
        lab.Route53((s, c) => s.ChangeResourceRecordSets(c, new() { HostedZoneId = zone, ChangeBatch = new() { Changes = changes } }));

    private Fault Refused(params AwsR53.Change[] changes) =>
        lab.RefusedByRoute53((s, c) => s.ChangeResourceRecordSets(c, new() { HostedZoneId = zone, ChangeBatch = new() { Changes = changes } }));

    private IReadOnlyList<AwsR53.ResourceRecordSet> Listed() =>
        lab.Route53((s, c) => s.ListResourceRecordSets(c, new() { HostedZoneId = zone })).ResourceRecordSets!;
}
