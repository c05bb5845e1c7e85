using System.Collections.Frozen;

namespace Trunkline.Wire;

/// <summary>
/// The HTTP binding of an operation of a REST service: <c>/path/{label}</c>, the status of success, and whether one member
/// is the whole body of the request.
/// </summary>
public sealed record HttpBinding(string Operation, string Method, string Path, int Status, bool HasPayload);

/// <summary>An error of the model: its shape name, the code that the wire carries and the HTTP status.</summary>
public sealed record ErrorDescription(string Name, string Code, int Status);

/// <summary>What the facts say of one service; generated.</summary>
public sealed record ServiceDescription
{
    private FrozenSet<string>? names;

    /// <summary>The service's own name here: ec2, elbv2, ssm.</summary>
    public required string Name { get; init; }

    /// <summary>Its name in a signature's credential scope and in host names; several services may share one.</summary>
    public required string SigningName { get; init; }

    /// <summary>How it is spoken.</summary>
    public required WireProtocol Protocol { get; init; }

    /// <summary>The version in requests, such as 2016-11-15.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The namespace of replies, empty for JSON.</summary>
    public required string XmlNamespace { get; init; }

    /// <summary>What stands before the dot in <c>X-Amz-Target</c>, empty except for JSON.</summary>
    public required string TargetPrefix { get; init; }

    /// <summary>Every operation of the facts, served or not; a space between two.</summary>
    public required string OperationNames
    {
        get;

        // A copy made with other operations must not keep the set of the one it was copied from.
        init => (field, names) = (value, null);
    }

    /// <summary>How REST operations are told apart; empty for others.</summary>
    public required IReadOnlyList<HttpBinding> Bindings { get; init; }

    /// <summary>The errors that the model names; EC2's has none.</summary>
    public required IReadOnlyList<ErrorDescription> Errors { get; init; }

    /// <summary>Whether AWS has the operation. The set is made when it is first asked for: most services of an endpoint are never called.</summary>
    public bool Has(string operation) =>
        (names ??= OperationNames.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal)).Contains(operation);

    /// <summary>The HTTP status of an operation's success: its binding's, or 200.</summary>
    public int StatusOf(string operation)
    {
        foreach (HttpBinding binding in Bindings)
        {
            if (binding.Operation == operation)
            {
                return binding.Status;
            }
        }

        return 200;
    }
}
