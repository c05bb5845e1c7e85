using System.Buffers;
using System.Text.Json;

namespace Trunkline.Wire;

/// <summary>The protocol of Network Manager and RAM.</summary>
internal sealed class RestJsonProtocol : WireProtocol
{
    private const string ContentType = "application/json";

    /// <inheritdoc/>
    public override ShapeReader Reader { get; } = new JsonReader();

    /// <inheritdoc/>
    public override WireResult<WireCall> Read(WireRequest request, ServiceDescription service) =>
        RestRequest.Read(request, service, JsonTree.Fill, "SerializationException");

    /// <inheritdoc/>
    public override WireResponse WriteOutput(ServiceDescription service, string operation, IShape output, string requestId)
    {
        ArrayBufferWriter<byte> buffer = new(512);
        using Utf8JsonWriter json = new(buffer, Json.Options);
        JsonShapeWriter writer = new(json);
        json.WriteStartObject();
        output.Write(writer);
        json.WriteEndObject();
        json.Flush();
        return new WireResponse(
            writer.StatusCode ?? service.StatusOf(operation), ContentType, [new("x-amzn-RequestId", requestId), .. writer.Headers],
            buffer.WrittenMemory);
    }

    /// <inheritdoc/>
    public override WireResponse WriteFault(ServiceDescription service, WireFault fault, string requestId)
    {
        ArrayBufferWriter<byte> buffer = new(256);
        using Utf8JsonWriter json = new(buffer, Json.Options);
        json.WriteStartObject();
        json.WriteString("message"u8, fault.Message);
        foreach (FaultDetail detail in fault.Details)
        {
            Write(json, detail);
        }

        json.WriteEndObject();
        json.Flush();
        KeyValuePair<string, string>[] headers = [new("x-amzn-RequestId", requestId), new("x-amzn-ErrorType", NameOf(service, fault.Code))];
        return new WireResponse(fault.Status, ContentType, headers, buffer.WrittenMemory);
    }

    /// <summary>Clients of these services know errors by the names of their shapes, whatever code an older protocol had for them.</summary>
    private static string NameOf(ServiceDescription service, string code)
    {
        foreach (ErrorDescription error in service.Errors)
        {
            if (error.Code == code)
            {
                return error.Name;
            }
        }

        return code;
    }

    private static void Write(Utf8JsonWriter json, FaultDetail detail)
    {
        if (detail.Text is not null)
        {
            json.WriteString(detail.Name, detail.Text);
            return;
        }

        json.WriteStartArray(detail.Name);
        foreach (KeyValuePair<string, string> field in detail.Fields)
        {
            json.WriteStartObject();
            json.WriteString("Name"u8, field.Key);
            json.WriteString("Message"u8, field.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <inheritdoc/>
    public override WireFault RefuseSignature(SignatureCheck check) => new("InvalidSignatureException", SignatureMessage, 403);

    /// <inheritdoc/>
    public override WireFault UnknownOperation(string operation) =>
        new("UnknownOperationException", $"The operation '{operation}' is not known to this service", 404);
}

/// <summary>The protocol of Route 53.</summary>
internal sealed class RestXmlProtocol : WireProtocol
{
    /// <inheritdoc/>
    public override ShapeReader Reader { get; } = new XmlBodyReader();

    /// <inheritdoc/>
    public override WireResult<WireCall> Read(WireRequest request, ServiceDescription service) =>
        RestRequest.Read(request, service, XmlTree.Fill, "InvalidInput");

    /// <inheritdoc/>
    public override WireResponse WriteOutput(ServiceDescription service, string operation, IShape output, string requestId)
    {
        // Which member is the whole body, if any, is known after it is written; so the root comes last.
        ArrayBufferWriter<byte> body = new(1024);
        XmlShapeWriter writer = new(body, isEc2: false);
        output.Write(writer);
        string root = writer.PayloadName ?? output.GetType().Name;
        ArrayBufferWriter<byte> buffer = new(body.WrittenCount + 256);
        XmlShapeWriter whole = new(buffer, isEc2: false);
        whole.Raw(Xml.Declaration);
        whole.Raw("<"u8);
        whole.Raw(root);
        whole.Raw(" xmlns=\""u8);
        whole.Raw(service.XmlNamespace);
        whole.Raw("\">"u8);
        whole.Raw(body.WrittenSpan);
        whole.Raw("</"u8);
        whole.Raw(root);
        whole.Raw(">"u8);
        return new WireResponse(
            writer.StatusCode ?? service.StatusOf(operation), Xml.ContentType, [.. Xml.RequestId(requestId), .. writer.Headers],
            buffer.WrittenMemory);
    }

    /// <inheritdoc/>
    public override WireResponse WriteFault(ServiceDescription service, WireFault fault, string requestId) =>
        AwsQuery.WriteFault(service, fault, requestId);

    /// <inheritdoc/>
    public override WireFault UnknownOperation(string operation) =>
        new("UnknownOperationException", $"The operation '{operation}' is not known to this service", 404);
}
