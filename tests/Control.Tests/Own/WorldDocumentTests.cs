using System.Text.Json;
using System.Text.Json.Nodes;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Own;

namespace Trunkline.Tests.Control.Own;

/// <summary>The world's document with sites and roles: what is written is what is read, and what is wrong is named.</summary>
public sealed class WorldDocumentTests
{
    private static readonly PartitionKey Home = new("000000000000", "us-east-1");

    private const string Whole = """
        {
          "ahead": "8d",
          "internetAnswers": false,
          "failures": ["router:dc/r1", "location:EqDC2", "000000000000/us-east-1/az:us-east-1a"],
          "sites": [
            {
              "name": "dc",
              "networks": [ { "block": "192.168.0.0/16", "answers": true, "ports": ["tcp/443"] }, { "block": "192.168.9.0/24", "answers": false, "ports": [] } ],
              "routers": [
                {
                  "name": "r1", "addresses": ["198.51.100.10", "2001:db8::10"], "asn": 4200000001, "announcesNetworks": true, "announcesDefault": true,
                  "announces": [
                    { "prefix": "10.9.0.0/16", "prepend": 2, "med": 50, "communities": ["7224:7300"], "over": "vpn" },
                    { "prefix": "2001:db8:9::/48", "prepend": 0, "med": 0, "communities": [], "over": null }
                  ],
                  "accepts": ["10.0.0.0/8"], "transit": true, "acceptsOwnAsn": true, "sharesLoad": true,
                  "ports": ["EqDC2", "EqDC2/dxcon-1"], "preferences": [ { "line": "directconnect", "preference": 200 } ]
                }
              ]
            },
            { "name": "empty", "networks": [], "routers": [] }
          ],
          "roles": [ { "machine": "csr", "asn": 65099, "announces": [ { "prefix": "10.8.0.0/16", "prepend": 0, "med": 0, "communities": [], "over": null } ],
                       "sharesLoad": true, "overridesAsn": false } ]
        }
        """;

    [Fact]
    public void What_is_written_is_what_is_read()
    {
        World world = Read(Whole);
        JsonNode written = JsonSerializer.SerializeToNode(WorldDocument.Of(world), JsonSerializerOptions.Web)!;
        JsonNode given = JsonNode.Parse(Whole)!;
        foreach ((string name, JsonNode? value) in given.AsObject())
        {
            if (name != "failures")
            {
                Assert.True(JsonNode.DeepEquals(value, written[name]), $"{name}: {written[name]?.ToJsonString()}");
            }
        }

        Assert.Equal(
            given["failures"]!.AsArray().Select(f => f!.ToString()).Order(StringComparer.Ordinal),
            written["failures"]!.AsArray().Select(f => f!.ToString()).Order(StringComparer.Ordinal));
        World again = Read(written.ToJsonString());
        Assert.Equal(written.ToJsonString(), JsonSerializer.Serialize(WorldDocument.Of(again), JsonSerializerOptions.Web));
    }

    [Fact]
    public void Every_part_of_a_site_is_read()
    {
        World world = Read(Whole);
        Assert.Equal(["dc", "empty"], world.Sites.Select(s => s.Name));
        SiteRouter router = Assert.Single(world.Sites[0].Routers);
        Assert.Equal(4200000001, router.Asn);
        Assert.Equal(["198.51.100.10", "2001:db8::10"], router.Addresses.Select(a => a.ToString()));
        Assert.Equal([new SitePort("EqDC2", null), new SitePort("EqDC2", "dxcon-1")], router.Ports);
        Assert.Equal([new LinePreference("directconnect", 200)], router.Preferences);
        Assert.True(router is { AnnouncesDefault: true, AnnouncesNetworks: true, IsTransit: true, AcceptsOwnAsn: true, SharesLoad: true });
        SiteAnnouncement told = router.Announces[0];
        Assert.Equal((Prefix.Parse("10.9.0.0/16"), 2, 50L, "7224:7300", "vpn"), (told.Prefix, told.Prepend, told.Med, told.Communities.Single(), told.Over));
        Assert.Equal([Prefix.Parse("10.0.0.0/8")], router.Accepts);
        Assert.False(world.Sites[0].NetworkOf(IpAddress.Parse("192.168.9.1"))!.Answers);
        RoutingMachine role = Assert.Single(world.Roles);
        Assert.Equal(("csr", 65099L, true, false), (role.Machine, role.Asn, role.SharesLoad, role.OverridesAsn));
        Assert.Equal(2, world.Failures.Count(f => f.Partition == WorldFailure.Nowhere));
    }

    /// <summary>A router that is told to announce something announces that only; one that is told nothing announces its site's networks.</summary>
    [Theory]
    [InlineData("""{"name":"r"}""", true)]
    [InlineData("""{"name":"r","announces":[{"prefix":"10.0.0.0/8"}]}""", false)]
    [InlineData("""{"name":"r","announces":[{"prefix":"10.0.0.0/8"}],"announcesNetworks":true}""", true)]
    [InlineData("""{"name":"r","announcesNetworks":false}""", false)]
    public void Networks_are_announced_where_nothing_else_is_said(string router, bool announces) =>
        Assert.Equal(announces, Read($$"""{"sites":[{"name":"dc","routers":[{{router}}]}]}""").Sites[0].Routers[0].AnnouncesNetworks);

    [Theory]
    [InlineData("""{"sites":null}""", "sites is null")]
    [InlineData("""{"sites":[null]}""", "a site is null")]
    [InlineData("""{"sites":[{}]}""", "'' is no name")]
    [InlineData("""{"sites":[{"name":null}]}""", "'' is no name")]
    [InlineData("""{"sites":[{"name":"a b"}]}""", "'a b' is no name: letters, digits, dots, dashes and underscores")]
    [InlineData("""{"sites":[{"name":"dc"},{"name":"dc"}]}""", "two sites are named dc")]
    [InlineData("""{"sites":[{"name":"dc","networks":[null]}]}""", "site dc: a network is null")]
    [InlineData("""{"sites":[{"name":"dc","networks":[{}]}]}""", "site dc: '' is not a block such as 192.168.0.0/16")]
    [InlineData("""{"sites":[{"name":"dc","networks":[{"block":"192.168.0.1/16"}]}]}""", "'192.168.0.1/16' is not a block")]
    [InlineData("""{"sites":[{"name":"dc","networks":[{"block":"10.0.0.0/8","ports":["80"]}]}]}""", "'80' is not a port such as tcp/443")]
    [InlineData("""{"sites":[{"name":"dc","routers":[null]}]}""", "site dc: a router is null")]
    [InlineData("""{"sites":[{"name":"dc","routers":[{"name":""}]}]}""", "'' is no name")]
    [InlineData("""{"sites":[{"name":"dc","routers":[{"name":"r"},{"name":"r"}]}]}""", "site dc has two routers of one name")]
    [InlineData("""{"sites":[{"name":"dc","routers":[{"name":"r","asn":0}]}]}""", "router r of site dc: 0 is no ASN: 1 to 4294967294")]
    [InlineData("""{"sites":[{"name":"dc","routers":[{"name":"r","asn":4294967295}]}]}""", "4294967295 is no ASN")]
    [InlineData("""{"sites":[{"name":"dc","routers":[{"name":"r","addresses":["here"]}]}]}""", "router r of site dc: 'here' is not an address")]
    [InlineData("""{"sites":[{"name":"dc","routers":[{"name":"r","addresses":[null]}]}]}""", "router r of site dc: '' is not an address")]
    [InlineData("""{"sites":[{"name":"dc","routers":[{"name":"r","accepts":["10.0.0.1/8"]}]}]}""", "'10.0.0.1/8' is not a block")]
    [InlineData("""{"sites":[{"name":"dc","routers":[{"name":"r","ports":[null]}]}]}""", "'' is no port: write LOCATION or LOCATION/CONNECTION")]
    [InlineData("""{"sites":[{"name":"dc","routers":[{"name":"r","ports":["EqDC2/"]}]}]}""", "'EqDC2/' is no port")]
    [InlineData("""{"sites":[{"name":"dc","routers":[{"name":"r","announces":[null]}]}]}""", "router r of site dc: an announcement is null")]
    [InlineData("""{"sites":[{"name":"dc","routers":[{"name":"r","announces":[{"prefix":"x"}]}]}]}""", "'x' is not a block")]
    [InlineData("""{"sites":[{"name":"dc","routers":[{"name":"r","announces":[{"prefix":"10.0.0.0/8","prepend":33}]}]}]}""", "prepend is from 0 to 32")]
    [InlineData("""{"sites":[{"name":"dc","routers":[{"name":"r","announces":[{"prefix":"10.0.0.0/8","med":-1}]}]}]}""", "med is from 0 to")]
    [InlineData("""{"sites":[{"name":"dc","routers":[{"name":"r","announces":[{"prefix":"10.0.0.0/8","communities":[null]}]}]}]}""", "a community is null")]
    [InlineData("""{"sites":[{"name":"dc","routers":[{"name":"r","preferences":[null]}]}]}""", "a preference is null")]
    [InlineData("""{"sites":[{"name":"dc","routers":[{"name":"r","preferences":[{"line":""}]}]}]}""", "a preference names no line")]
    [InlineData("""{"sites":[{"name":"dc","routers":[{"name":"r","preferences":[{"line":"vpn","preference":-1}]}]}]}""", "of vpn is not below 0")]
    [InlineData(
        """{"sites":[{"name":"a","routers":[{"name":"r","addresses":["198.51.100.1"]}]},{"name":"b","routers":[{"name":"r","addresses":["198.51.100.1"]}]}]}""",
        "two routers have the address 198.51.100.1")]
    [InlineData("""{"roles":null}""", "roles is null")]
    [InlineData("""{"roles":[null]}""", "a role is null")]
    [InlineData("""{"roles":[{"asn":65000}]}""", "a role names no machine")]
    [InlineData("""{"roles":[{"machine":"csr","asn":-1}]}""", "csr: -1 is no ASN")]
    [InlineData("""{"roles":[{"machine":"csr","announces":[null]}]}""", "csr: an announcement is null")]
    [InlineData("""{"roles":[{"machine":"csr"},{"machine":"csr"}]}""", "the machine csr has two roles")]
    [InlineData("""{"ahead":""}""", "ahead is '', and must be a whole number with s, m, h or d, as 8d, and at most 3650d")]
    [InlineData("""{"ahead":"d"}""", "ahead is 'd'")]
    [InlineData("""{"ahead":"8"}""", "ahead is '8'")]
    [InlineData("""{"ahead":"-8d"}""", "ahead is '-8d'")]
    [InlineData("""{"ahead":"8 d"}""", "ahead is '8 d'")]
    [InlineData("""{"ahead":"3651d"}""", "ahead is '3651d'")]
    [InlineData("""{"ahead":"315360001s"}""", "ahead is '315360001s'")]
    [InlineData("""{"ahead":"99999999999999999999d"}""", "ahead is '99999999999999999999d'")]
    [InlineData("""{"failures":["router:"]}""", "'router:' is no failure: write instance:…")]
    [InlineData("""{"failures":[null]}""", "'' is no failure")]
    public void What_is_wrong_is_named_in_one_line(string json, string says)
    {
        Fault fault = Assert.Throws<Fault>(() => Read(json));
        Assert.Equal("InvalidWorld", fault.Code);
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Theory]
    [InlineData("null", null)]
    [InlineData("\"0\"", null)]
    [InlineData("\"0d\"", null)]
    [InlineData("\"90s\"", "90s")]
    [InlineData("\"120s\"", "2m")]
    [InlineData("\"90m\"", "90m")]
    [InlineData("\"192h\"", "8d")]
    [InlineData("\"3650d\"", "3650d")]
    public void How_far_the_clock_is_ahead_is_written_in_its_largest_unit(string given, string? written)
    {
        World world = Read($$"""{"ahead":{{given}}}""");
        Assert.Equal(written, WorldDocument.Of(world).Ahead);
        Assert.Equal(written is null, world.Ahead is null);
        Assert.Equal(written is not null, JsonSerializer.Serialize(WorldDocument.Of(world), JsonSerializerOptions.Web).Contains("ahead", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"sites":[{"name":"dc","colour":"red"}]}""")]
    [InlineData("""{"sites":[{"name":"dc","routers":[{"name":"r","address":"198.51.100.1"}]}]}""")]
    [InlineData("""{"roles":[{"machine":"csr","addresses":[]}]}""")]
    public void A_member_that_is_not_known_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<WorldDocument>(json, JsonSerializerOptions.Web));

    private static World Read(string json) => JsonSerializer.Deserialize<WorldDocument>(json, JsonSerializerOptions.Web)!.ToWorld(Home);
}
