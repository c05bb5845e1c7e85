namespace Trunkline.Cli.Labs;

/// <summary>A directory that holds Terraform's AWS provider, for machines that cannot or should not download it.</summary>
internal static class TerraformMirror
{
    private const string Provider = "registry.terraform.io/hashicorp/aws";

    /// <returns>What TRUNKLINE_TF_MIRROR names, or the first usual place that holds the provider; null when none does.</returns>
    public static string? Find(CliContext context)
    {
        if (context.Environment("TRUNKLINE_TF_MIRROR") is { } named)
        {
            return Directory.Exists(Path.Combine(named, Provider))
                ? named
                : throw CliException.Usage($"TRUNKLINE_TF_MIRROR is '{named}', which has no {Provider} below it");
        }

        string[] places =
        [
            Path.Combine(context.Environment("HOME") ?? "/", ".terraform.d", "plugins"),
            "/usr/share/terraform/plugins",
            "/usr/local/share/terraform/plugins",
            .. Directory.Exists("/opt") ? Directory.GetDirectories("/opt") : [],
        ];
        return places.FirstOrDefault(p => Directory.Exists(Path.Combine(p, Provider)));
    }

    /// <summary>Writes a Terraform CLI configuration that takes the AWS provider from the mirror and nowhere else.</summary>
    /// <returns>The file's path.</returns>
    public static string Configure(string mirror, string folder)
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
}
