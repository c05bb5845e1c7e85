using System.Buffers;
using System.Text.Json;

namespace Trunkline.Wire;

/// <summary>The protocol of SSM, Direct Connect, ACM and CloudWatch Logs.</summary>
internal sealed class AwsJson11Protocol : WireProtocol
{
    private const string ContentType = "application/x-amz-json-1.1";

    /// <inheritdoc/>
    public override ShapeReader Reader { get; } = new JsonReader();

    /// <inheritdoc/>
    public override WireResult<WireCall> Read(WireRequest request, ServiceDescription service)
    {
        string target = request.Header("X-Amz-Target") ?? "";
        int dot = target.IndexOf('.');
        if (dot < 0 || !target.AsSpan(0, dot).SequenceEqual(service.TargetPrefix))
        {
            return UnknownOperation(target);
        }

        ParamNode root = new("", null);
        return JsonTree.Fill(root, request.Body.Span)
            ? new WireCall(target[(dot + 1)..], root)
            : new WireFault("SerializationException", "The body is not a JSON object within the limits");
    }

    /// <inheritdoc/>
    public override WireResponse WriteOutput(ServiceDescription service, string operation, IShape output, string requestId)
    {
        ArrayBufferWriter<byte> buffer = new(512);
        using Utf8JsonWriter json = new(buffer, Json.Options);
        json.WriteStartObject();
        output.Write(new JsonShapeWriter(json));
        json.WriteEndObject();
        json.Flush();
        return new WireResponse(200, ContentType, [new("x-amzn-RequestId", requestId)], buffer.WrittenMemory);
    }

    /// <inheritdoc/>
    public override WireResponse WriteFault(ServiceDescription service, WireFault fault, string requestId)
    {
        ArrayBufferWriter<byte> buffer = new(256);
        using Utf8JsonWriter json = new(buffer, Json.Options);
        json.WriteStartObject();
        json.WriteString("__type"u8, fault.Code);
        json.WriteString("message"u8, fault.Message);
        json.WriteEndObject();
        json.Flush();
        KeyValuePair<string, string>[] headers = [new("x-amzn-RequestId", requestId), new("x-amzn-ErrorType", fault.Code)];
        return new WireResponse(fault.Status, ContentType, headers, buffer.WrittenMemory);
    }

    /// <inheritdoc/>
    public override WireFault RefuseSignature(SignatureCheck check) => new("InvalidSignatureException", SignatureMessage);

    /// <inheritdoc/>
    public override WireFault UnknownOperation(string operation) =>
        new("UnknownOperationException", $"The operation '{operation}' is not known to this service");
}

/// <summary>What all JSON replies share.</summary>
internal static class Json
{
    /// <summary>Text as it is, except what JSON itself reserves: the replies never stand inside a page.</summary>
    public static JsonWriterOptions Options { get; } = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };
}
