using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;
using AwsElb = Trunkline.Wire.Elb;

namespace Trunkline.Control.Elb;

/// <summary>
/// Policies of classic load balancers. Source: Elastic Load Balancing API 2012-06-01, CreateLoadBalancerPolicy, CreateAppCookieStickinessPolicy,
/// CreateLBCookieStickinessPolicy, DeleteLoadBalancerPolicy, SetLoadBalancerPoliciesOfListener, SetLoadBalancerPoliciesForBackendServer.
/// </summary>
public sealed partial class ElbService
{
    /// <summary>Policies that one load balancer may have.</summary>
    private const int PoliciesMost = 50;

    private const int PolicyNameLengthMax = 128;

    public AwsElb.CreateLoadBalancerPolicyOutput CreateLoadBalancerPolicy(CommandContext context, AwsElb.CreateLoadBalancerPolicyInput request)
    {
        ClassicPolicyAttribute[] attributes =
        [
            .. (request.PolicyAttributes ?? []).Select(
                a => new ClassicPolicyAttribute(Door.Required(a.AttributeName, "PolicyAttributes.AttributeName"), a.AttributeValue ?? "")),
        ];
        AddPolicy(context, request.LoadBalancerName, request.PolicyName, Door.Required(request.PolicyTypeName, "PolicyTypeName"), attributes);
        return new AwsElb.CreateLoadBalancerPolicyOutput();
    }

    public AwsElb.CreateAppCookieStickinessPolicyOutput CreateAppCookieStickinessPolicy(
        CommandContext context, AwsElb.CreateAppCookieStickinessPolicyInput request)
    {
        string cookie = Door.Required(request.CookieName, "CookieName");
        AddPolicy(
            context, request.LoadBalancerName, request.PolicyName, ElbPolicyTypes.AppCookie,
            [new ClassicPolicyAttribute(ElbPolicyTypes.CookieName, cookie)]);
        return new AwsElb.CreateAppCookieStickinessPolicyOutput();
    }

    public AwsElb.CreateLBCookieStickinessPolicyOutput CreateLBCookieStickinessPolicy(
        CommandContext context, AwsElb.CreateLBCookieStickinessPolicyInput request)
    {
        ClassicPolicyAttribute[] attributes = request.CookieExpirationPeriod is { } seconds and not 0
            ? [new ClassicPolicyAttribute(ElbPolicyTypes.CookieExpirationPeriod, seconds.ToString(CultureInfo.InvariantCulture))]
            : [];
        AddPolicy(context, request.LoadBalancerName, request.PolicyName, ElbPolicyTypes.LbCookie, attributes);
        return new AwsElb.CreateLBCookieStickinessPolicyOutput();
    }

    /// <remarks>AWS succeeds where the load balancer has no such policy.</remarks>
    public AwsElb.DeleteLoadBalancerPolicyOutput DeleteLoadBalancerPolicy(CommandContext context, AwsElb.DeleteLoadBalancerPolicyInput request)
    {
        ClassicLoadBalancer balancer = ElbNames.Get(context, request.LoadBalancerName);
        string name = Door.Required(request.PolicyName, "PolicyName");
        bool inForce = balancer.Listeners.Any(l => l.Policies.Contains(name)) || balancer.Backends.Any(b => b.Policies.Contains(name))
            || balancer.Policies.Any(p => p.TypeName == ElbPolicyTypes.BackendAuthentication && p.Attributes.Any(a => a.Value == name));
        if (inForce)
        {
            throw ElbFaults.Configuration($"The policy {name} of the load balancer {balancer.Name} is in use");
        }

        context.Put(balancer with { Policies = [.. balancer.Policies.Where(p => p.Name != name)] });
        return new AwsElb.DeleteLoadBalancerPolicyOutput();
    }

    public AwsElb.SetLoadBalancerPoliciesOfListenerOutput SetLoadBalancerPoliciesOfListener(
        CommandContext context, AwsElb.SetLoadBalancerPoliciesOfListenerInput request)
    {
        ClassicLoadBalancer balancer = ElbNames.Get(context, request.LoadBalancerName);
        ClassicListener listener = ListenerAt(balancer, Door.Required(request.LoadBalancerPort, "LoadBalancerPort"));
        ImmutableArray<ClassicPolicy> policies = NamedPolicies(balancer, request.PolicyNames);
        foreach (ClassicPolicy policy in policies)
        {
            string? why = policy.TypeName switch
            {
                ElbPolicyTypes.AppCookie or ElbPolicyTypes.LbCookie when !IsOfRequests(listener.Protocol) =>
                    "stickiness policies can be associated only with HTTP/HTTPS listeners",
                ElbPolicyTypes.SslNegotiation when !IsSecure(listener.Protocol) =>
                    "SSL negotiation policies can be associated only with HTTPS/SSL listeners",
                ElbPolicyTypes.BackendAuthentication or ElbPolicyTypes.PublicKey or ElbPolicyTypes.ProxyProtocol =>
                    $"policies of the type {policy.TypeName} cannot be associated with listeners",
                _ => null,
            };
            if (why is not null)
            {
                throw ElbFaults.Configuration($"The policy {policy.Name} cannot be set on the listener at port {listener.Port}: {why}");
            }
        }

        if (policies.Count(p => p.TypeName is ElbPolicyTypes.AppCookie or ElbPolicyTypes.LbCookie) > 1
            || policies.Count(p => p.TypeName == ElbPolicyTypes.SslNegotiation) > 1)
        {
            throw ElbFaults.Configuration($"Only one policy of a type can be set on the listener at port {listener.Port}");
        }

        ClassicListener changed = listener with { Policies = [.. policies.Select(p => p.Name)] };
        context.Put(balancer with { Listeners = balancer.Listeners.Replace(listener, changed) });
        return new AwsElb.SetLoadBalancerPoliciesOfListenerOutput();
    }

    public AwsElb.SetLoadBalancerPoliciesForBackendServerOutput SetLoadBalancerPoliciesForBackendServer(
        CommandContext context, AwsElb.SetLoadBalancerPoliciesForBackendServerInput request)
    {
        ClassicLoadBalancer balancer = ElbNames.Get(context, request.LoadBalancerName);
        int port = Door.Required(request.InstancePort, "InstancePort");
        ClassicListener[] listeners = [.. balancer.Listeners.Where(l => l.InstancePort == port)];
        if (listeners.Length == 0)
        {
            throw ElbFaults.Configuration($"The load balancer {balancer.Name} has no listener with the instance port {port}");
        }

        ImmutableArray<ClassicPolicy> policies = NamedPolicies(balancer, request.PolicyNames);
        foreach (ClassicPolicy policy in policies)
        {
            string? why = policy.TypeName switch
            {
                ElbPolicyTypes.BackendAuthentication when !listeners.All(l => IsSecure(l.InstanceProtocol)) =>
                    "it can be associated only with back-end servers that use HTTPS/SSL",
                ElbPolicyTypes.ProxyProtocol when listeners.Any(l => IsOfRequests(l.InstanceProtocol)) => "it operates on TCP listeners only",
                ElbPolicyTypes.BackendAuthentication or ElbPolicyTypes.ProxyProtocol => null,
                _ => $"policies of the type {policy.TypeName} cannot be associated with back-end servers",
            };
            if (why is not null)
            {
                throw ElbFaults.Configuration($"The policy {policy.Name} cannot be set for the instance port {port}: {why}");
            }
        }

        IEnumerable<ClassicBackend> others = balancer.Backends.Where(b => b.InstancePort != port);
        context.Put(balancer with
        {
            Backends = policies.IsEmpty
                ? [.. others]
                : [.. others.Append(new ClassicBackend(port, [.. policies.Select(p => p.Name)])).OrderBy(b => b.InstancePort)],
        });
        return new AwsElb.SetLoadBalancerPoliciesForBackendServerOutput();
    }

    /// <summary>The policies of a load balancer; without one, those that are predefined.</summary>
    public AwsElb.DescribeLoadBalancerPoliciesOutput DescribeLoadBalancerPolicies(
        CommandContext context, AwsElb.DescribeLoadBalancerPoliciesInput request)
    {
        ClassicLoadBalancer? balancer = string.IsNullOrEmpty(request.LoadBalancerName) ? null : ElbNames.Get(context, request.LoadBalancerName);
        ImmutableArray<ClassicPolicy> known = balancer?.Policies ?? ElbPolicyTypes.Predefined;
        IEnumerable<ClassicPolicy> shown = request.PolicyNames is { Count: > 0 } names
            ? names.Distinct(StringComparer.Ordinal).Select(n => known.FirstOrDefault(p => p.Name == n) ?? throw (balancer is null
                ? new Fault("PolicyNotFound", $"There is no sample policy with name {n}")
                : ElbFaults.PolicyNotFound(n, balancer.Name)))
            : known;
        return new AwsElb.DescribeLoadBalancerPoliciesOutput { PolicyDescriptions = [.. shown.Select(ToWire)] };
    }

    public AwsElb.DescribeLoadBalancerPolicyTypesOutput DescribeLoadBalancerPolicyTypes(
        CommandContext context, AwsElb.DescribeLoadBalancerPolicyTypesInput request)
    {
        IEnumerable<ElbPolicyType> types = request.PolicyTypeNames is { Count: > 0 } names
            ? names.Distinct(StringComparer.Ordinal).Select(TypeOf)
            : ElbPolicyTypes.All;
        return new AwsElb.DescribeLoadBalancerPolicyTypesOutput { PolicyTypeDescriptions = [.. types.Select(ToWire)] };
    }

    private static void AddPolicy(
        CommandContext context, string? balancerName, string? policyName, string typeName, IReadOnlyList<ClassicPolicyAttribute> given)
    {
        ClassicLoadBalancer balancer = ElbNames.Get(context, balancerName);
        string name = CheckedPolicyName(Door.Required(policyName, "PolicyName"));
        ElbPolicyType type = TypeOf(typeName);
        if (balancer.Policies.Any(p => p.Name == name))
        {
            throw new Fault("DuplicatePolicyName", $"The policy with name {name} already exists for load balancer {balancer.Name}");
        }

        if (balancer.Policies.Length >= PoliciesMost)
        {
            throw new Fault("TooManyPolicies", "The quota for the number of policies for this load balancer has been reached");
        }

        CheckAttributes(balancer, type, given);
        ClassicPolicyAttribute[] read = [.. given.Select(a => IsSwitch(type, a) ? a with { Value = a.Value.ToLowerInvariant() } : a)];
        ClassicPolicy policy = new(name, type.Name, type.Name == ElbPolicyTypes.SslNegotiation ? ElbPolicyTypes.Expanded(read) : [.. read]);
        context.Put(balancer with { Policies = WithPolicy(balancer.Policies, policy) });
    }

    private static ImmutableArray<ClassicPolicy> WithPolicy(ImmutableArray<ClassicPolicy> policies, ClassicPolicy policy) =>
        [.. policies.Append(policy).OrderBy(p => p.Name, StringComparer.Ordinal)];

    private static string CheckedPolicyName(string name) =>
        name.Length <= PolicyNameLengthMax && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_')
            ? name
            : throw ElbFaults.Validation($"The policy name '{name}' is not valid: it consists of alphanumeric characters and dashes");

    private static void CheckAttributes(ClassicLoadBalancer balancer, ElbPolicyType type, IReadOnlyList<ClassicPolicyAttribute> given)
    {
        foreach (ClassicPolicyAttribute attribute in given)
        {
            ElbAttributeType known = type.Attributes.FirstOrDefault(a => a.Name == attribute.Name) ?? throw ElbFaults.Configuration(
                $"The attribute {attribute.Name} is not valid for policies of the type {type.Name}");
            bool fits = known.Type switch
            {
                "Boolean" => bool.TryParse(attribute.Value, out _),
                "Long" => long.TryParse(attribute.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0,
                "PolicyName" => balancer.Policies.Any(p => p.Name == attribute.Value && p.TypeName == ElbPolicyTypes.PublicKey),
                _ => attribute.Value.Length > 0,
            };
            if (!fits)
            {
                throw ElbFaults.Configuration($"The value '{attribute.Value}' is not valid for the attribute {attribute.Name}");
            }
        }

        foreach (ElbAttributeType wanted in type.Attributes)
        {
            int count = given.Count(a => a.Name == wanted.Name);
            if ((count == 0 && wanted.Cardinality != "ZERO_OR_ONE") || (count > 1 && wanted.Cardinality != "ONE_OR_MORE"))
            {
                throw ElbFaults.Configuration($"Policies of the type {type.Name} take {wanted.Cardinality} of the attribute {wanted.Name}");
            }
        }
    }

    private static bool IsSwitch(ElbPolicyType type, ClassicPolicyAttribute attribute) =>
        type.Attributes.Any(a => a.Name == attribute.Name && a.Type == "Boolean");

    private static ElbPolicyType TypeOf(string name) => ElbPolicyTypes.Find(name) ?? throw new Fault(
        "PolicyTypeNotFound", $"The policy type {name} does not exist");

    private static ImmutableArray<ClassicPolicy> NamedPolicies(ClassicLoadBalancer balancer, IReadOnlyList<string>? names) =>
    [
        .. (names ?? []).Where(n => n.Length > 0).Distinct(StringComparer.Ordinal).Select(
            n => balancer.Policies.FirstOrDefault(p => p.Name == n) ?? throw ElbFaults.PolicyNotFound(n, balancer.Name)),
    ];

    private static AwsElb.PolicyDescription ToWire(ClassicPolicy policy) => new()
    {
        PolicyName = policy.Name,
        PolicyTypeName = policy.TypeName,
        PolicyAttributeDescriptions =
        [
            .. policy.Attributes.Select(a => new AwsElb.PolicyAttributeDescription { AttributeName = a.Name, AttributeValue = a.Value }),
        ],
    };

    private static AwsElb.PolicyTypeDescription ToWire(ElbPolicyType type) => new()
    {
        PolicyTypeName = type.Name,
        Description = type.Description,
        PolicyAttributeTypeDescriptions =
        [
            .. type.Attributes.Select(a => new AwsElb.PolicyAttributeTypeDescription
            {
                AttributeName = a.Name,
                AttributeType = a.Type,
                DefaultValue = a.Default,
                Cardinality = a.Cardinality,
            }),
        ],
    };
}
