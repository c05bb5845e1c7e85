using System.Collections.Frozen;

namespace Trunkline.Wire;

/// <summary>The HTTP binding of an operation of a REST service: <c>/path/{label}</c> and the status of success.</summary>
public sealed record HttpBinding(string Operation, string Method, string Path, int Status);

/// <summary>An error of the model: its shape name, the code that the wire carries and the HTTP status.</summary>
public sealed record ErrorDescription(string Name, string Code, int Status);

/// <summary>What the facts say of one service; generated.</summary>
public sealed record ServiceDescription
{
    /// <summary>The service's name in a signature's credential scope: ec2, sts, ssm.</summary>
    public required string Name { get; init; }

    /// <summary>How it is spoken.</summary>
    public required WireProtocol Protocol { get; init; }

    /// <summary>The version in requests, such as 2016-11-15.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The namespace of replies, empty for JSON.</summary>
    public required string XmlNamespace { get; init; }

    /// <summary>What stands before the dot in <c>X-Amz-Target</c>, empty except for JSON.</summary>
    public required string TargetPrefix { get; init; }

    /// <summary>Every operation of the facts, served or not.</summary>
    public required FrozenSet<string> AllOperationNames { get; init; }

    /// <summary>How REST operations are told apart; empty for others.</summary>
    public required IReadOnlyList<HttpBinding> Bindings { get; init; }

    /// <summary>The errors that the model names; EC2's has none.</summary>
    public required IReadOnlyList<ErrorDescription> Errors { get; init; }
}
