using Trunkline.Planes;

namespace Trunkline.Control;

/// <summary>How far a plane has come.</summary>
/// <param name="Name">The plane's name.</param>
/// <param name="Why">Why it was chosen, in one line.</param>
/// <param name="Lacks">What this host lacks, each with its consequence, one line each.</param>
/// <param name="DesiredVersion">The newest durable version of the cloud that the plane was told of.</param>
/// <param name="AppliedVersion">The version that is there; -1 before the first.</param>
/// <param name="ObjectsDesired">How many objects should be there.</param>
/// <param name="ObjectsThere">How many are.</param>
/// <param name="Failures">What failed in the last attempt; empty after a good one.</param>
/// <param name="Attempts">Attempts in a row that failed.</param>
/// <param name="LastApply">How long the last one took, from reading the change to the end of writing.</param>
/// <param name="LastSteps">The first few steps of the last plan that was not empty: what it did, and why.</param>
/// <param name="Steps">Steps carried out since the server's start.</param>
/// <param name="Writes">Writes to what carries the packets since the server's start.</param>
public sealed record PlaneStatus(
    string Name,
    string Why,
    IReadOnlyList<string> Lacks,
    long DesiredVersion,
    long AppliedVersion,
    int ObjectsDesired,
    int ObjectsThere,
    IReadOnlyList<PlaneFailure> Failures,
    int Attempts,
    TimeSpan LastApply,
    IReadOnlyList<PlaneStep> LastSteps,
    long Steps,
    long Writes)
{
    /// <summary>What of the cloud the plane does not carry, one line each: packets to it are dropped there.</summary>
    public IReadOnlyList<string> NotCarried { get; init; } = [];

    /// <summary>Everything that was durable when this was asked is carried by the plane.</summary>
    public bool IsSettled => AppliedVersion == DesiredVersion && Failures.Count == 0;
}
