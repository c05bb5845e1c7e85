using Trunkline.Wire;

namespace Trunkline.Api;

/// <summary>Refuses a service by name, in the form its own clients read: they look for the code where their protocol has it.</summary>
internal static class Unserved
{
    public static WireResponse Refuse(WireRequest request, string service, string requestId)
    {
        WireFault fault = new("UnsupportedOperation", $"The service {service} is not served by Trunkline.");
        WireProtocol protocol = service is "route53" or "cloudfront" ? WireProtocol.RestXml : ProtocolOf(request);
        return protocol.WriteFault(Nothing(service, protocol), fault, requestId);
    }

    private static WireProtocol ProtocolOf(WireRequest request) => request.Header("X-Amz-Target") is not null
        ? WireProtocol.AwsJson11
        : request.Header("Content-Type")?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true
            ? WireProtocol.AwsQuery
            : WireProtocol.RestJson;

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
