using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Trunkline.Planes.Linux.Agent;

namespace Trunkline.Planes.Linux;

/// <summary>The questions that the Linux plane answers, one line for each.</summary>
internal static class LinuxQuestions
{
    public delegate ValueTask<JsonNode?> Handler(LinuxPlane plane, PlaneQuestion question, CancellationToken stop);

    public static readonly FrozenDictionary<string, Handler> All = new Dictionary<string, Handler>(StringComparer.Ordinal)
    {
        ["use"] = Use,
        ["probe"] = Packets.ProbeQuestions.Probe,
        ["exec"] = (plane, question, stop) => plane.Machines.Exec(question, stop),
        ["capture"] = (plane, question, stop) => plane.Machines.Capture(question, stop),
        ["connect"] = (plane, question, stop) => plane.Machines.Connect(question, stop),
        ["attach"] = (plane, question, stop) => plane.Machines.Attach(question, stop),
        ["console"] = (plane, question, stop) => plane.Machines.Console(question, stop),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Answers a question; what the helper refuses or does not finish is told as the plane's refusal.</summary>
    public static async ValueTask<JsonNode?> Answer(LinuxPlane plane, PlaneQuestion question, CancellationToken stop)
    {
        try
        {
            return await All[question.Name](plane, question, stop).ConfigureAwait(false);
        }
        catch (AgentException e)
        {
            throw new PlaneException("Refused", e.Message, e);
        }
        catch (AgentGoneException e)
        {
            throw new PlaneException("HelperEnded", $"{e.Message}; it is being started again", e);
        }
    }

    /// <summary>Gives a machine its namespace before anything runs in it: <c>{"machine":...}</c> to <c>{"namespace","path","pid"}</c>.</summary>
    private static async ValueTask<JsonNode?> Use(LinuxPlane plane, PlaneQuestion question, CancellationToken stop)
    {
        string machine = (string?)question.Arguments["machine"] ?? throw new PlaneException("MissingArgument", "'machine' is missing");
        await plane.Use(machine, stop).ConfigureAwait(false);
        string name = LinuxPlane.NamespaceOf(machine);
        return new JsonObject { ["machine"] = machine, ["namespace"] = name, ["path"] = plane.Directory.Netns(name) };
    }
}
