using System.Text.Json.Nodes;

namespace Trunkline.Tests.Labs;

/// <summary>
/// A transit gateway and a prefix list shared between two accounts by provider aliases, and an inventory in Network Manager, in Terraform by
/// the unchanged AWS provider: apply, empty plan, what the receiver sees, destroy.
/// </summary>
public sealed class SharingTests(Server server) : IClassFixture<Server>
{
    private const string Owner = "100000000071";
    private const string Receiver = "100000000072";

    [Fact]
    public async Task What_one_account_shares_the_other_sees()
    {
        Programs.Need("terraform");
        IReadOnlyList<string> before = [.. await server.Inventory(Owner), .. await server.Inventory(Receiver)];
        TerraformProject project = new(server, Path.Combine(Repository.Root, "tests", "Labs.Tests", "networks", "sharing"), Owner);
        project.Set("receiver", Receiver);
        await project.Init();
        await project.Apply();
        await project.PlanIsEmpty();
        JsonNode values = JsonNode.Parse(await project.Outputs())!;
        Assert.Equal(["192.0.2.0/24"], values["shared"]!["value"]!.AsArray().Select(c => c!.ToString()));
        Assert.Equal("ACTIVE", values["received"]!["value"]!.ToString());
        Assert.Equal(Owner, values["owner"]!["value"]!.ToString());
        await project.Destroy();
        IReadOnlyList<string> after = [.. await server.Inventory(Owner), .. await server.Inventory(Receiver)];
        Assert.Equal(before, after);
    }
}
