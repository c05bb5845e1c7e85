namespace Trunkline.Wire;

/// <summary>
/// One of AWS's protocols: how a request becomes a call and how an output or a fault becomes a response. Stateless; no input
/// makes a method throw.
/// </summary>
public abstract class WireProtocol
{
    /// <summary>Forms in, XML out, EC2's own dialect: <see href="https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html"/>.</summary>
    public static WireProtocol Ec2Query { get; } = new Ec2QueryProtocol();

    /// <summary>Forms in, XML out (STS, IAM, ELB, SNS): <see href="https://smithy.io/2.0/aws/protocols/aws-query-protocol.html"/>.</summary>
    public static WireProtocol AwsQuery { get; } = new AwsQueryProtocol();

    /// <summary>JSON both ways, the operation in a header: <see href="https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html"/>.</summary>
    public static WireProtocol AwsJson11 { get; } = new AwsJson11Protocol();

    /// <summary>How parameters are read out of the tree.</summary>
    public abstract ShapeReader Reader { get; }

    /// <summary>The call in a request to <paramref name="service"/>, or why there is none.</summary>
    public abstract WireResult<WireCall> Read(WireRequest request, ServiceDescription service);

    /// <summary>The response for an output.</summary>
    public abstract WireResponse WriteOutput(ServiceDescription service, string operation, IShape output, string requestId);

    /// <summary>The response for a fault.</summary>
    public abstract WireResponse WriteFault(ServiceDescription service, WireFault fault, string requestId);

    /// <summary>The fault for an operation name that the service does not have.</summary>
    public virtual WireFault UnknownOperation(string operation) => WireFault.InvalidAction(operation);
}
