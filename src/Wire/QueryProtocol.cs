using System.Buffers;

namespace Trunkline.Wire;

/// <summary>What EC2 and the AWS query protocol share: the form that a request is.</summary>
internal static class QueryRequest
{
    /// <summary>Parameters of the protocol and of SigV4 query signing, which no operation has.</summary>
    private static readonly string[] Protocol =
    [
        "Action", "Version", "AWSAccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "Timestamp", "Expires", "SecurityToken",
        "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature",
        "X-Amz-Security-Token",
    ];

    /// <summary>The call: parameters come from the query string and the body together.</summary>
    public static WireResult<WireCall> Read(WireRequest request)
    {
        ParamNode all = new("", null);
        if (FormTree.AddTo(all, System.Text.Encoding.UTF8.GetBytes(request.Query)) is { } queryFault)
        {
            return queryFault;
        }

        if (FormTree.AddTo(all, request.Body.Span) is { } bodyFault)
        {
            return bodyFault;
        }

        if (all.Child("Action")?.Value is not { Length: > 0 } action)
        {
            return new WireFault("MissingAction", "The request must contain the parameter Action");
        }

        all.Remove(Protocol);
        return new WireCall(action, all);
    }
}

/// <summary>The protocol of EC2.</summary>
internal sealed class Ec2QueryProtocol : WireProtocol
{
    /// <inheritdoc/>
    public override bool IsQuery => true;

    /// <inheritdoc/>
    public override ShapeReader Reader => QueryReader.Ec2;

    /// <inheritdoc/>
    public override WireFault RefuseSignature(SignatureCheck check) => check == SignatureCheck.Mismatch
        ? new WireFault("AuthFailure", "AWS was not able to validate the provided access credentials", 401)
        : new WireFault("RequestExpired", "Request has expired.");

    /// <inheritdoc/>
    public override WireResult<WireCall> Read(WireRequest request, ServiceDescription service) => QueryRequest.Read(request);

    /// <inheritdoc/>
    public override WireResponse WriteOutput(ServiceDescription service, string operation, IShape output, string requestId)
    {
        ArrayBufferWriter<byte> buffer = new(1024);
        XmlShapeWriter writer = new(buffer, isEc2: true);
        writer.Raw(Xml.Declaration);
        writer.Raw("<"u8);
        writer.Raw(operation);
        writer.Raw("Response xmlns=\""u8);
        writer.Raw(service.XmlNamespace);
        writer.Raw("/\">"u8);
        output.Write(writer);
        writer.Text("requestId"u8, requestId);
        writer.Raw("</"u8);
        writer.Raw(operation);
        writer.Raw("Response>"u8);
        return new WireResponse(200, Xml.ContentType, Xml.RequestId(requestId), buffer.WrittenMemory);
    }

    /// <inheritdoc/>
    public override WireResponse WriteFault(ServiceDescription service, WireFault fault, string requestId)
    {
        ArrayBufferWriter<byte> buffer = new(512);
        XmlShapeWriter writer = new(buffer, isEc2: true);
        writer.Raw(Xml.Declaration);
        writer.Raw("<Response><Errors><Error>"u8);
        writer.Text("Code"u8, fault.Code);
        writer.Text("Message"u8, fault.Message);
        writer.Raw("</Error></Errors>"u8);
        writer.Text("RequestID"u8, requestId);
        writer.Raw("</Response>"u8);
        return new WireResponse(fault.Status, Xml.ContentType, Xml.RequestId(requestId), buffer.WrittenMemory);
    }
}

/// <summary>The protocol of STS, IAM, ELB and SNS.</summary>
internal sealed class AwsQueryProtocol : WireProtocol
{
    /// <inheritdoc/>
    public override bool IsQuery => true;

    /// <inheritdoc/>
    public override ShapeReader Reader => QueryReader.AwsQuery;

    /// <inheritdoc/>
    public override WireResult<WireCall> Read(WireRequest request, ServiceDescription service) => QueryRequest.Read(request);

    /// <inheritdoc/>
    public override WireResponse WriteOutput(ServiceDescription service, string operation, IShape output, string requestId)
    {
        ArrayBufferWriter<byte> buffer = new(1024);
        XmlShapeWriter writer = new(buffer, isEc2: false);
        writer.Raw("<"u8);
        writer.Raw(operation);
        writer.Raw("Response xmlns=\""u8);
        writer.Raw(service.XmlNamespace);
        writer.Raw("\"><"u8);
        writer.Raw(operation);
        writer.Raw("Result>"u8);
        output.Write(writer);
        writer.Raw("</"u8);
        writer.Raw(operation);
        writer.Raw("Result><ResponseMetadata>"u8);
        writer.Text("RequestId"u8, requestId);
        writer.Raw("</ResponseMetadata></"u8);
        writer.Raw(operation);
        writer.Raw("Response>"u8);
        return new WireResponse(200, Xml.ContentType, Xml.RequestId(requestId), buffer.WrittenMemory);
    }

    /// <inheritdoc/>
    public override WireResponse WriteFault(ServiceDescription service, WireFault fault, string requestId)
    {
        ArrayBufferWriter<byte> buffer = new(512);
        XmlShapeWriter writer = new(buffer, isEc2: false);
        writer.Raw("<ErrorResponse xmlns=\""u8);
        writer.Raw(service.XmlNamespace);
        writer.Raw("\"><Error>"u8);
        writer.Text("Type"u8, fault.IsServerFault ? "Receiver" : "Sender");
        writer.Text("Code"u8, fault.Code);
        writer.Text("Message"u8, fault.Message);
        writer.Raw("</Error>"u8);
        writer.Text("RequestId"u8, requestId);
        writer.Raw("</ErrorResponse>"u8);
        return new WireResponse(fault.Status, Xml.ContentType, Xml.RequestId(requestId), buffer.WrittenMemory);
    }
}

/// <summary>What all XML replies share.</summary>
internal static class Xml
{
    /// <summary>The media type.</summary>
    public const string ContentType = "text/xml;charset=UTF-8";

    /// <summary>The first line.</summary>
    public static ReadOnlySpan<byte> Declaration => "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"u8;

    /// <summary>The header that repeats the request's id.</summary>
    public static KeyValuePair<string, string>[] RequestId(string id) => [new("x-amzn-RequestId", id)];
}
