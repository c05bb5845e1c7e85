using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>What an endpoint service may be. Source: AWS PrivateLink, "Create a service powered by AWS PrivateLink", "Manage DNS names".</summary>
internal static class EndpointServiceRules
{
    private const string RecordLetters = "abcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>The keys of the load balancers that a request names: of one kind, the caller's own, and no other service's.</summary>
    /// <param name="service">The service that they are for; null while it is made.</param>
    public static ImmutableArray<string> Balancers(
        CommandContext context, VpcEndpointService? service, IReadOnlyList<string>? networks, IReadOnlyList<string>? gateways)
    {
        if (networks is not { Count: > 0 } && gateways is not { Count: > 0 })
        {
            throw Fault.Missing("NetworkLoadBalancerArn or GatewayLoadBalancerArn");
        }

        if (networks is { Count: > 0 } && gateways is { Count: > 0 })
        {
            throw Fault.Combination("Network Load Balancers and Gateway Load Balancers cannot be used in the same endpoint service.");
        }

        LoadBalancerType type = networks is { Count: > 0 } ? LoadBalancerType.Network : LoadBalancerType.Gateway;
        return
        [
            .. (type == LoadBalancerType.Network ? networks! : gateways!).Distinct(StringComparer.Ordinal)
                .Select(arn => KeyOf(context, service, arn, type)),
        ];
    }

    /// <summary>The load balancers that are left.</summary>
    public static ImmutableArray<string> Removed(
        VpcEndpointService service, IReadOnlyList<string>? networks, IReadOnlyList<string>? gateways)
    {
        ImmutableArray<string> left = service.LoadBalancerKeys;
        foreach (string arn in (networks ?? []).Concat(gateways ?? []))
        {
            string? key = LoadBalancer.KeyOfArn(arn);
            left = key is not null && left.Contains(key)
                ? left.Remove(key)
                : throw VpcEndpointRules.Invalid($"The load balancer {arn} is not associated with the service {service.Id}.");
        }

        return left;
    }

    /// <summary>A list with some words added and others taken away; the order of the first stays.</summary>
    public static ImmutableArray<string> Changed(ImmutableArray<string> words, IReadOnlyList<string>? added, IReadOnlyList<string>? gone) =>
        [.. words.Concat(added ?? []).Distinct(StringComparer.Ordinal).Where(w => gone?.Contains(w) != true)];

    /// <summary>Regions from which a service may be reached: names of regions, each once.</summary>
    public static ImmutableArray<string> CheckedRegions(IEnumerable<string> regions)
    {
        ImmutableArray<string> all = [.. regions.Distinct(StringComparer.Ordinal)];
        return all.FirstOrDefault(r => !Regions.Listed.Contains(r)) is { } unknown
            ? throw Fault.InvalidValue(unknown, "SupportedRegions")
            : all;
    }

    /// <summary>Refuses what no service may be; its private name comes later.</summary>
    public static void Check(CommandContext context, VpcEndpointService service)
    {
        if (service.LoadBalancerKeys.IsEmpty)
        {
            throw VpcEndpointRules.Invalid("An endpoint service must have at least one load balancer.");
        }

        if (service.LoadBalancerKeys.Any(k => k.StartsWith("gwy/", StringComparison.Ordinal) != service.IsGatewayLoadBalancer))
        {
            throw Fault.Combination("Network Load Balancers and Gateway Load Balancers cannot be used in the same endpoint service.");
        }

        if (service.SupportedIpAddressTypes.IsEmpty)
        {
            throw VpcEndpointRules.Invalid("An endpoint service must support at least one IP address type.");
        }

        foreach (string type in service.SupportedIpAddressTypes)
        {
            Door.OneOf(type, "SupportedIpAddressTypes", "ipv4", "ipv6");
        }

        bool allV6 = service.LoadBalancerKeys.All(key => context.Here.Find(new Id<LoadBalancer>(key))?.IpAddressType != "ipv4");
        if (service.SupportedIpAddressTypes.Contains("ipv6") && !allV6)
        {
            throw VpcEndpointRules.Invalid("The load balancers of an endpoint service that supports IPv6 must have the IP address type dualstack.");
        }

        if (!service.SupportedRegions.Contains(context.Region))
        {
            throw VpcEndpointRules.Invalid($"The service's own Region {context.Region} cannot be removed from its supported Regions.");
        }
    }

    /// <summary>A name that has yet to be verified, with the TXT record that will prove the owner's right to it; null where none is asked for.</summary>
    public static ServicePrivateName? NewPrivateName(CommandContext context, VpcEndpointService service, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (service.IsGatewayLoadBalancer)
        {
            throw VpcEndpointRules.Invalid("A private DNS name is not supported for an endpoint service with Gateway Load Balancers.");
        }

        string name = text.TrimEnd('.').ToLowerInvariant();
        return IsDomain(name)
            ? new ServicePrivateName(name, DnsVerification.PendingVerification, $"_{Letters(context, 20)}", $"vpce:{Letters(context, 20)}")
            : throw VpcEndpointRules.Invalid($"The private DNS name {text} is not a valid domain name.");
    }

    private static string KeyOf(CommandContext context, VpcEndpointService? service, string arn, LoadBalancerType type)
    {
        string start = $"arn:aws:elasticloadbalancing:{context.Region}:{context.Account}:loadbalancer/";
        Id<LoadBalancer> id = new(arn.StartsWith(start, StringComparison.Ordinal) ? arn[start.Length..] : "");
        if (context.Here.Find(id) is not { } balancer || balancer.Type != type)
        {
            throw VpcEndpointRules.Invalid($"The {type} Load Balancer {arn} does not exist.");
        }

        return context.Here.By<VpcEndpointService>(balancer.Key).FirstOrDefault(s => s.Id != service?.Id) is { } other
            ? throw VpcEndpointRules.Invalid($"The load balancer {arn} is already associated with the endpoint service {other.Id}.")
            : balancer.Key;
    }

    /// <summary>At least two labels of letters, digits and dashes; the first may be an asterisk.</summary>
    private static bool IsDomain(string name)
    {
        string[] labels = name.Split('.');
        return name.Length <= 253 && labels.Length > 1 && labels.Select((label, i) => (label, i)).All(
            l => (l.i == 0 && l.label == "*")
                || (l.label.Length is > 0 and <= 63 && l.label[0] != '-' && l.label[^1] != '-'
                    && l.label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')));
    }

    private static string Letters(CommandContext context, int count) => string.Create(
        CultureInfo.InvariantCulture,
        $"{string.Concat(Enumerable.Range(0, count).Select(_ => RecordLetters[(int)context.Ids.Below((ulong)RecordLetters.Length)]))}");
}
