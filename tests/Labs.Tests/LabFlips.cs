namespace Trunkline.Tests.Labs;

/// <summary>Which flows of a lab's first file are not as they were after each of its steps. All others must be.</summary>
internal static class LabFlips
{
    /// <summary>For each step, in order. A lab that is not here has no step.</summary>
    public static readonly Dictionary<string, string[][]> Of = new(StringComparer.Ordinal)
    {
        ["03-public-and-private-subnets"] =
        [
            ["the private instance has an address and still cannot be reached", "the private instance cannot reach out"],
        ],
        ["04-public-addresses"] =
        [
            ["the automatic address"],
            [
                "the automatic address",
                "the Elastic IP",
                "the own address is not advertised yet",
                "each is seen outside by its own address",
            ],
        ],
        ["06-route-tables"] =
        [
            ["the default route serves 198.51.100.9 as well"],
            ["a default route to a router", "the default route serves 198.51.100.9 as well"],
        ],
        ["07-nat-gateway"] =
        [
            [
                "a private instance reaches out, and is seen as the Elastic IP of the NAT gateway",
                "so does its DNS query",
            ],
        ],
        ["08-load-balancers"] =
        [
            ["the API answers, on port 8081 of the same instances"],
            ["the third zone has no database, and its node uses no other zone's"],
            [
                "an application reaches the database through the node of its own zone, and is seen with its own address",
                "no listener, no connection",
                "the old load balancer serves inside",
            ],
        ],
        ["09-security-groups-and-acls"] =
        [
            ["app to database, though the db group lets nothing out (stateful), and the ACL has a rule for the reply (stateless)"],
            [
                "app to database, though the db group lets nothing out (stateful), and the ACL has a rule for the reply (stateless)",
                "within a subnet no ACL is asked",
            ],
        ],
        ["10-peering"] =
        [
            ["a request that waits carries nothing", "nor anything the other way"],
            [
                "a request that waits carries nothing",
                "nor anything the other way",
                "our machine reaches the partner's, whose group admits ours by its name",
                "the partner's machine reaches ours",
            ],
            [
                "a request that waits carries nothing",
                "nor anything the other way",
                "our machine reaches the partner's, whose group admits ours by its name",
                "the partner's machine reaches ours",
            ],
            [
                "a request that waits carries nothing",
                "nor anything the other way",
                "our machine reaches the partner's, whose group admits ours by its name",
                "the partner's machine reaches ours",
            ],
        ],
        ["11-peering-is-not-transitive"] = [["a does not reach c through b", "nor c a"]],
        ["12-transit-vpc"] =
        [
            ["what a sends arrives in c, whose table knows no way back", "so c begins nothing"],
            [
                "what a sends arrives in c, whose table knows no way back",
                "so c begins nothing",
                "the shared machine reaches the spokes by the router's interface: shared -> a tcp/443",
                "the shared machine reaches the spokes by the router's interface: shared -> b tcp/443",
                "and the spokes it: a -> shared tcp/443",
                "and the spokes it: b -> shared tcp/443",
            ],
            [
                "a reaches b through the router, over one tunnel each",
                "and b a",
                "what a sends arrives in c, whose table knows no way back",
                "so c begins nothing",
            ],
            [
                "a reaches b through the router, over one tunnel each",
                "and b a",
                "what a sends arrives in c, whose table knows no way back",
                "the shared machine reaches the spokes by the router's interface: shared -> a tcp/443",
                "the shared machine reaches the spokes by the router's interface: shared -> b tcp/443",
                "and the spokes it: a -> shared tcp/443",
                "and the spokes it: b -> shared tcp/443",
                "a reaches the data centre through the router and the VPN gateway where all meet",
                "and the data centre a",
            ],
            [
                "a reaches b through the router, over one tunnel each",
                "and b a",
                "what a sends arrives in c, whose table knows no way back",
                "so c begins nothing",
                "the shared machine reaches the spokes by the router's interface: shared -> a tcp/443",
                "the shared machine reaches the spokes by the router's interface: shared -> b tcp/443",
                "and the spokes it: a -> shared tcp/443",
                "and the spokes it: b -> shared tcp/443",
                "a reaches the data centre through the router and the VPN gateway where all meet",
                "and the data centre a",
            ],
        ],
        ["13-full-mesh"] =
        [
            ["no route leads to a fourth network"],
            [
                "a reaches b over their peering",
                "b reaches c over their peering",
                "c reaches a over their peering",
                "every peering carries what either side begins",
                "so that c reaches b",
                "and a reaches c",
                "no route leads to a fourth network",
            ],
        ],
        ["14-transit-gateway"] =
        [
            ["red and blue never meet: a -> c tcp/443"],
            ["the shared network serves red"],
            [
                "one data centre serves every network, over four tunnels: a -> site:dc/192.168.0.10 tcp/443",
                "one data centre serves every network, over four tunnels: d -> site:dc/192.168.0.10 tcp/443",
                "one data centre serves every network, over four tunnels: shared -> site:dc/192.168.0.10 tcp/443",
                "and reaches every network: site:dc/192.168.0.10 -> a tcp/443",
                "and reaches every network: site:dc/192.168.0.10 -> d tcp/443",
                "and reaches every network: site:dc/192.168.0.10 -> shared tcp/443",
            ],
            ["inside red"],
        ],
        ["15-endpoints"] =
        [
            [
                "the public name of SNS leads the app to a private address",
                "the endpoint of SNS has a security group, which does not admit the batch subnet",
            ],
            ["S3's route is in the app's table only"],
        ],
        ["16-endpoint-services"] =
        [
            [
                "the client reaches the service, which sees the load balancer",
                "a neighbour with another range uses the service by an endpoint of its own",
            ],
            [
                "no endpoint leads to the machine behind the service: neighbour -> 10.0.0.10 tcp/22",
                "no endpoint leads to the machine behind the service: neighbour -> 10.0.0.10 tcp/8443",
                "nor to the database",
                "nor the database to the neighbour",
            ],
            [
                "the client reaches the service, which sees the load balancer",
                "that service only, not another port of the same machine",
                "nor the service's own port, past the load balancer",
            ],
        ],
        ["17-direct-connect"] =
        [
            [
                "the server reaches the data centre over the private interface",
                "and the data centre the server",
                "the customer's public addresses reach S3 over the public interface",
                "addresses that the customer does not announce there are not let in",
                "every public address of AWS's is there, those of one's own machines too",
                "and AWS's machines reach the customer's public addresses that way, not over the internet",
            ],
            ["the server reaches the data centre over the private interface", "and the data centre the server"],
            [],
            [
                "the server reaches the data centre over the private interface",
                "and the data centre the server",
                "the customer's public addresses reach S3 over the public interface",
                "addresses that the customer does not announce there are not let in",
                "every public address of AWS's is there, those of one's own machines too",
                "and AWS's machines reach the customer's public addresses that way, not over the internet",
            ],
            ["nobody has announced a default, so the server has no way to the internet"],
        ],
        ["18-vpn"] =
        [
            [
                "the data centre reaches the server, and it answers",
                "from its other network, too",
                "the server begins: server -> site:dc/192.168.0.10 tcp/443",
                "the server begins: server -> site:dc/192.168.1.10 tcp/443",
            ],
            ["from its other network, too", "the server begins: server -> site:dc/192.168.1.10 tcp/443"],
            [
                "the data centre reaches the server, and it answers",
                "from its other network, too",
                "the server begins: server -> site:dc/192.168.0.10 tcp/443",
                "the server begins: server -> site:dc/192.168.1.10 tcp/443",
                "the group counts here as anywhere",
            ],
            [],
            [],
        ],
        ["19-vpn-redundancy"] =
        [
            ["the first router's first tunnel carries", "and the other way"],
            ["the first router's first tunnel carries", "and the other way"],
            ["the first router's first tunnel carries", "and the other way"],
        ],
    };
}
