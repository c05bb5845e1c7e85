namespace Trunkline.Control;

/// <summary>One request, ready to be carried out by the <see cref="Engine"/>.</summary>
/// <param name="Action">Service and operation: <c>ec2:CreateVpc</c>.</param>
/// <param name="IsRead">A read runs beside others on the published cloud and may not write.</param>
/// <param name="IsDryRun">Carried out and dropped: says whether it would have succeeded.</param>
/// <param name="ClientToken">The idempotency token; null where the request has none.</param>
/// <param name="Parameters">The parameters as text, for the audit line and to tell a repeated token from a misused one.</param>
/// <param name="Run">The handler.</param>
/// <param name="Render">The answer's body, with the request's id in it.</param>
public sealed record Command(
    Caller Caller,
    string Action,
    bool IsRead,
    bool IsDryRun,
    string? ClientToken,
    Func<string> Parameters,
    Func<CommandContext, object> Run,
    Func<object, string> Render);

/// <summary>How a command ended: exactly one of an answer and a fault.</summary>
/// <param name="Output">What the handler returned.</param>
/// <param name="Replay">The body of an earlier answer to the same token, to be sent in place of an output.</param>
public readonly record struct Outcome(object? Output, string? Replay, Fault? Fault);
