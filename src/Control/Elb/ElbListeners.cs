using System.Collections.Immutable;
using Trunkline.Cloud;
using AwsElb = Trunkline.Wire.Elb;

namespace Trunkline.Control.Elb;

/// <summary>
/// Listeners of classic load balancers. Source: Elastic Load Balancing API 2012-06-01, CreateLoadBalancerListeners, Listener; AWS,
/// "Listeners for your Classic Load Balancer".
/// </summary>
public sealed partial class ElbService
{
    public AwsElb.CreateLoadBalancerListenerOutput CreateLoadBalancerListeners(
        CommandContext context, AwsElb.CreateLoadBalancerListenerInput request)
    {
        ClassicLoadBalancer balancer = ElbNames.Get(context, request.LoadBalancerName);
        ImmutableArray<ClassicListener> asked = ListenersOf(context, request.Listeners, balancer.Listeners);
        List<ClassicListener> added = [];
        foreach (ClassicListener listener in asked)
        {
            ClassicListener? existing = balancer.Listeners.FirstOrDefault(l => l.Port == listener.Port);
            if (existing is null)
            {
                added.Add(listener);
            }
            else if (!IsSame(existing, listener))
            {
                throw new Fault(
                    "DuplicateListener",
                    $"A listener already exists for {balancer.Name} with LoadBalancerPort {listener.Port}, but with a different InstancePort, "
                    + "Protocol, or SSLCertificateId");
            }
        }

        if (added.Count > 0)
        {
            context.Put(WithListeners(context, balancer, added));
        }

        return new AwsElb.CreateLoadBalancerListenerOutput();
    }

    /// <remarks>Ports without a listener are passed over, as on AWS.</remarks>
    public AwsElb.DeleteLoadBalancerListenerOutput DeleteLoadBalancerListeners(
        CommandContext context, AwsElb.DeleteLoadBalancerListenerInput request)
    {
        ClassicLoadBalancer balancer = ElbNames.Get(context, request.LoadBalancerName);
        IReadOnlyList<int> ports = request.LoadBalancerPorts ?? [];
        ImmutableArray<ClassicListener> left = [.. balancer.Listeners.Where(l => !ports.Contains(l.Port))];
        context.Put(balancer with
        {
            Listeners = left,
            Backends = [.. balancer.Backends.Where(b => left.Any(l => l.InstancePort == b.InstancePort))],
        });
        return new AwsElb.DeleteLoadBalancerListenerOutput();
    }

    public AwsElb.SetLoadBalancerListenerSSLCertificateOutput SetLoadBalancerListenerSSLCertificate(
        CommandContext context, AwsElb.SetLoadBalancerListenerSSLCertificateInput request)
    {
        ClassicLoadBalancer balancer = ElbNames.Get(context, request.LoadBalancerName);
        ClassicListener listener = ListenerAt(balancer, Door.Required(request.LoadBalancerPort, "LoadBalancerPort"));
        string certificate = CheckedCertificate(context, Door.Required(request.SSLCertificateId, "SSLCertificateId"));
        if (!IsSecure(listener.Protocol))
        {
            throw ElbFaults.Configuration($"The listener at port {listener.Port} does not use HTTPS or SSL: it takes no certificate");
        }

        context.Put(balancer with { Listeners = balancer.Listeners.Replace(listener, listener with { CertificateArn = certificate }) });
        return new AwsElb.SetLoadBalancerListenerSSLCertificateOutput();
    }

    /// <summary>The listener at a port of the load balancer.</summary>
    private static ClassicListener ListenerAt(ClassicLoadBalancer balancer, int port) =>
        balancer.Listeners.FirstOrDefault(l => l.Port == port) ?? throw ElbFaults.ListenerNotFound(balancer.Name, port);

    /// <summary>The listeners of a request, checked each and against one another and those that are there.</summary>
    private static ImmutableArray<ClassicListener> ListenersOf(
        CommandContext context, IReadOnlyList<AwsElb.Listener>? asked, ImmutableArray<ClassicListener> existing)
    {
        List<ClassicListener> listeners = [];
        foreach (AwsElb.Listener one in asked ?? [])
        {
            ClassicListener listener = ListenerOf(context, one);
            if (listeners.Any(l => l.Port == listener.Port))
            {
                throw ElbFaults.Configuration($"More than one listener is given for the load balancer port {listener.Port}");
            }

            foreach (ClassicListener other in existing.Where(e => e.Port != listener.Port).Concat(listeners))
            {
                if (other.InstancePort == listener.InstancePort && IsSecure(other.InstanceProtocol) != IsSecure(listener.InstanceProtocol))
                {
                    throw ElbFaults.Configuration(
                        $"Listeners with the instance port {listener.InstancePort} must all use a secure instance protocol, or none of them");
                }
            }

            listeners.Add(listener);
        }

        return [.. listeners.OrderBy(l => l.Port)];
    }

    private static ClassicListener ListenerOf(CommandContext context, AwsElb.Listener asked)
    {
        string protocol = ProtocolOf(Door.Required(asked.Protocol, "Protocol"));
        string instance = string.IsNullOrEmpty(asked.InstanceProtocol)
            ? IsOfRequests(protocol) ? "HTTP" : "TCP"
            : ProtocolOf(asked.InstanceProtocol);
        int port = Door.Required(asked.LoadBalancerPort, "LoadBalancerPort");
        int instancePort = Door.Required(asked.InstancePort, "InstancePort");
        new Constraints().Range(port, "loadBalancerPort", 1, 65535).Range(instancePort, "instancePort", 1, 65535).Check();
        if (IsOfRequests(protocol) != IsOfRequests(instance))
        {
            throw ElbFaults.Validation(
                $"Protocol {protocol} and InstanceProtocol {instance} are not at the same layer: both HTTP or HTTPS, or both TCP or SSL");
        }

        string? certificate = string.IsNullOrEmpty(asked.SSLCertificateId) ? null : asked.SSLCertificateId;
        if (certificate is null && IsSecure(protocol))
        {
            throw ElbFaults.Validation("Secure Listeners need to specify a SSLCertificateId");
        }

        if (certificate is not null && !IsSecure(protocol))
        {
            throw ElbFaults.Configuration($"A listener of protocol {protocol} takes no SSLCertificateId");
        }

        return new ClassicListener(
            protocol, port, instance, instancePort, certificate is null ? null : CheckedCertificate(context, certificate), []);
    }

    /// <summary>The load balancer with further listeners; those of HTTPS and SSL get the default security policy.</summary>
    private static ClassicLoadBalancer WithListeners(
        CommandContext context, ClassicLoadBalancer balancer, IEnumerable<ClassicListener> added)
    {
        ImmutableArray<ClassicListener> all =
        [
            .. balancer.Listeners.Concat(added.Select(l => IsSecure(l.Protocol) ? l with { Policies = [ElbPolicyTypes.DefaultSslPolicy] } : l))
                .OrderBy(l => l.Port),
        ];
        context.Quotas.Check(Quotas.ListenersPerClassicLoadBalancer, all.Length);
        bool lacksPolicy = all.Any(l => l.Policies.Contains(ElbPolicyTypes.DefaultSslPolicy))
            && balancer.Policies.All(p => p.Name != ElbPolicyTypes.DefaultSslPolicy);
        return balancer with
        {
            Listeners = all,
            Policies = lacksPolicy ? WithPolicy(balancer.Policies, ElbPolicyTypes.DefaultPolicy) : balancer.Policies,
        };
    }

    private static bool IsSame(ClassicListener one, ClassicListener other) =>
        one.Port == other.Port && one.Protocol == other.Protocol && one.InstancePort == other.InstancePort
        && one.InstanceProtocol == other.InstanceProtocol && one.CertificateArn == other.CertificateArn;

    private static string ProtocolOf(string text) => text.ToUpperInvariant() is "HTTP" or "HTTPS" or "TCP" or "SSL"
        ? text.ToUpperInvariant()
        : throw new Fault("UnsupportedProtocol", $"The protocol '{text}' is not supported: it is HTTP, HTTPS, TCP or SSL");

    private static bool IsSecure(string protocol) => protocol is "HTTPS" or "SSL";

    private static bool IsOfRequests(string protocol) => protocol is "HTTP" or "HTTPS";

    /// <summary>A certificate of IAM in the account, or of Certificate Manager in the account and region.</summary>
    private static string CheckedCertificate(CommandContext context, string arn) =>
        Iam.IamService.CertificateOfArn(context, arn) is not null || context.Here.Table<Certificate>().Find(arn[(arn.LastIndexOf('/') + 1)..])?.Arn == arn
            ? arn
            : throw ElbFaults.CertificateNotFound(arn);
}
