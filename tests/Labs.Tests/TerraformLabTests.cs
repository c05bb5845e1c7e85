using System.Text.Json.Nodes;

namespace Trunkline.Tests.Labs;

/// <summary>The labs in Terraform, by the unchanged AWS provider: apply, empty plan, check, change, check, destroy.</summary>
public sealed class TerraformLabTests(Server server) : IClassFixture<Server>
{
    // For each step: the flows of the lab's first expectation file that must no longer be as expected. All others must be.
    private static readonly Dictionary<string, string[][]> Flips = new()
    {
        ["03-public-and-private-subnets"] =
        [
            ["the private instance has an address and still cannot be reached", "the private instance cannot reach out"],
        ],
        ["05-hidden-nat"] = [],
        ["06-route-tables"] = [["the default route serves 198.51.100.9 as well"]],
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
            [],
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
            ["what a sends arrives in c, whose table knows no way back", "so c begins nothing"],
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
            [],
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
            ["the client reaches the service, which sees the load balancer"],
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
            ],
            ["the server reaches the data centre over the private interface", "and the data centre the server"],
            [],
            [],
            [],
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
            [],
            [],
            [],
        ],
        ["19-vpn-redundancy"] = [[], [], []],
    };

    public static TheoryData<string> Labs => [.. Flips.Keys];

    [Theory]
    [MemberData(nameof(Labs))]
    public async Task A_changed_network_flips_exactly_the_expected_flows(string lab)
    {
        Programs.Need("terraform");
        string account = "1000000000" + lab[..2];
        string folder = Path.Combine(Repository.Root, "labs", lab);
        IReadOnlyList<string> before = await server.Inventory(account);
        TerraformProject project = new(server, folder, account);
        await project.Init();
        await project.Apply();
        await project.PlanIsEmpty();
        Assert.Empty(await NotAsExpected(account, folder, "expect.yaml", project));
        for (int step = 1; step <= Flips[lab].Length; step++)
        {
            string variables = $"-var-file=step-{step}.tfvars";
            await project.Apply(variables);
            await project.PlanIsEmpty(variables);
            Assert.Equal(Flips[lab][step - 1].Order(), await NotAsExpected(account, folder, "expect.yaml", project));
            Assert.Empty(await NotAsExpected(account, folder, $"expect-{step}.yaml", project));
        }

        await project.Destroy();
        Assert.Equal(before, await server.Inventory(account));
    }

    [Fact]
    public async Task Three_tiers_in_three_zones_with_both_address_families()
    {
        Programs.Need("terraform");
        const string Account = "100000000060";
        string folder = Path.Combine(Repository.Root, "tests", "Labs.Tests", "networks", "three-tier");
        IReadOnlyList<string> before = await server.Inventory(Account);
        TerraformProject project = new(server, folder, Account);
        await project.Init();
        Ended applied = await project.Apply();
        int added = int.Parse(applied.Output.Split("Resources: ")[1].Split(' ')[0]);
        Assert.True(added >= 60, $"{added} resources");
        await project.PlanIsEmpty();
        Assert.Empty(await NotAsExpected(Account, folder, "expect.yaml", project));
        await project.Destroy();
        Assert.Equal(before, await server.Inventory(Account));
    }

    [Fact]
    public async Task Endpoints_services_across_accounts_and_prefix_lists()
    {
        Programs.Need("terraform");
        const string Account = "100000000070";
        string folder = Path.Combine(Repository.Root, "tests", "Labs.Tests", "networks", "endpoints");
        IReadOnlyList<string> before = await server.Inventory(Account);
        TerraformProject project = new(server, folder, Account);
        await project.Init();
        Ended applied = await project.Apply();
        int added = int.Parse(applied.Output.Split("Resources: ")[1].Split(' ')[0]);
        Assert.True(added >= 40, $"{added} resources");
        await project.PlanIsEmpty();
        Assert.Empty(await NotAsExpected(Account, folder, "expect.yaml", project));
        await project.Destroy();
        Assert.Equal(before, await server.Inventory(Account));
    }

    [Fact]
    public async Task Load_balancers_with_https_rules_tls_instances_and_addresses()
    {
        Programs.Need("terraform");
        const string Account = "100000000080";
        string folder = Path.Combine(Repository.Root, "tests", "Labs.Tests", "networks", "load-balancers");
        IReadOnlyList<string> before = await server.Inventory(Account);
        TerraformProject project = new(server, folder, Account);
        await project.Init();
        Ended applied = await project.Apply();
        int added = int.Parse(applied.Output.Split("Resources: ")[1].Split(' ')[0]);
        Assert.True(added >= 50, $"{added} resources");
        await project.PlanIsEmpty();
        Assert.Empty(await NotAsExpected(Account, folder, "expect.yaml", project));
        await project.Destroy();
        Assert.Equal(before, await server.Inventory(Account));
    }

    [Fact]
    public async Task Peerings_and_vpns_with_two_accounts_and_two_regions()
    {
        Programs.Need("terraform");
        const string Account = "100000000090";
        string folder = Path.Combine(Repository.Root, "tests", "Labs.Tests", "networks", "peering-and-vpn");
        IReadOnlyList<string> before = await server.Inventory(Account);
        TerraformProject project = new(server, folder, Account);
        await project.Init();
        Ended applied = await project.Apply();
        int added = int.Parse(applied.Output.Split("Resources: ")[1].Split(' ')[0]);
        Assert.True(added >= 25, $"{added} resources");
        await project.PlanIsEmpty();
        await project.Destroy();
        Assert.Equal(before, await server.Inventory(Account));
    }

    private async Task<IEnumerable<string>> NotAsExpected(string account, string folder, string file, TerraformProject project)
    {
        JsonNode report = await server.Check(account, Path.Combine(folder, file), await project.Outputs());
        Assert.NotEmpty(report["flows"]!.AsArray());
        return report["flows"]!.AsArray().Where(f => !(bool)f!["ok"]!).Select(f => f!["name"]!.ToString()).Order();
    }
}
