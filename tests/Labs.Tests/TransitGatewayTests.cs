using System.Text.Json.Nodes;

namespace Trunkline.Tests.Labs;

/// <summary>Transit gateways of two accounts and two regions by the unchanged AWS provider of Terraform.</summary>
public sealed class TransitGatewayTests(Server server) : IClassFixture<Server>
{
    [Fact]
    public async Task Transit_gateways_with_tables_peerings_Connect_and_another_account_s_VPC()
    {
        Programs.Need("terraform");
        const string Account = "100000000064";
        string folder = Path.Combine(Repository.Root, "tests", "Labs.Tests", "networks", "transit");
        IReadOnlyList<string> before = await server.Inventory(Account);
        TerraformProject project = new(server, folder, Account);
        await project.Init();
        await project.Apply();
        await project.PlanIsEmpty();
        JsonNode outputs = JsonNode.Parse(await project.Outputs())!;
        string Of(string name) => outputs[name]!["value"]!.ToString();
        Assert.Equal(("true", Account, "enable"), (Of("found"), Of("owner_seen_by_member"), Of("appliance_mode")));
        Assert.Equal(("true us-east-1", "false", "gre 10.255.0.1"), (Of("peer"), Of("default_table"), Of("connect")));
        Assert.Equal(("4", "2"), (Of("associations"), Of("propagations")));
        Assert.Equal(
            "10.1.0.0/16:propagated:active 10.2.0.0/16:propagated:active 10.3.0.0/16:static:active "
            + "172.16.0.0/16:static:active 192.168.0.0/16:static:blackhole",
            Of("routes"));
        await project.Destroy();
        Assert.Equal(before, await server.Inventory(Account));
    }
}
