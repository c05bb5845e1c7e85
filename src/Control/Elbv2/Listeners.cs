using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Elbv2;

/// <summary>Listeners. Source: ELBv2 API, CreateListener, ModifyListener, DeleteListener, DescribeListeners.</summary>
public sealed partial class Elbv2Service
{
    public AwsElbv2.CreateListenerOutput CreateListener(CommandContext context, AwsElbv2.CreateListenerInput request)
    {
        LoadBalancer balancer = Elbv2Arns.GetLoadBalancer(context, request.LoadBalancerArn);
        (string protocol, int port) = ListenerRules.ProtocolAndPort(balancer, request.Protocol, request.Port);
        Listener wanted = new()
        {
            Key = $"{balancer.Key}/{NewHex(context)}",
            LoadBalancerKey = balancer.Key,
            Protocol = protocol,
            Port = port,
            DefaultActions = Actions.Read(context, balancer, protocol, request.DefaultActions),
            DefaultRuleId = NewHex(context),
            CreatedTime = context.Now,
            Tags = NewTags(request.Tags),
        };
        wanted = ListenerRules.WithSecurity(
            context, wanted, new ListenerSecurity(request.SslPolicy, request.Certificates, request.AlpnPolicy, request.MutualAuthentication));
        if (ListenerRules.OnSamePort(context, wanted) is { } there)
        {
            return new AwsElbv2.CreateListenerOutput
            {
                Listeners = [ToWire(context, ListenerRules.IsSame(there, wanted) ? there : throw ListenerRules.Duplicate(context, balancer))],
            };
        }

        int count = context.Here.By<Listener>(Listener.LoadBalancerWord(balancer.Key)).Count() + 1;
        CheckListenerCount(context, balancer, count);
        return new AwsElbv2.CreateListenerOutput { Listeners = [ToWire(context, context.Put(wanted))] };
    }

    public AwsElbv2.ModifyListenerOutput ModifyListener(CommandContext context, AwsElbv2.ModifyListenerInput request)
    {
        Listener listener = Elbv2Arns.GetListener(context, request.ListenerArn);
        LoadBalancer balancer = context.Here.Get(new Id<LoadBalancer>(listener.LoadBalancerKey));
        bool isGateway = balancer.Type == LoadBalancerType.Gateway;
        (string protocol, int port) = ListenerRules.ProtocolAndPort(
            balancer, isGateway ? request.Protocol : request.Protocol ?? listener.Protocol, isGateway ? request.Port : request.Port ?? listener.Port);
        bool wasSecure = ListenerRules.IsSecure(listener.Protocol);
        Listener changed = listener with { Protocol = protocol, Port = port };
        if (request.DefaultActions is { Count: > 0 } actions)
        {
            changed = changed with { DefaultActions = Actions.Read(context, balancer, protocol, actions) };
        }
        else if (protocol != listener.Protocol)
        {
            foreach (string key in listener.DefaultActions.SelectMany(a => a.TargetGroupKeys()))
            {
                TargetGroupUse.Check(context, balancer, protocol, context.Here.Get(new Id<TargetGroup>(key)));
            }
        }

        // A listener that becomes secure needs a certificate; one that stays so keeps what it is not given.
        if (!ListenerRules.IsSecure(protocol))
        {
            changed = changed with { SslPolicy = null, Certificates = [], Alpn = null, MutualAuthentication = null };
        }

        ListenerSecurity asked = new(request.SslPolicy, request.Certificates, request.AlpnPolicy, request.MutualAuthentication);
        changed = ListenerRules.WithSecurity(context, changed, asked, keeps: wasSecure);
        if (ListenerRules.OnSamePort(context, changed) is not null)
        {
            throw ListenerRules.Duplicate(context, balancer);
        }

        return new AwsElbv2.ModifyListenerOutput { Listeners = [ToWire(context, context.Put(changed))] };
    }

    public AwsElbv2.DeleteListenerOutput DeleteListener(CommandContext context, AwsElbv2.DeleteListenerInput request)
    {
        Remove(context, Elbv2Arns.GetListener(context, request.ListenerArn));
        return new AwsElbv2.DeleteListenerOutput();
    }

    public AwsElbv2.DescribeListenersOutput DescribeListeners(CommandContext context, AwsElbv2.DescribeListenersInput request)
    {
        bool byBalancer = request.LoadBalancerArn is not null;
        if (byBalancer == request.ListenerArns is { Count: > 0 })
        {
            throw Elbv2Faults.Validation(byBalancer
                ? "You cannot specify both listener ARNs and a load balancer ARN"
                : "You must specify either listener ARNs or a load balancer ARN");
        }

        IEnumerable<Listener> rows = byBalancer
            ? context.Here.By<Listener>(Listener.LoadBalancerWord(Elbv2Arns.GetLoadBalancer(context, request.LoadBalancerArn).Key))
            : Named(request.ListenerArns!, "listeners").Select(arn => Elbv2Arns.GetListener(context, arn));
        Page<Listener> page = PageOf(rows.OrderBy(l => l.Key, StringComparer.Ordinal), request.PageSize, request.Marker);
        return new AwsElbv2.DescribeListenersOutput
        {
            Listeners = [.. page.Rows.Select(l => ToWire(context, l))],
            NextMarker = page.NextToken,
        };
    }

    /// <remarks>A gateway load balancer's listener takes everything: it shows neither protocol nor port.</remarks>
    private static AwsElbv2.Listener ToWire(CommandContext context, Listener listener) => new()
    {
        ListenerArn = Elbv2Arns.Of(context, listener),
        LoadBalancerArn = Elbv2Arns.LoadBalancer(context, listener.LoadBalancerKey),
        Protocol = listener.Protocol == ListenerRules.Tunnel ? null : listener.Protocol,
        Port = listener.Protocol == ListenerRules.Tunnel ? null : listener.Port,
        SslPolicy = listener.SslPolicy,
        Certificates = listener.Certificates is [{ } first, ..] ? [new AwsElbv2.Certificate { CertificateArn = first }] : null,
        AlpnPolicy = listener.Alpn is { } alpn ? [alpn] : null,
        DefaultActions = [.. listener.DefaultActions.Select(a => Actions.ToWire(context, a))],
        MutualAuthentication = listener.MutualAuthentication is { } mutual ? ToWire(context, mutual) : null,
    };

    private static AwsElbv2.MutualAuthenticationAttributes ToWire(CommandContext context, MutualAuthentication mutual) => new()
    {
        Mode = mutual.Mode,
        TrustStoreArn = mutual.TrustStoreKey is { } key ? Elbv2Arns.Of(context, context.Here.Get(new Id<TrustStore>(key))) : null,
        IgnoreClientCertificateExpiry = mutual.IgnoreExpiry,
        TrustStoreAssociationStatus = mutual.TrustStoreKey is null ? null : "active",
        AdvertiseTrustStoreCaNames = mutual.AdvertiseNames,
    };

    /// <summary>A listener goes with its rules.</summary>
    private static void Remove(CommandContext context, Listener listener)
    {
        foreach (ListenerRule rule in context.Here.By<ListenerRule>(ListenerRule.ListenerWord(listener.Key)).ToList())
        {
            context.Remove(new Id<ListenerRule>(rule.Key));
        }

        context.Remove(new Id<Listener>(listener.Key));
    }

    /// <remarks>A gateway load balancer's one listener has the only port there is.</remarks>
    private static void CheckListenerCount(CommandContext context, LoadBalancer balancer, int count)
    {
        if (balancer.Type != LoadBalancerType.Gateway)
        {
            context.Quotas.Check(
                balancer.Type == LoadBalancerType.Network ? LoadBalancerQuotas.ListenersPerNetwork : LoadBalancerQuotas.ListenersPerApplication,
                count);
        }
    }
}
