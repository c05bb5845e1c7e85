using Trunkline.Forwarding;

namespace Trunkline.Planes;

/// <summary>
/// What carries packets. Desired and actual are both values: a plane reads back what is there, makes the least ordered plan that leads to
/// what is wanted, and carries it out. It holds nothing that <see cref="Observe"/> could not find again.
/// </summary>
public interface IPlane : IAsyncDisposable
{
    /// <summary>What <c>--plane</c> calls it: <c>model</c>, <c>linux</c>.</summary>
    string Name { get; }

    /// <summary>What should be there for a forwarding state.</summary>
    IPlaneState Desire(ForwardingState state);

    /// <summary>What of a forwarding state it does not carry, one line each; packets to it are dropped there and go no wrong way.</summary>
    IReadOnlyList<string> NotCarried(ForwardingState state) => [];

    /// <summary>What is there, read back.</summary>
    ValueTask<IPlaneState> Observe(CancellationToken stop);

    /// <summary>The least ordered steps from actual to desired; none where they are equal. Touches nothing.</summary>
    PlanePlan Plan(IPlaneState desired, IPlaneState actual);

    /// <summary>Carries a plan out, in order, as far as it can; says what is there afterwards and what failed.</summary>
    ValueTask<PlaneReport> Apply(PlanePlan plan, CancellationToken stop);

    /// <summary>Tells when what is there may have changed by another hand, so that it must be observed again.</summary>
    IAsyncEnumerable<PlaneNotice> Watch(CancellationToken stop);
}

/// <summary>What a plane holds or should hold; compared and written by the plane that made it only.</summary>
public interface IPlaneState
{
    /// <summary>How many objects: what status shows.</summary>
    int Count { get; }
}

/// <summary>One step of a plan.</summary>
/// <param name="Place">Where: a namespace, a switch.</param>
/// <param name="What">What is done, in one line.</param>
/// <param name="Reason">Why: what is wanted and missing, or there and not wanted.</param>
public sealed record PlaneStep(string Place, string What, string Reason);

/// <summary>Ordered steps; a plane's own plan derives from it and carries what its steps need.</summary>
public abstract record PlanePlan(IPlaneState Desired, IPlaneState Actual, IReadOnlyList<PlaneStep> Steps)
{
    public bool IsEmpty => Steps.Count == 0;
}

/// <param name="Actual">What is there now, as far as the plane knows without looking.</param>
/// <param name="Failures">Steps that failed, each with the reason; empty when actual is as desired.</param>
/// <param name="Writes">How many times something was written to what carries the packets.</param>
public sealed record PlaneReport(IPlaneState Actual, IReadOnlyList<PlaneFailure> Failures, long Writes = 0);

/// <summary>A step that failed.</summary>
/// <param name="Why">The kernel's or the tool's own words.</param>
/// <param name="Machine">The row id of the machine whose own network it leaves wrong; null where it is nobody's in particular.</param>
public sealed record PlaneFailure(PlaneStep Step, string Why, string? Machine = null);

/// <param name="Why">What happened, in one line.</param>
/// <param name="MustLook">What is there may differ from what is known. False: something else is desired of the same cloud.</param>
public sealed record PlaneNotice(string Why, bool MustLook = true);
