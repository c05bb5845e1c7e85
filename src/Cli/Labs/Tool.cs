using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Trunkline.Cli.Labs;

/// <summary>Runs the programs that build labs: terraform, and bash with the AWS CLI.</summary>
internal static class Tool
{
    // These would send a client elsewhere or make it somebody else; a lab's own variables take their place.
    private static readonly string[] Removed =
    [
        "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_ENDPOINT_URL_EC2", "AWS_ENDPOINT_URL_STS",
        "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE",
    ];

    /// <returns>The exit code and all output, standard error among it.</returns>
    /// <exception cref="CliException">The program is not installed.</exception>
    public static async Task<(int ExitCode, string Output)> Run(
        string program,
        IEnumerable<string> arguments,
        string folder,
        IEnumerable<KeyValuePair<string, string>> environment,
        CancellationToken stop)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (string name in Removed)
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        StringBuilder output = new();
        using Process process = new() { StartInfo = start };
        void Take(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is not null)
            {
                lock (output)
                {
                    output.AppendLine(line.Data);
                }
            }
        }

        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            throw CliException.Usage($"this lab needs `{program}`, which is not on the PATH: {Mend(program)}");
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, output.ToString());
    }

    private static string Mend(string program) => program switch
    {
        "terraform" => "install Terraform 1.11 (https://developer.hashicorp.com/terraform/install)",
        _ => $"install {program}",
    };
}
