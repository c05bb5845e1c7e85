using System.Text.Json.Nodes;

namespace Trunkline.Tests.Labs;

/// <summary>Networks in Terraform beside the labs, by the unchanged AWS provider: apply, empty plan, check, destroy.</summary>
public sealed class TerraformLabTests(Server server) : IClassFixture<Server>
{
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
