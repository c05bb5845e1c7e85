using System.CommandLine;
using Trunkline.Cli.Expectations;
using Trunkline.Cli.Labs;

namespace Trunkline.Cli.Commands;

/// <summary><c>trunkline lab</c>: the course, one network a lab.</summary>
internal static class LabCommand
{
    public static Command Build(CliContext context, GlobalOptions globals) => new(
        "lab", "The course: build a network, send packets, see why")
    {
        List(context, globals),
        Show(context, globals),
        Run(context, globals),
        Destroy(context, globals),
    };

    private static Argument<string> Number(CliContext context)
    {
        Argument<string> number = new("LAB") { Description = "Number or name" };
        number.CompletionSources.Add(_ => LabCatalog.All(context).Select(l => new System.CommandLine.Completions.CompletionItem(l.Number)));
        return number;
    }

    private static Command List(CliContext context, GlobalOptions globals)
    {
        Command command = new("list", "The labs in their order");
        command.SetAction(result =>
        {
            IReadOnlyList<Lab> labs = LabCatalog.All(context);
            if (result.GetValue(globals.Json))
            {
                context.WriteJson(labs.Select(l => new { number = l.Number, name = l.Name, title = l.Title, builtWith = Builder(l) }));
                return ExitCodes.Ok;
            }

            foreach (Lab lab in labs)
            {
                context.Output.WriteLine($"{lab.Number}  {lab.Title}  ({Builder(lab)})");
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static string Builder(Lab lab) => lab.IsTerraform ? "terraform" : "aws";

    private static Command Show(CliContext context, GlobalOptions globals)
    {
        Argument<string> number = Number(context);
        Command command = new("show", "The lab's page") { number };
        command.SetAction(result =>
        {
            Lab lab = LabCatalog.Find(context, result.GetValue(number)!);
            string page = File.ReadAllText(lab.Page);
            if (result.GetValue(globals.Json))
            {
                context.WriteJson(new { number = lab.Number, name = lab.Name, title = lab.Title, folder = lab.Folder, page });
            }
            else
            {
                context.Output.WriteLine(page.TrimEnd());
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Run(CliContext context, GlobalOptions globals)
    {
        Argument<string> number = Number(context);
        Option<bool> keep = new("--keep") { Description = "Leave the network there afterwards" };
        Option<bool> verify = new("--verify") { Description = "After every apply Terraform must plan no change; tell which flows each step flipped" };
        Option<string> plane = CheckCommand.Plane();
        Command command = new("run", "Build the lab through the endpoint, check it, print its traces, destroy it") { number, keep, verify, plane };
        command.SetAction(async (result, stop) =>
        {
            Lab lab = LabCatalog.Find(context, result.GetValue(number)!);
            bool json = result.GetValue(globals.Json);
            LabRunner runner = new(
                context, lab, LabTarget(result, context, globals, lab), json, CheckCommand.IsLive(result.GetValue(plane)), result.GetValue(verify));
            IReadOnlyList<LabStage> stages = await runner.Run(result.GetValue(keep), stop);
            if (json)
            {
                context.WriteJson(new
                {
                    lab = lab.Name,
                    stages = stages.Select(s => new { title = s.Title, check = Reports.Json(s.File, s.Results), flipped = s.Flipped }),
                });
            }

            return stages.All(s => s.Results.All(r => r.Passed)) ? ExitCodes.Ok : ExitCodes.Failed;
        });
        return command;
    }

    private static Command Destroy(CliContext context, GlobalOptions globals)
    {
        Argument<string> number = Number(context);
        Command command = new("destroy", "Take away a lab that was run with --keep") { number };
        command.SetAction(async (result, stop) =>
        {
            Lab lab = LabCatalog.Find(context, result.GetValue(number)!);
            bool json = result.GetValue(globals.Json);
            await new LabRunner(context, lab, LabTarget(result, context, globals, lab), json).Destroy(stop);
            if (json)
            {
                context.WriteJson(new { lab = lab.Name, destroyed = true });
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    // A lab lives in its own account unless the command line names another; the environment's key is for the user's own networks.
    private static Target LabTarget(ParseResult result, CliContext context, GlobalOptions globals, Lab lab) =>
        globals.Resolve(result, context, lab.Account);
}
