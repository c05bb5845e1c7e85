using System.Text;

namespace Trunkline.Wire;

/// <summary>Finds which service a request is for, when one address serves them all.</summary>
public static class ServiceDetection
{
    /// <summary>
    /// The service, or null. The credential scope decides; without one <c>X-Amz-Target</c>, then the first label of the host
    /// name (<c>ec2.us-east-1.amazonaws.com</c>), then the operation in a form. Services that share a signing name, as the two
    /// generations of load balancing do, are told apart by <c>Version</c>.
    /// </summary>
    public static ServiceDescription? Find(
        WireRequest request, RequestSignature? signature, IReadOnlyList<ServiceDescription> services)
    {
        if (signature is not null)
        {
            return Among([.. services.Where(service => service.SigningName == signature.Service)], request);
        }

        if (request.Header("X-Amz-Target") is { } target)
        {
            int dot = target.IndexOf('.');
            return services.FirstOrDefault(
                service => service.TargetPrefix.Length > 0 && dot > 0 && target.AsSpan(0, dot).SequenceEqual(service.TargetPrefix));
        }

        string host = request.Header("Host") ?? "";
        string label = host.Contains('.') ? host[..host.IndexOf('.')] : host;
        ServiceDescription[] named = [.. services.Where(service => service.SigningName == label)];
        return named.Length > 0 ? Among(named, request) : ByOperation(services, request);
    }

    private static ServiceDescription? Among(ServiceDescription[] candidates, WireRequest request)
    {
        if (candidates.Length < 2)
        {
            return candidates.FirstOrDefault();
        }

        string? version = Parameter(request, "Version");
        return candidates.FirstOrDefault(service => service.ApiVersion == version) ?? ByOperation(candidates, request) ?? candidates[0];
    }

    private static ServiceDescription? ByOperation(IReadOnlyList<ServiceDescription> services, WireRequest request)
    {
        if (Parameter(request, "Action") is not { } action)
        {
            return null;
        }

        string? version = Parameter(request, "Version");
        ServiceDescription[] having = [.. services.Where(
            service => service.Protocol.IsQuery && service.Has(action))];
        return having.FirstOrDefault(service => service.ApiVersion == version) ?? having.FirstOrDefault();
    }

    /// <summary>A parameter of the query string or the form, without reading the rest into a tree.</summary>
    private static string? Parameter(WireRequest request, string name) =>
        Parameter(Encoding.UTF8.GetBytes(request.Query), name) ?? Parameter(request.Body.Span, name);

    private static string? Parameter(ReadOnlySpan<byte> form, string name)
    {
        byte[] start = Encoding.UTF8.GetBytes(name + "=");
        while (!form.IsEmpty)
        {
            int end = form.IndexOf((byte)'&');
            ReadOnlySpan<byte> pair = end < 0 ? form : form[..end];
            if (pair.StartsWith(start))
            {
                return FormTree.Decode(pair[start.Length..]);
            }

            form = end < 0 ? [] : form[(end + 1)..];
        }

        return null;
    }
}
