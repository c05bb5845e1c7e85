using System.Diagnostics;
using System.Text;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Tests.Planes.Linux.Compile;

/// <summary>Asks the real nft whether tables are words it knows, in a network namespace that ends with the question.</summary>
internal static class NftSyntax
{
    /// <summary>A table as nft reads it from a file.</summary>
    public static string Script(NftTable table, string name = NftTable.Name)
    {
        StringBuilder text = new();
        text.Append("table inet ").Append(name).AppendLine(" {");
        foreach (NftChain chain in table.Chains.Values)
        {
            text.Append(" chain ").Append(chain.Name).AppendLine(chain.Hook is null ? " {\n }" : $" {{\n  type {chain.Hook}\n }}");
        }

        foreach (NftSet set in table.Sets.Values)
        {
            text.Append(set.IsMap ? " map " : " set ").Append(set.Name).Append(" { ").AppendLine(set.Declaration);
            if (set.Elements.Count > 0)
            {
                text.Append("  elements = { ")
                    .AppendJoin(", ", set.Elements.Select(e => set.IsMap ? $"{e.Key} : {e.Value}" : e.Key))
                    .AppendLine(" }");
            }

            text.AppendLine(" }");
        }

        foreach (NftChain chain in table.Chains.Values)
        {
            text.Append(" chain ").Append(chain.Name).AppendLine(" {");
            if (chain.Hook is not null)
            {
                text.Append("  type ").AppendLine(chain.Hook);
            }

            foreach (string rule in chain.Rules)
            {
                text.Append("  ").AppendLine(rule);
            }

            text.AppendLine(" }");
        }

        return text.AppendLine("}").ToString();
    }

    /// <summary>Whether nft can be asked here.</summary>
    public static bool IsThere => Ask("table inet t {\n}\n") == "";

    /// <summary>What nft says against the words; "" where nothing.</summary>
    public static string Ask(string script)
    {
        ProcessStartInfo start = new("unshare", ["-U", "-r", "-n", "nft", "-f", "-"]) { RedirectStandardInput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            process.StandardInput.Write(script);
            process.StandardInput.Close();
            process.WaitForExit();
            string words = errors.GetAwaiter().GetResult();
            return process.ExitCode == 0 ? "" : words;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }
}
