using Trunkline.Cloud;

namespace Trunkline.Control.Elbv2;

/// <summary>
/// The certificate list of a secure listener, chosen from by the name that a client asks for (RFC 6066, section 3). Source: ELBv2 API,
/// AddListenerCertificates, RemoveListenerCertificates, DescribeListenerCertificates.
/// </summary>
public sealed partial class Elbv2Service
{
    public AwsElbv2.AddListenerCertificatesOutput AddListenerCertificates(
        CommandContext context, AwsElbv2.AddListenerCertificatesInput request)
    {
        Listener listener = SecureListener(context, request.ListenerArn);
        List<string> added = [.. OneCertificate(request.Certificates).Select(c => ListenerRules.CheckedCertificate(context, c))];
        Listener changed = listener with { Certificates = [.. listener.Certificates.Concat(added).Distinct(StringComparer.Ordinal)] };
        LoadBalancer balancer = context.Here.Get(new Id<LoadBalancer>(listener.LoadBalancerKey));

        // The default certificates of a load balancer do not count.
        int count = changed.Certificates.Length - 1 + context.Here.By<Listener>(Listener.LoadBalancerWord(balancer.Key))
            .Where(l => l.Key != listener.Key && !l.Certificates.IsEmpty).Sum(l => l.Certificates.Length - 1);
        context.Quotas.Check(
            balancer.Type == LoadBalancerType.Network
                ? LoadBalancerQuotas.CertificatesPerNetwork
                : LoadBalancerQuotas.CertificatesPerApplication,
            count);
        context.Put(changed);
        return new AwsElbv2.AddListenerCertificatesOutput
        {
            Certificates = [.. added.Select(arn => new AwsElbv2.Certificate { CertificateArn = arn, IsDefault = arn == changed.Certificates[0] })],
        };
    }

    /// <remarks>A certificate that is not in the list is nothing to do; the default one is replaced by ModifyListener only.</remarks>
    public AwsElbv2.RemoveListenerCertificatesOutput RemoveListenerCertificates(
        CommandContext context, AwsElbv2.RemoveListenerCertificatesInput request)
    {
        Listener listener = SecureListener(context, request.ListenerArn);
        foreach (AwsElbv2.Certificate certificate in OneCertificate(request.Certificates))
        {
            if (certificate.CertificateArn == listener.Certificates[0])
            {
                throw Elbv2Faults.NotPermitted("The default certificate of a listener cannot be removed");
            }

            listener = listener with { Certificates = listener.Certificates.RemoveAll(c => c == certificate.CertificateArn) };
        }

        context.Put(listener);
        return new AwsElbv2.RemoveListenerCertificatesOutput();
    }

    public AwsElbv2.DescribeListenerCertificatesOutput DescribeListenerCertificates(
        CommandContext context, AwsElbv2.DescribeListenerCertificatesInput request)
    {
        Listener listener = Elbv2Arns.GetListener(context, request.ListenerArn);
        Page<string> page = PageOf(listener.Certificates.Order(StringComparer.Ordinal), request.PageSize, request.Marker, arn => arn);
        return new AwsElbv2.DescribeListenerCertificatesOutput
        {
            Certificates =
                [.. page.Rows.Select(arn => new AwsElbv2.Certificate { CertificateArn = arn, IsDefault = arn == listener.Certificates[0] })],
            NextMarker = page.NextToken,
        };
    }

    private static Listener SecureListener(CommandContext context, string? arn)
    {
        Listener listener = Elbv2Arns.GetListener(context, arn);
        return ListenerRules.IsSecure(listener.Protocol)
            ? listener
            : throw Elbv2Faults.Validation($"Certificates cannot be specified for {listener.Protocol} listeners");
    }

    private static IReadOnlyList<AwsElbv2.Certificate> OneCertificate(IReadOnlyList<AwsElbv2.Certificate>? certificates) =>
        certificates is { Count: 1 } one ? one : throw Elbv2Faults.Validation("You must specify exactly one certificate");
}
