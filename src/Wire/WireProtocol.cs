namespace Trunkline.Wire;

/// <summary>
/// One of AWS's protocols: how a request becomes a call and how an output or a fault becomes a response. Stateless; no input
/// makes a method throw.
/// </summary>
public abstract class WireProtocol
{
    /// <summary>Forms in, XML out, EC2's own dialect:
    /// <see href="https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html"/>.</summary>
    public static WireProtocol Ec2Query { get; } = new Ec2QueryProtocol();

    /// <summary>Forms in, XML out (STS, IAM, ELB, SNS):
    /// <see href="https://smithy.io/2.0/aws/protocols/aws-query-protocol.html"/>.</summary>
    public static WireProtocol AwsQuery { get; } = new AwsQueryProtocol();

    /// <summary>JSON both ways, the operation in a header:
    /// <see href="https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html"/>.</summary>
    public static WireProtocol AwsJson11 { get; } = new AwsJson11Protocol();

    /// <summary>JSON both ways, the operation in method and path:
    /// <see href="https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html"/>.</summary>
    public static WireProtocol RestJson { get; } = new RestJsonProtocol();

    /// <summary>XML both ways, the operation in method and path:
    /// <see href="https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html"/>.</summary>
    public static WireProtocol RestXml { get; } = new RestXmlProtocol();

    /// <summary>Whether requests are forms with an <c>Action</c>.</summary>
    public virtual bool IsQuery => false;

    /// <summary>How parameters are read out of the tree.</summary>
    public abstract ShapeReader Reader { get; }

    /// <summary>The call in a request to <paramref name="service"/>, or why there is none.</summary>
    public abstract WireResult<WireCall> Read(WireRequest request, ServiceDescription service);

    /// <summary>The response for an output.</summary>
    public abstract WireResponse WriteOutput(ServiceDescription service, string operation, IShape output, string requestId);

    /// <summary>The response for a fault.</summary>
    public abstract WireResponse WriteFault(ServiceDescription service, WireFault fault, string requestId);

    /// <summary>The fault for a signature that was checked and is not valid.</summary>
    public virtual WireFault RefuseSignature(SignatureCheck check) => check == SignatureCheck.Mismatch
        ? new WireFault("SignatureDoesNotMatch", SignatureMessage, 403)
        : new WireFault("SignatureDoesNotMatch", "Signature expired, or made in the future: check the clock of the client", 403);

    /// <summary>What AWS says when the signature differs.</summary>
    protected const string SignatureMessage = "The request signature we calculated does not match the signature you provided. "
        + "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

    /// <summary>The fault for an operation name that the service does not have.</summary>
    public virtual WireFault UnknownOperation(string operation) => WireFault.InvalidAction(operation);
}
