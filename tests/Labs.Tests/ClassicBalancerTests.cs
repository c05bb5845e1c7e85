using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace Trunkline.Tests.Labs;

/// <summary>Classic load balancers, IAM and SNS by the unchanged AWS provider of Terraform.</summary>
public sealed class ClassicBalancerTests(Server server) : IClassFixture<Server>
{
    [Fact]
    public async Task Classic_load_balancers_with_policies_a_certificate_roles_and_topics()
    {
        Programs.Need("terraform");
        const string Account = "100000000062";
        string folder = Path.Combine(Repository.Root, "tests", "Labs.Tests", "networks", "classic");
        IReadOnlyList<string> before = await server.Inventory(Account);
        TerraformProject project = new(server, folder, Account);
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=classic.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        project.Set("certificate", certificate.ExportCertificatePem());
        project.Set("private_key", key.ExportPkcs8PrivateKeyPem());
        await project.Init();
        Ended applied = await project.Apply();
        Assert.Contains("Resources: 30 added", applied.Output);
        await project.PlanIsEmpty();
        JsonNode answer = await server.Check(Account, Path.Combine(folder, "expect.yaml"), await project.Outputs());
        Assert.NotEmpty(answer["flows"]!.AsArray());
        Assert.Empty(answer["flows"]!.AsArray().Where(f => !(bool)f!["ok"]!).Select(f => f!.ToJsonString()));
        await project.Destroy();

        // The group that ELB made in the default VPC stays, as on AWS.
        Assert.Single((await server.Inventory(Account)).Except(before), id => id.StartsWith("sg-", StringComparison.Ordinal));
    }
}
