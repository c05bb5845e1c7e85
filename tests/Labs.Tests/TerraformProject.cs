namespace Trunkline.Tests.Labs;

/// <summary>A Terraform network, copied to a folder of its own and applied to the server as one account.</summary>
internal sealed class TerraformProject
{
    private const string Provider = "registry.terraform.io/hashicorp/aws";
    private readonly string _folder;
    private readonly Dictionary<string, string> _environment;

    public TerraformProject(Server server, string source, string account)
    {
        string folder = Path.Combine(server.Folder, "terraform", account);
        Assert.False(Directory.Exists(folder), $"account {account} is another test's");
        _folder = Directory.CreateDirectory(folder).FullName;
        _environment = server.Variables(account);
        foreach (string file in Directory.GetFiles(source).Where(f => Path.GetExtension(f) is ".tf" or ".tfvars"))
        {
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        }
    }

    /// <returns>The directory that holds the AWS provider; null where Terraform is to ask the registry.</returns>
    public static string? Mirror()
    {
        string?[] places =
        [
            Environment.GetEnvironmentVariable("TRUNKLINE_TF_MIRROR"),
            Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? "/", ".terraform.d", "plugins"),
            "/usr/share/terraform/plugins",
            "/usr/local/share/terraform/plugins",
            .. Directory.Exists("/opt") ? Directory.GetDirectories("/opt") : [],
        ];
        return places.FirstOrDefault(p => p is not null && Directory.Exists(Path.Combine(p, Provider)));
    }

    /// <summary>Writes a Terraform CLI configuration that takes the provider from there.</summary>
    public static string Configuration(string mirror, string folder)
    {
        string file = Path.Combine(folder, "terraform.rc");
        File.WriteAllText(file, $$"""
            disable_checkpoint = true
            provider_installation {
              filesystem_mirror {
                path    = "{{mirror}}"
                include = ["{{Provider}}"]
              }
              direct {
                exclude = ["{{Provider}}"]
              }
            }

            """);
        return file;
    }

    /// <summary>Sets a variable of the configuration.</summary>
    public void Set(string variable, string value) => _environment["TF_VAR_" + variable] = value;

    public async Task Init() => (await Terraform("init")).Must();

    public async Task<Ended> Apply(params string[] more) => (await Terraform(["apply", "-auto-approve", .. more])).Must();

    /// <summary>Fails unless a plan would change nothing: <c>-detailed-exitcode</c> is 0 then, and 2 when there are changes.</summary>
    public async Task PlanIsEmpty(params string[] more) => (await Terraform(["plan", "-detailed-exitcode", .. more])).Must();

    public async Task<string> Outputs() => (await Programs.Run("terraform", ["output", "-json", "-no-color"], _folder, _environment)).Must().Output;

    public async Task Destroy() => (await Terraform("destroy", "-auto-approve")).Must();

    private Task<Ended> Terraform(params string[] arguments) =>
        Programs.Run("terraform", [.. arguments, "-input=false", "-no-color"], _folder, _environment);
}
