using System.Text.Json.Nodes;
using Trunkline.Planes;

namespace Trunkline.Control;

/// <summary>A plane's status as JSON, for <c>trunkline status</c>.</summary>
public static class PlaneStatusDocument
{
    /// <summary>So many failures, and so much that is not carried, are listed; of more their number is told.</summary>
    private const int FailuresMax = 20;

    public static JsonObject Of(PlaneStatus status) => new()
    {
        ["name"] = status.Name,
        ["why"] = status.Why,
        ["lacks"] = new JsonArray([.. status.Lacks.Select(l => (JsonNode)l)]),
        ["notCarriedCount"] = status.NotCarried.Count,
        ["notCarried"] = new JsonArray([.. status.NotCarried.Take(FailuresMax).Select(l => (JsonNode)l)]),
        ["settled"] = status.IsSettled,
        ["desiredVersion"] = status.DesiredVersion,
        ["appliedVersion"] = status.AppliedVersion,
        ["objectsDesired"] = status.ObjectsDesired,
        ["objectsThere"] = status.ObjectsThere,
        ["failureCount"] = status.Failures.Count,
        ["failures"] = new JsonArray([.. status.Failures.Take(FailuresMax).Select(FailureOf)]),
        ["attempts"] = status.Attempts,
        ["lastApplyMilliseconds"] = Math.Round(status.LastApply.TotalMilliseconds, 2),
        ["lastSteps"] = new JsonArray([.. status.LastSteps.Select(StepOf)]),
        ["steps"] = status.Steps,
        ["writes"] = status.Writes,
    };

    /// <summary>One failure in one line.</summary>
    public static string Line(PlaneFailure failure) => $"{failure.Step.Place}: {failure.Step.What} ({failure.Step.Reason}): {failure.Why}";

    private static JsonNode StepOf(PlaneStep step) => new JsonObject
    {
        ["place"] = step.Place,
        ["what"] = step.What,
        ["reason"] = step.Reason,
    };

    private static JsonNode FailureOf(PlaneFailure failure)
    {
        JsonNode shown = StepOf(failure.Step);
        shown["why"] = failure.Why;
        return shown;
    }
}
