using System.Security;
using System.Text;
using Trunkline.Wire;

namespace Trunkline.Api;

/// <summary>Refuses a service by name, in the form its own clients read: they look for the code where their protocol has it.</summary>
internal static class Unserved
{
    public static WireResponse Refuse(WireRequest request, string service, string requestId)
    {
        WireFault fault = new("UnsupportedOperation", $"The service {service} is not served by Trunkline.");
        if (service == "s3")
        {
            return S3(fault, requestId);
        }

        WireProtocol protocol = service is "route53" or "cloudfront" ? WireProtocol.RestXml : ProtocolOf(request);
        return protocol.WriteFault(Nothing(service, protocol), fault, requestId);
    }

    private static WireProtocol ProtocolOf(WireRequest request) => request.Header("X-Amz-Target") is not null
        ? WireProtocol.AwsJson11
        : request.Header("Content-Type")?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true
            ? WireProtocol.AwsQuery
            : WireProtocol.RestJson;

    /// <summary>S3's errors stand alone, without the envelope of other XML services.</summary>
    private static WireResponse S3(WireFault fault, string requestId)
    {
        string body = $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{fault.Code}</Code><Message>{SecurityElement.Escape(fault.Message)}"
            + $"</Message><RequestId>{requestId}</RequestId></Error>";
        return new WireResponse(fault.Status, "application/xml", [new("x-amz-request-id", requestId)], Encoding.UTF8.GetBytes(body));
    }

    private static ServiceDescription Nothing(string service, WireProtocol protocol) => new()
    {
        Name = service,
        SigningName = service,
        Protocol = protocol,
        ApiVersion = "",
        XmlNamespace = "",
        TargetPrefix = "",
        OperationNames = "",
        Bindings = [],
        Errors = [],
    };
}
