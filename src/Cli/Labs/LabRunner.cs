using System.Text.Json.Nodes;
using Trunkline.Cli.Commands;
using Trunkline.Cli.Expectations;

namespace Trunkline.Cli.Labs;

/// <summary>The checks of one stage of a lab.</summary>
/// <param name="Flipped">Flows of the lab's first file whose fate the stage changed, by name; null where nobody asked for them.</param>
internal sealed record LabStage(string Title, string File, IReadOnlyList<FlowResult> Results, IReadOnlyList<string>? Flipped = null);

/// <summary>Builds a lab through the endpoint, checks it, changes it step by step, and takes it away again.</summary>
/// <param name="live">Its flows are sent for real.</param>
/// <param name="verify">After every apply Terraform must plan no change, and each step tells which flows of the first file it flipped.</param>
internal sealed class LabRunner(CliContext context, Lab lab, Target target, bool json, bool live = false, bool verify = false)
{
    private readonly List<LabStage> _stages = [];

    // One folder for each endpoint and account, so that a kept lab can be found and destroyed later.
    private string Work => Path.Combine(
        context.Environment("XDG_STATE_HOME") ?? Path.Combine(context.Environment("HOME") ?? Path.GetTempPath(), ".local", "state"),
        "trunkline", "labs", $"{target.Endpoint.Host}-{target.Endpoint.Port}", target.Account, lab.Name);

    private string State => Path.Combine(Work, "state.env");

    public async Task<IReadOnlyList<LabStage>> Run(bool keep, CancellationToken stop)
    {
        using EndpointClient client = new(target);
        JsonNode worldBefore = await client.World(stop);
        if (!lab.IsTerraform && File.Exists(State))
        {
            throw CliException.Usage($"lab {lab.Number} is still there: take it away with `trunkline lab destroy {lab.Number}`");
        }

        Prepare();
        bool whole = false;
        try
        {
            await Now(client, worldBefore, stop);
            await Build(stop);
            await Verify(null, stop);
            await Check(client, lab.Title, lab.Expectations, stop);
            foreach (LabStep step in lab.Steps)
            {
                Say($"\n-- {step.Title}");
                await Before(client, step, stop);
                await Take(step, stop);
                await Verify(step, stop);
                await Check(client, step.Title, step.Expectations, stop);
            }

            whole = true;
        }
        finally
        {
            if (!keep)
            {
                await TakeAway(whole);
                await client.PutWorld(worldBefore, CancellationToken.None);
            }
        }

        if (keep)
        {
            Say($"kept, in account {target.Account}; take it away with `trunkline lab destroy {lab.Number}`");
        }

        return _stages;
    }

    // After a failure the failure is what counts; what could not be destroyed then is said beside it.
    private async Task TakeAway(bool whole)
    {
        try
        {
            await Destroy(CancellationToken.None);
        }
        catch (CliException left) when (!whole)
        {
            Say($"not all of the lab could be taken away; its folder is {Work}: {left.Message}");
        }
    }

    public async Task Destroy(CancellationToken stop)
    {
        if (!Directory.Exists(Work))
        {
            throw CliException.Usage($"lab {lab.Number} is not there: nothing was kept in account {target.Account} at {target.Endpoint}");
        }

        if (lab.IsTerraform)
        {
            await Terraform(stop, "destroy", "-auto-approve", "-input=false", "-no-color");
        }
        else
        {
            await Script("destroy.sh", stop);
        }

        Directory.Delete(Work, recursive: true);
    }

    private void Prepare()
    {
        Directory.CreateDirectory(Work);
        string common = Path.Combine(Path.GetDirectoryName(lab.Folder)!, "common.sh");
        foreach (string file in Directory.GetFiles(lab.Folder).Append(common).Where(f => Path.GetExtension(f) is ".tf" or ".tfvars" or ".sh" or ".json"))
        {
            File.Copy(file, Path.Combine(Work, Path.GetFileName(file)), overwrite: true);
        }
    }

    private async Task Build(CancellationToken stop)
    {
        if (lab.IsTerraform)
        {
            await Terraform(stop, "init", "-input=false", "-no-color");
            await Terraform(stop, "apply", "-auto-approve", "-input=false", "-no-color");
        }
        else
        {
            await Script("build.sh", stop);
        }
    }

    /// <summary>A lab begins today: the days that its steps let go by are counted from there.</summary>
    private static async Task Now(EndpointClient client, JsonNode world, CancellationToken stop)
    {
        if (world["ahead"] is not null)
        {
            JsonObject today = world.DeepClone().AsObject();
            today.Remove("ahead");
            await client.PutWorld(today, stop);
        }
    }

    /// <summary>A script asks what has become of things: the world of its step is there before it runs. Terraform's changes come before theirs.</summary>
    private static async Task Before(EndpointClient client, LabStep step, CancellationToken stop)
    {
        if (!IsVariables(step) && ExpectationParser.ReadWorld(step.Expectations) is { } world)
        {
            await client.PutWorld(world, stop);
        }
    }

    private Task Take(LabStep step, CancellationToken stop) =>
        IsVariables(step)
            ? Terraform(stop, "apply", "-auto-approve", "-input=false", "-no-color", VariablesOf(step))
            : Script(Path.GetFileName(step.Change), stop);

    private static bool IsVariables(LabStep step) => Path.GetExtension(step.Change) == ".tfvars";

    private static string VariablesOf(LabStep step) => "-var-file=" + Path.GetFileName(step.Change);

    /// <summary>What was just applied must be all there is to do.</summary>
    private async Task Verify(LabStep? step, CancellationToken stop)
    {
        if (!verify || !lab.IsTerraform || (step is not null && !IsVariables(step)))
        {
            return;
        }

        string[] plan = ["plan", "-detailed-exitcode", "-input=false", "-no-color", .. step is null ? [] : new[] { VariablesOf(step) }];
        Say("$ terraform plan");
        (int code, string output) = await Tool.Run("terraform", plan, Work, Surroundings(), stop);
        Say(code switch
        {
            0 => "No changes.",
            2 => throw Failed("terraform plan, right after the apply,", code, output),
            _ => throw Failed("terraform plan", code, output),
        });
    }

    private async Task Check(EndpointClient client, string title, string file, CancellationToken stop)
    {
        Dictionary<string, string> variables = await Variables(stop);
        IReadOnlyList<FlowResult> results = await Checker.Run(client, ExpectationParser.Read(file, variables), live, stop);
        string shown = Path.Combine("labs", lab.Name, Path.GetFileName(file));
        if (!json)
        {
            CheckCommand.Print(context, false, shown, results);
        }

        IReadOnlyList<string>? flipped = verify && _stages.Count > 0 ? await Flipped(client, variables, stop) : null;
        _stages.Add(new LabStage(title, shown, results, flipped));
        foreach (string name in flipped ?? [])
        {
            Say($"flipped: {name}");
        }
    }

    /// <summary>Which flows of the first file are not as they were at first, in the world as it is now.</summary>
    private async Task<IReadOnlyList<string>> Flipped(EndpointClient client, Dictionary<string, string> variables, CancellationToken stop)
    {
        ExpectationFile first = ExpectationParser.Read(lab.Expectations, variables) with { World = null };
        return [.. (await Checker.Run(client, first, live, stop)).Where(r => !r.Passed).Select(r => r.Flow.Name)];
    }

    /// <summary>What the lab's network is told to hand to its expectations: Terraform's outputs, or what the script kept.</summary>
    private async Task<Dictionary<string, string>> Variables(CancellationToken stop)
    {
        if (lab.IsTerraform)
        {
            (int code, string output) = await Tool.Run("terraform", ["output", "-json", "-no-color"], Work, Surroundings(), stop);
            return code == 0 ? CheckCommand.ParseVariables("terraform output", output) : throw Failed("terraform output", code, output);
        }

        return File.Exists(State)
            ? File.ReadLines(State)
                .Select(l => l.Split('=', 2))
                .Where(p => p.Length == 2)
                .GroupBy(p => p[0])
                .ToDictionary(g => g.Key, g => g.Last()[1])
            : [];
    }

    private async Task Terraform(CancellationToken stop, params string[] arguments)
    {
        Say("$ terraform " + string.Join(' ', arguments.Where(a => a is not "-no-color" and not "-input=false")));
        (int code, string output) = await Tool.Run("terraform", arguments, Work, Surroundings(), stop);
        if (code != 0)
        {
            throw Failed("terraform " + arguments[0], code, output);
        }

        Say(output.Split('\n').LastOrDefault(l => l.Contains("complete!", StringComparison.Ordinal))
            ?? output.Split('\n').LastOrDefault(l => l.Contains("successfully", StringComparison.Ordinal)) ?? "done");
    }

    private async Task Script(string script, CancellationToken stop)
    {
        Say($"$ bash {script}");
        (int code, string output) = await Tool.Run("bash", [script], Work, Surroundings(), stop);
        if (code != 0)
        {
            throw Failed(script, code, output);
        }

        Say(output.TrimEnd());
    }

    private Dictionary<string, string> Surroundings()
    {
        Dictionary<string, string> variables = new(EnvCommand.Variables(target))
        {
            ["AWS_PAGER"] = "",
            ["AWS_CONFIG_FILE"] = "/dev/null",
            ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
            ["NO_PROXY"] = target.Endpoint.Host,
            ["LAB_STATE"] = State,
            ["TF_IN_AUTOMATION"] = "1",
            ["CHECKPOINT_DISABLE"] = "1",
        };
        if (TerraformMirror.Find(context) is { } mirror)
        {
            variables["TF_CLI_CONFIG_FILE"] = TerraformMirror.Configure(mirror, Work);
        }

        return variables;
    }

    private void Say(string line)
    {
        if (!json)
        {
            context.Output.WriteLine(line);
        }
    }

    // Terraform says its whole plan before what went wrong; the end is what helps.
    private static CliException Failed(string tool, int code, string output)
    {
        int error = output.IndexOf("\nError: ", StringComparison.Ordinal);
        return new CliException(ExitCodes.Failed, "ToolFailed", $"{tool} ended with {code}:\n{output[(error < 0 ? 0 : error)..].Trim()}");
    }
}
