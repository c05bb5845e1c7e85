using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Machines;
using Trunkline.Control.Names;
using Trunkline.Forwarding;
using Trunkline.Tests.Control.Ec2;
using Trunkline.Tests.Control.Elbv2;
using Trunkline.Tracing;
using AwsR53 = Trunkline.Wire.Route53;

namespace Trunkline.Tests.Control.Names;

/// <summary>The one resolver: zones, load balancers, endpoints, services, hosts, and who may ask.</summary>
public sealed class NameResolverTests
{
    private readonly Lab lab = new();
    private readonly string vpc;
    private readonly string subnet;

    public NameResolverTests()
    {
        vpc = lab.NewVpc().VpcId!;
        subnet = lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!;
        lab.Run((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = vpc, EnableDnsHostnames = new() { Value = true } }));
    }

    [Fact]
    public void A_private_zone_answers_its_VPCs_and_nobody_else()
    {
        string zone = Zone("corp.example", vpc);
        Records(zone, ("www.corp.example", "A", "10.0.1.10"), ("alias.corp.example", "CNAME", "www.corp.example"), ("txt.corp.example", "TXT", "\"hello\""));
        Assert.Equal("10.0.1.10", Inside("www.corp.example"));
        Assert.Equal("www.corp.example 10.0.1.10", Inside("ALIAS.corp.example."));
        Assert.Equal("\"hello\"", Inside("txt.corp.example", DnsTypes.Txt));
        Assert.Equal("NoError", Inside("www.corp.example", DnsTypes.Aaaa));
        Assert.Equal("NameError", Inside("none.corp.example"));
        Assert.Equal("NameError", Outside("www.corp.example"));
        string other = lab.NewVpc("10.9.0.0/16").VpcId!;
        Assert.Equal("NameError", Inside("www.corp.example", of: other));
        Assert.Contains("private zone corp.example.", Answer("www.corp.example").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_zone_answers_and_asks_no_other()
    {
        Records(Zone("example", vpc), ("www.corp.example", "A", "10.0.1.1"), ("x.example", "A", "10.0.1.2"));
        Records(Zone("corp.example", vpc), ("app.corp.example", "A", "10.0.1.3"));
        Records(Zone("corp.example", null), ("www.corp.example", "A", "192.0.2.1"));
        Assert.Equal("NameError", Inside("www.corp.example"));
        Assert.Equal("10.0.1.3", Inside("app.corp.example"));
        Assert.Equal("10.0.1.2", Inside("x.example"));
        Assert.Equal("192.0.2.1", Outside("www.corp.example"));
        Assert.Equal("NameError", Outside("app.corp.example"));
    }

    [Fact]
    public void Private_zones_need_both_DNS_attributes()
    {
        Records(Zone("corp.example", vpc), ("www.corp.example", "A", "10.0.1.10"));
        lab.Run((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = vpc, EnableDnsHostnames = new() { Value = false } }));
        Assert.Equal("NameError", Inside("www.corp.example"));
        lab.Run((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = vpc, EnableDnsSupport = new() { Value = false } }));
        Assert.Equal("Refused", Inside("www.corp.example"));
    }

    [Fact]
    public void Wildcards_stand_for_names_that_are_not_there()
    {
        Records(Zone("corp.example", vpc), ("*.corp.example", "A", "10.0.1.1"), ("www.corp.example", "A", "10.0.1.2"), ("a.b.corp.example", "A", "10.0.1.3"));
        Assert.Equal("10.0.1.1", Inside("anything.corp.example"));
        Assert.Equal("10.0.1.1", Inside("deep.below.corp.example"));
        Assert.Equal("10.0.1.2", Inside("www.corp.example"));
        Assert.Equal("NameError", Inside("x.www.corp.example"));
        Assert.Equal("NoError", Inside("b.corp.example"));
        Assert.Equal("NameError", Inside("x.b.corp.example"));
    }

    [Fact]
    public void A_circle_of_names_ends()
    {
        Records(Zone("corp.example", vpc), ("a.corp.example", "CNAME", "b.corp.example"), ("b.corp.example", "CNAME", "a.corp.example"));
        Assert.Equal(DnsCode.ServerFailure, Answer("a.corp.example").Code);
    }

    [Theory]
    [InlineData("ec2.internal")]
    [InlineData("in-addr.arpa")]
    [InlineData("arpa.in-addr.arpa")]
    [InlineData("dualstack.elb.amazonaws.com")]
    public void A_domain_that_answers_for_others_has_no_address_itself(string name)
    {
        Assert.Equal("NameError", Inside(name));
        Assert.Equal("NameError", Outside(name));
    }

    [Theory]
    [InlineData("us-east-1", "us-west-2")]
    [InlineData("eu", "eu-west-1")]
    [InlineData("x", "eu-west-1")]
    public void The_nearest_record_is_of_the_regions_part_of_the_world_whatever_the_regions_name(string asker, string chosen)
    {
        Id<HostedZone> zone = new("Z1");
        List<RecordSet> all =
        [
            .. ((string[])["eu-west-1", "us-west-2"]).Select(
                r => new RecordSet { ZoneId = zone, Name = "l.", Type = "A", SetIdentifier = r, Region = r, Values = ["10.0.0.1"] }),
        ];
        NameAsk ask = new("l", DnsTypes.A, lab.Cloud.Partition(new PartitionKey("000000000000", asker)), null);
        Assert.Equal(chosen, Assert.Single(ZoneRecords.Choose(all, "A", ask, _ => true)).Region);
    }

    [Fact]
    public void Routing_policies_choose()
    {
        string zone = Zone("corp.example", vpc);
        Put(zone, Set("w.corp.example", "10.0.1.1", "one") with { Weight = 0 }, Set("w.corp.example", "10.0.1.2", "two") with { Weight = 5 });
        Put(zone, Set("l.corp.example", "10.0.1.1", "eu") with { Region = "eu-west-1" }, Set("l.corp.example", "10.0.1.2", "us") with { Region = "us-west-2" });
        Put(zone, Set("f.corp.example", "10.0.1.1", "b") with { Failover = "SECONDARY" }, Set("f.corp.example", "10.0.1.2", "a") with { Failover = "PRIMARY" });
        Put(zone, Set("m.corp.example", "10.0.1.1", "a") with { MultiValueAnswer = true }, Set("m.corp.example", "10.0.1.2", "b") with { MultiValueAnswer = true });
        Put(zone, Set("g.corp.example", "10.0.1.1", "eu") with { GeoLocation = new() { ContinentCode = "EU" } },
            Set("g.corp.example", "10.0.1.2", "any") with { GeoLocation = new() { CountryCode = "*" } });
        Assert.Equal("10.0.1.2", Inside("w.corp.example"));
        Assert.Equal("10.0.1.2", Inside("l.corp.example"));
        Assert.Equal("10.0.1.2", Inside("f.corp.example"));
        Assert.Equal("10.0.1.1 10.0.1.2", Inside("m.corp.example"));
        Assert.Equal("10.0.1.2", Inside("g.corp.example"));
    }

    [Fact]
    public void Load_balancers_have_private_or_public_addresses_and_a_zone_without_health_is_left_out()
    {
        LoadBalancer balancer = Balancer("inner-1.elb.us-east-1.amazonaws.com", isInternal: true, ("us-east-1a", "10.0.1.20", null), ("us-east-1b", "10.0.1.21", null));
        Balancer("Outer-1.us-east-1.elb.amazonaws.com", isInternal: false, ("us-east-1a", "10.0.1.22", "3.80.1.2"));
        Assert.Equal("10.0.1.20 10.0.1.21", Inside("inner-1.elb.us-east-1.amazonaws.com"));
        Assert.Equal("10.0.1.21", Inside("us-east-1b.inner-1.elb.us-east-1.amazonaws.com"));
        Assert.Equal("3.80.1.2", Inside("outer-1.us-east-1.elb.amazonaws.com"));
        Assert.Equal("3.80.1.2", Outside("dualstack.outer-1.us-east-1.elb.amazonaws.com"));
        NameAnswer less = new NameResolver(lab.Cloud, (_, key) => key == balancer.Key ? ["us-east-1b"] : [])
            .Inside(lab.Here, lab.Here.Get(new Id<Vpc>(vpc)), balancer.DnsName, DnsTypes.A);
        Assert.Equal("10.0.1.21", less.Addresses.Single().ToString());
        Assert.Contains("1 of its 2 zones left out", less.Reason, StringComparison.Ordinal);

        string zone = Zone("corp.example", vpc);
        Put(zone, new AwsR53.ResourceRecordSet
        {
            Name = "app.corp.example",
            Type = "A",
            AliasTarget = new() { HostedZoneId = "Z35SXDOTRQ7X7K", DNSName = balancer.DnsName, EvaluateTargetHealth = true },
        });
        NameAnswer alias = Answer("app.corp.example", DnsTypes.A);
        Assert.Equal("10.0.1.20 10.0.1.21", string.Join(' ', alias.Addresses));
        Assert.All(alias.Records, r => Assert.Equal("app.corp.example", r.Owner));
        Assert.Contains("an alias of inner-1", alias.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_alias_that_evaluates_its_targets_health_gives_way_to_a_healthy_record()
    {
        LoadBalancer first = Balancer("first-1.elb.us-east-1.amazonaws.com", isInternal: true, ("us-east-1a", "10.0.1.20", null));
        LoadBalancer second = Balancer("second-1.elb.us-east-1.amazonaws.com", isInternal: true, ("us-east-1a", "10.0.1.30", null));
        string zone = Zone("corp.example", vpc);
        Put(zone, Alias("f.corp.example", first, "a") with { Failover = "PRIMARY" }, Alias("f.corp.example", second, "b") with { Failover = "SECONDARY" });
        Put(zone, Alias("w.corp.example", first, "a") with { Weight = 9 }, Set("w.corp.example", "10.0.1.40", "z") with { Weight = 0 });
        Put(zone, Alias("l.corp.example", first, "a") with { Region = "us-east-1" }, Alias("l.corp.example", second, "b") with { Region = "eu-west-1" });
        Put(zone, Alias("only.corp.example", first, "a") with { Weight = 1 });
        Put(zone, new AwsR53.ResourceRecordSet
        {
            Name = "deep.corp.example",
            Type = "A",
            SetIdentifier = "a",
            Failover = "PRIMARY",
            AliasTarget = new() { HostedZoneId = zone.Split('/')[^1], DNSName = "only.corp.example", EvaluateTargetHealth = true },
        }, Set("deep.corp.example", "10.0.1.41", "b") with { Failover = "SECONDARY" });
        Put(zone, Alias("blind.corp.example", first, "a", evaluate: false) with { Failover = "PRIMARY" },
            Alias("blind.corp.example", second, "b") with { Failover = "SECONDARY" });
        string[] names = ["f", "w", "l", "deep", "blind"];
        Assert.Equal(["10.0.1.20", "10.0.1.20", "10.0.1.20", "10.0.1.20", "10.0.1.20"], names.Select(n => With([first.Key, second.Key], n)));
        Assert.Equal(["10.0.1.30", "10.0.1.40", "10.0.1.30", "10.0.1.41", "10.0.1.20"], names.Select(n => With([second.Key], n)));
        Assert.Equal(["10.0.1.20", "10.0.1.40", "10.0.1.20", "10.0.1.41", "10.0.1.20"], names.Select(n => With([], n)));

        string With(string[] serving, string name) => Text(new NameResolver(lab.Cloud, null, (_, key) => serving.Contains(key))
            .Inside(lab.Here, lab.Here.Get(new Id<Vpc>(vpc)), $"{name}.corp.example", DnsTypes.A));
    }

    [Fact]
    public void The_model_says_whether_a_load_balancer_serves()
    {
        (string wide, string[] subnets) = lab.NewThreeZones();
        string group = lab.DefaultGroup(wide).Id.Value;
        string targets = lab.NewTargetGroup(wide);
        AwsElbv2.LoadBalancer web = lab.NewBalancer(subnets, groups: [group], scheme: "internal");
        string key = LoadBalancer.KeyOfArn(web.LoadBalancerArn!)!;
        Assert.True(Serves(key), "nothing is asked of a load balancer without target groups");
        lab.NewListener(web.LoadBalancerArn!, Balancing.Forward(targets));
        Assert.False(Serves(key), "a target group without targets is unhealthy");
        (Instance instance, _) = lab.NewInstance(subnets[0]);
        lab.Register(targets, instance.Id.Value);
        Assert.True(Serves(key));
        lab.Put(instance with { State = InstanceState.Stopped });
        Assert.False(Serves(key));

        bool Serves(string balancer) => new Tracer(Compiler.Compile(lab.Cloud)).IsServing(lab.Home, balancer);
    }

    [Fact]
    public void A_public_name_is_the_private_address_over_a_peering_whose_side_allows_it()
    {
        string name = PublicName();
        string other = Named("10.9.0.0/16");
        Assert.Equal("10.0.1.10", Inside(name));
        Assert.Equal("54.0.0.10", Inside(name, of: other));
        string peering = lab.Run((ec2, c) => ec2.CreateVpcPeeringConnection(c, new() { VpcId = vpc, PeerVpcId = other }))
            .VpcPeeringConnection!.VpcPeeringConnectionId!;
        lab.Run((ec2, c) => ec2.AcceptVpcPeeringConnection(c, new() { VpcPeeringConnectionId = peering }));
        Assert.Equal("54.0.0.10", Inside(name, of: other));
        Allow(requester: false, accepter: true);
        Assert.Equal("54.0.0.10", Inside(name, of: other));
        Allow(requester: true, accepter: false);
        Assert.Equal("10.0.1.10", Inside(name, of: other));
        Assert.Contains(peering, Answer(name, of: other).Reason, StringComparison.Ordinal);
        Assert.Equal("54.0.0.10", Outside(name));
        lab.Run((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = other, EnableDnsHostnames = new() { Value = false } }));
        Assert.Equal("54.0.0.10", Inside(name, of: other));
        lab.Run((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = other, EnableDnsHostnames = new() { Value = true } }));
        lab.Run((ec2, c) => ec2.DeleteVpcPeeringConnection(c, new() { VpcPeeringConnectionId = peering }));
        Assert.Equal("54.0.0.10", Inside(name, of: other));

        void Allow(bool requester, bool accepter) => lab.Run((ec2, c) => ec2.ModifyVpcPeeringConnectionOptions(c, new()
        {
            VpcPeeringConnectionId = peering,
            RequesterPeeringConnectionOptions = new() { AllowDnsResolutionFromRemoteVpc = requester },
            AccepterPeeringConnectionOptions = new() { AllowDnsResolutionFromRemoteVpc = accepter },
        }));
    }

    [Fact]
    public void A_public_name_is_the_private_address_over_a_transit_gateway_with_DNS_support()
    {
        string name = PublicName();
        string other = Named("10.9.0.0/16");
        string tgw = lab.NewTransitGateway().TransitGatewayId!;
        lab.Attach(tgw, vpc, subnet);
        Assert.Equal("54.0.0.10", Inside(name, of: other));
        string attachment = lab.Attach(tgw, other, lab.NewSubnet(other, "10.9.1.0/24").SubnetId!).TransitGatewayAttachmentId!;
        Assert.Equal("10.0.1.10", Inside(name, of: other));
        lab.Run((ec2, c) => ec2.ModifyTransitGatewayVpcAttachment(
            c, new() { TransitGatewayAttachmentId = attachment, Options = new() { DnsSupport = "disable" } }));
        Assert.Equal("54.0.0.10", Inside(name, of: other));
        lab.Run((ec2, c) => ec2.ModifyTransitGatewayVpcAttachment(
            c, new() { TransitGatewayAttachmentId = attachment, Options = new() { DnsSupport = "enable" } }));
        Assert.Equal("10.0.1.10", Inside(name, of: other));
        lab.Run((ec2, c) => ec2.ModifyTransitGateway(c, new() { TransitGatewayId = tgw, Options = new() { DnsSupport = "disable" } }));
        Assert.Equal("54.0.0.10", Inside(name, of: other));
    }

    [Fact]
    public void Rule102_private_DNS_leads_to_the_endpoint_only_with_both_attributes()
    {
        NetworkInterface eni = lab.NewInterface(subnet, "10.0.1.77");
        VpcEndpoint endpoint = lab.Put(new VpcEndpoint
        {
            Id = new("vpce-0123456789abcdef0"),
            Type = VpcEndpointType.Interface,
            VpcId = new(vpc),
            ServiceName = "com.amazonaws.us-east-1.sqs",
            ServiceRegion = "us-east-1",
            Subnets = [new VpcEndpointSubnet(new(subnet), "us-east-1a", eni.Id)],
            DnsRecordIpType = "ipv4",
            PrivateDnsEnabled = true,
            DnsSuffix = "abcd1234",
            CreationTime = lab.Now,
        });
        string public1 = Outside("sqs.us-east-1.amazonaws.com");
        Assert.NotEqual("10.0.1.77", public1);
        Assert.True(AwsServices.At(IpAddress.Parse(public1.Split(' ')[0])) is { Short: "sqs" }, public1);
        Assert.Equal("10.0.1.77", Inside("sqs.us-east-1.amazonaws.com"));
        Assert.Equal("10.0.1.77", Outside("vpce-0123456789abcdef0-abcd1234.sqs.us-east-1.vpce.amazonaws.com"));
        Assert.Equal("10.0.1.77", Inside("vpce-0123456789abcdef0-abcd1234-us-east-1a.sqs.us-east-1.vpce.amazonaws.com"));
        Assert.Equal("NameError", Inside("vpce-0123456789abcdef0-abcd1234-us-east-1b.sqs.us-east-1.vpce.amazonaws.com"));
        lab.Run((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = vpc, EnableDnsHostnames = new() { Value = false } }));
        Assert.Equal(public1, Inside("sqs.us-east-1.amazonaws.com"));
        lab.Put(endpoint with { PrivateDnsEnabled = false });
        lab.Run((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = vpc, EnableDnsHostnames = new() { Value = true } }));
        Assert.Equal(public1, Inside("sqs.us-east-1.amazonaws.com"));
    }

    [Fact]
    public void An_instance_asks_the_server_that_its_options_name()
    {
        (Instance instance, _) = lab.NewInstance(subnet, "10.0.1.171");
        NameResolver resolver = new(lab.Cloud);
        MachineView machine = MachineView.Of(lab.Here, instance.Key)!;
        Assert.Equal("10.0.1.171", resolver.For(machine, "ip-10-0-1-171", DnsTypes.A).Addresses.Single().ToString());
        string options = lab.Run((ec2, c) => ec2.CreateDhcpOptions(c, new()
        {
            DhcpConfigurations = [new() { Key = "domain-name-servers", Values = ["10.0.0.99"] }],
        })).DhcpOptions!.DhcpOptionsId!;
        lab.Run((ec2, c) => ec2.AssociateDhcpOptions(c, new() { VpcId = vpc, DhcpOptionsId = options }));
        NameAnswer answer = new NameResolver(lab.Cloud).For(MachineView.Of(lab.Here, instance.Key)!, "ip-10-0-1-171.ec2.internal", DnsTypes.A);
        Assert.Equal(DnsCode.ServerFailure, answer.Code);
        Assert.Contains("10.0.0.99", answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_ends_of_a_trace_may_be_names()
    {
        (_, NetworkInterface from) = lab.NewInstance(subnet, "10.0.1.10");
        lab.NewInstance(subnet, "10.0.1.20");
        Records(Zone("corp.example", vpc), ("db.corp.example", "A", "10.0.1.20"));
        Tracer tracer = new(Compiler.Compile(lab.Cloud));
        EndpointResolver ends = new(tracer.State, lab.Home, new TraceNames(tracer));
        Assert.True(ends.TryResolve(new FlowQuestion(from.Key, "db.corp.example") { Port = 80 }, out Flow flow, out string error), error);
        Assert.Equal("10.0.1.20", flow.Destination.ToString());
        Assert.True(ends.TryResolve(new FlowQuestion("ip-10-0-1-10.ec2.internal", "db.corp.example") { Port = 80 }, out flow, out error), error);
        Assert.Equal("10.0.1.10", flow.Source.ToString());
        Assert.False(ends.TryResolve(new FlowQuestion(from.Key, "web.corp.example") { Port = 80 }, out _, out error));
        Assert.Contains("private zone corp.example.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void On_the_wire_a_chain_has_its_names_and_values_their_form()
    {
        string zone = Zone("corp.example", vpc);
        Records(zone, ("a.corp.example", "CNAME", "b.corp.example"), ("b.corp.example", "A", "10.0.1.1"),
            ("m.corp.example", "MX", "10 mail.corp.example"), ("t.corp.example", "TXT", "\"one\" \"two\""));
        byte[] chain = Wire("a.corp.example", DnsTypes.A);
        Assert.Equal(2, (chain[6] << 8) | chain[7]);
        Assert.Equal([10, 0, 1, 1], chain[^4..]);
        byte[] mail = Wire("m.corp.example", DnsTypes.Mx);
        Assert.Equal([0, 10, 4, (byte)'m', (byte)'a', (byte)'i', (byte)'l', 4, (byte)'c'], mail[^21..^12]);
        Assert.Equal([3, (byte)'o', (byte)'n', (byte)'e', 3, (byte)'t', (byte)'w', (byte)'o'], Wire("t.corp.example", DnsTypes.Txt)[^8..]);
    }

    [Theory]
    [InlineData("Example.COM", "example.com.")]
    [InlineData("*.a", @"\052.a.")]
    [InlineData(@"\052.a.", @"\052.a.")]
    [InlineData("a_b-c.d", "a_b-c.d.")]
    [InlineData("a..b", null)]
    [InlineData("", null)]
    [InlineData(@"\0.a", null)]
    public void Names_have_Route_53_s_form(string text, string? wanted) => Assert.Equal(wanted, DomainName.Canonical(text));

    private static AwsR53.ResourceRecordSet Set(string name, string value, string set) => new()
    {
        Name = name,
        Type = "A",
        TTL = 60,
        SetIdentifier = set,
        ResourceRecords = [new() { Value = value }],
    };

    private static AwsR53.ResourceRecordSet Alias(string name, LoadBalancer balancer, string set, bool evaluate = true) => new()
    {
        Name = name,
        Type = "A",
        SetIdentifier = set,
        AliasTarget = new() { HostedZoneId = "Z26RNL4JYFTOTI", DNSName = balancer.DnsName, EvaluateTargetHealth = evaluate },
    };

    private byte[] Wire(string name, ushort type)
    {
        DnsQuestion question = new(1, name, type, true, 4096, false, [0, 0, 1, 0, 1]);
        return DnsMessage.Write(question, DnsAnswers.Answer(lab.Cloud, lab.Here, lab.Here.Get(new Id<Vpc>(vpc)), question), 4096);
    }

    private string Zone(string name, string? of) => lab.Route53((s, c) => s.CreateHostedZone(c, new()
    {
        Name = name,
        CallerReference = $"{name}/{of}",
        VPC = of is null ? null : new() { VPCId = of, VPCRegion = "us-east-1" },
    })).HostedZone!.Id!;

    private void Records(string zone, params (string Name, string Type, string Value)[] records) => Put(zone,
    [
        .. records.Select(r => new AwsR53.ResourceRecordSet { Name = r.Name, Type = r.Type, TTL = 60, ResourceRecords = [new() { Value = r.Value }] }),
    ]);

    private void Put(string zone, params AwsR53.ResourceRecordSet[] records) => lab.Route53((s, c) => s.ChangeResourceRecordSets(c, new()
    {
        HostedZoneId = zone,
        ChangeBatch = new() { Changes = [.. records.Select(r => new AwsR53.Change { Action = "CREATE", ResourceRecordSet = r })] },
    }));

    private LoadBalancer Balancer(string dns, bool isInternal, params (string Zone, string Ip, string? Public)[] nodes) => lab.Put(new LoadBalancer
    {
        Key = $"net/{dns.Split('-')[0]}/0123456789abcdef",
        Name = dns.Split('-')[0],
        Type = LoadBalancerType.Network,
        Internal = isInternal,
        VpcId = new(vpc),
        DnsName = dns,
        CreatedTime = lab.Now,
        Nodes =
        [
            .. nodes.Select(n => new LoadBalancerNode(new(subnet), n.Zone, lab.NewInterface(subnet, n.Ip, n.Public).Id)
            {
                PrivateIp = IpAddress.Parse(n.Ip),
            }).ToImmutableArray(),
        ],
    });

    /// <summary>The public name of an instance with the addresses 10.0.1.10 and 54.0.0.10.</summary>
    private string PublicName()
    {
        lab.NewInterface(subnet, "10.0.1.10", "54.0.0.10");
        return "ec2-54-0-0-10.compute-1.amazonaws.com";
    }

    /// <summary>A VPC that gives its instances names.</summary>
    private string Named(string cidr)
    {
        string id = lab.NewVpc(cidr).VpcId!;
        lab.Run((ec2, c) => ec2.ModifyVpcAttribute(c, new() { VpcId = id, EnableDnsHostnames = new() { Value = true } }));
        return id;
    }

    private NameAnswer Answer(string name, ushort type = DnsTypes.Any, string? of = null) =>
        new NameResolver(lab.Cloud).Inside(lab.Here, lab.Here.Get(new Id<Vpc>(of ?? vpc)), name, type);

    private string Inside(string name, ushort type = DnsTypes.Any, string? of = null) => Text(Answer(name, type, of));

    private string Outside(string name) => Text(new NameResolver(lab.Cloud).Outside(name, DnsTypes.Any));

    private static string Text(NameAnswer answer) => answer.Records.IsEmpty ? answer.Code.ToString() : string.Join(' ', answer.Records);
}
