using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Elbv2;

/// <summary>Reads the actions of listeners and rules, and checks them. Source: AWS, "Action types for listener rules"; ELBv2 API, Action.</summary>
internal static class Actions
{
    private const int TargetGroupsPerAction = 5;
    private const int MostWeight = 999;
    private const int MostStickySeconds = 604_800;

    private static readonly string[] ContentTypes = ["text/plain", "text/css", "text/html", "application/javascript", "application/json"];

    /// <summary>The actions of a request: one that ends it, as the others (authentication) are refused by name.</summary>
    /// <param name="protocol">The listener's.</param>
    public static ImmutableArray<LbAction> Read(
        CommandContext context, LoadBalancer balancer, string protocol, IReadOnlyList<AwsElbv2.Action>? actions)
    {
        if (actions is not { Count: > 0 })
        {
            throw Elbv2Faults.Validation("At least one action must be specified");
        }

        ImmutableArray<LbAction> read = [.. actions.Select(a => ReadOne(context, balancer, protocol, a))];
        if (read.Length > 1)
        {
            throw Elbv2Faults.InvalidAction("You can specify only one action of the types 'forward', 'redirect' and 'fixed-response'");
        }

        return read;
    }

    public static AwsElbv2.Action ToWire(CommandContext context, LbAction action) => new()
    {
        Type = action.Type switch
        {
            LbActionType.Redirect => "redirect",
            LbActionType.FixedResponse => "fixed-response",
            _ => "forward",
        },
        Order = action.Order,
        TargetGroupArn = action.Forward is { Targets: [{ } only] } ? Elbv2Arns.TargetGroup(context, only.TargetGroupKey) : null,
        ForwardConfig = action.Forward is { } forward ? ToWire(context, forward) : null,
        RedirectConfig = action.Redirect is { } r
            ? new AwsElbv2.RedirectActionConfig
            {
                Protocol = r.Protocol,
                Port = r.Port,
                Host = r.Host,
                Path = r.Path,
                Query = r.Query,
                StatusCode = r.StatusCode,
            }
            : null,
        FixedResponseConfig = action.Fixed is { } f
            ? new AwsElbv2.FixedResponseActionConfig { StatusCode = f.StatusCode, ContentType = f.ContentType, MessageBody = f.MessageBody }
            : null,
    };

    private static AwsElbv2.ForwardActionConfig ToWire(CommandContext context, LbForward forward) => new()
    {
        TargetGroups =
        [
            .. forward.Targets.Select(t => new AwsElbv2.TargetGroupTuple
            {
                TargetGroupArn = Elbv2Arns.TargetGroup(context, t.TargetGroupKey),
                Weight = t.Weight,
            }),
        ],
        TargetGroupStickinessConfig = new AwsElbv2.TargetGroupStickinessConfig
        {
            Enabled = forward.StickinessEnabled ?? false,
            DurationSeconds = forward.StickinessSeconds,
        },
    };

    private static LbAction ReadOne(CommandContext context, LoadBalancer balancer, string protocol, AwsElbv2.Action action)
    {
        RefuseUnserved(action);
        if (action.Order is { } order and (< 1 or > 50_000))
        {
            throw Elbv2Faults.Validation($"Action order '{order}' must be between 1 and 50000");
        }

        if (balancer.Type != LoadBalancerType.Application && action.Type != "forward")
        {
            throw Elbv2Faults.InvalidAction(
                $"The action type '{action.Type}' is not supported for load balancers with type '{Elbv2Service.NameOf(balancer.Type)}'");
        }

        RefuseOtherConfigs(action);
        return action.Type switch
        {
            "redirect" => new LbAction(LbActionType.Redirect, action.Order, Redirect: ReadRedirect(protocol, action.RedirectConfig)),
            "fixed-response" => new LbAction(LbActionType.FixedResponse, action.Order, Fixed: ReadFixed(action.FixedResponseConfig)),
            _ => new LbAction(LbActionType.Forward, action.Order, Forward: ReadForward(context, balancer, protocol, action)),
        };
    }

    private static void RefuseUnserved(AwsElbv2.Action action)
    {
        if (action.Type is "authenticate-oidc" or "authenticate-cognito" or "jwt-validation")
        {
            throw Fault.Unsupported($"Type={action.Type}");
        }

        (string Name, bool Given)[] unserved =
        [
            ("AuthenticateOidcConfig", action.AuthenticateOidcConfig is not null),
            ("AuthenticateCognitoConfig", action.AuthenticateCognitoConfig is not null),
            ("JwtValidationConfig", action.JwtValidationConfig is not null),
        ];
        foreach ((string name, bool given) in unserved)
        {
            if (given)
            {
                throw Fault.Unsupported(name);
            }
        }
    }

    private static void RefuseOtherConfigs(AwsElbv2.Action action)
    {
        bool forwards = action.Type == "forward";
        if ((!forwards && (action.TargetGroupArn is not null || action.ForwardConfig is not null))
            || (action.Type != "redirect" && action.RedirectConfig is not null)
            || (action.Type != "fixed-response" && action.FixedResponseConfig is not null))
        {
            throw Elbv2Faults.InvalidAction($"The action configuration does not match the action type '{action.Type}'");
        }
    }

    private static LbForward ReadForward(CommandContext context, LoadBalancer balancer, string protocol, AwsElbv2.Action action)
    {
        List<AwsElbv2.TargetGroupTuple> tuples = action.ForwardConfig?.TargetGroups is { Count: > 0 } listed
            ? [.. listed]
            : action.TargetGroupArn is { } only
                ? [new AwsElbv2.TargetGroupTuple { TargetGroupArn = only }]
                : throw Elbv2Faults.Validation("A target group must be specified for an action of the type 'forward'");
        if (action.TargetGroupArn is { } arn && (tuples.Count > 1 || tuples[0].TargetGroupArn != arn))
        {
            throw Elbv2Faults.Validation(
                "If you specify both ForwardConfig and TargetGroupArn, you can specify only one target group and it must be the same in both");
        }

        int most = balancer.Type == LoadBalancerType.Gateway ? 1 : TargetGroupsPerAction;
        if (tuples.Count > most)
        {
            throw new Fault(
                "TooManyUniqueTargetGroupsPerLoadBalancer", $"An action can forward to at most {most} target groups");
        }

        List<TargetGroup> groups = [.. tuples.Select(t => Elbv2Arns.GetTargetGroup(context, t.TargetGroupArn))];
        if (groups.Select(g => g.Key).Distinct(StringComparer.Ordinal).Count() < groups.Count)
        {
            throw Elbv2Faults.Validation("A target group can be specified only once in an action");
        }

        foreach (TargetGroup group in groups)
        {
            TargetGroupUse.Check(context, balancer, protocol, group);
        }

        AwsElbv2.TargetGroupStickinessConfig? sticky = action.ForwardConfig?.TargetGroupStickinessConfig;
        CheckStickiness(balancer, sticky);
        return new LbForward(
            [.. tuples.Zip(groups, (t, g) => new LbForwardTarget(g.Key, CheckedWeight(balancer, t.Weight)))],
            sticky?.Enabled,
            sticky?.DurationSeconds);
    }

    /// <summary>A weight that was left out counts as one, and application load balancers say so.</summary>
    private static int? CheckedWeight(LoadBalancer balancer, int? weight) => weight is < 0 or > MostWeight
        ? throw Elbv2Faults.Validation($"Target group weight '{weight}' must be between 0 and {MostWeight}")
        : weight ?? (balancer.Type == LoadBalancerType.Application ? 1 : null);

    private static void CheckStickiness(LoadBalancer balancer, AwsElbv2.TargetGroupStickinessConfig? sticky)
    {
        if (sticky?.Enabled == true && balancer.Type == LoadBalancerType.Application && sticky.DurationSeconds is null)
        {
            throw Elbv2Faults.Validation("You must specify DurationSeconds when enabling target group stickiness");
        }

        if (sticky?.DurationSeconds is { } seconds and (< 1 or > MostStickySeconds))
        {
            throw Elbv2Faults.Validation($"Target group stickiness duration '{seconds}' must be between 1 and {MostStickySeconds} seconds");
        }
    }

    private static LbRedirect ReadRedirect(string listenerProtocol, AwsElbv2.RedirectActionConfig? config)
    {
        if (config is null)
        {
            throw Elbv2Faults.InvalidAction("A redirect configuration must be specified for an action of the type 'redirect'");
        }

        LbRedirect redirect = new(
            config.Protocol ?? "#{protocol}", config.Port ?? "#{port}", config.Host ?? "#{host}", config.Path ?? "/#{path}",
            config.Query ?? "#{query}", config.StatusCode ?? "");
        if (redirect.Protocol is not ("HTTP" or "HTTPS" or "#{protocol}"))
        {
            throw Elbv2Faults.InvalidAction($"The redirect protocol '{redirect.Protocol}' is not valid");
        }

        if (redirect.Protocol == "HTTP" && listenerProtocol == "HTTPS")
        {
            throw Elbv2Faults.InvalidAction("The redirect configuration is not valid because it redirects HTTPS to HTTP");
        }

        bool portFits = redirect.Port == "#{port}"
            || (int.TryParse(redirect.Port, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is >= 1 and <= 65535);
        if (!portFits)
        {
            throw Elbv2Faults.InvalidAction($"The redirect port '{redirect.Port}' is not valid: 1 to 65535, or #{{port}}");
        }

        if (redirect.Path.Length is 0 or > 128 || redirect.Path[0] != '/' || redirect.Host.Length is 0 or > 128 || redirect.Query.Length > 128)
        {
            throw Elbv2Faults.InvalidAction("The redirect host, path or query is not valid: up to 128 characters, and the path starts with '/'");
        }

        return redirect is { Protocol: "#{protocol}", Port: "#{port}", Host: "#{host}", Path: "/#{path}" }
            ? throw Elbv2Faults.InvalidAction("The redirect configuration is not valid because it creates a loop.")
            : redirect;
    }

    private static LbFixedResponse ReadFixed(AwsElbv2.FixedResponseActionConfig? config)
    {
        if (config is null)
        {
            throw Elbv2Faults.InvalidAction("A fixed response configuration must be specified for an action of the type 'fixed-response'");
        }

        string status = config.StatusCode ?? "";
        if (status.Length != 3 || status[0] is not ('2' or '4' or '5') || !status.All(char.IsAsciiDigit))
        {
            throw Elbv2Faults.InvalidAction($"The fixed response status code '{status}' is not valid: 2XX, 4XX or 5XX");
        }

        if (config.ContentType is { } type && !ContentTypes.Contains(type))
        {
            throw Elbv2Faults.InvalidAction($"The fixed response content type '{type}' is not valid: {string.Join(", ", ContentTypes)}");
        }

        return config.MessageBody is { Length: > 1024 }
            ? throw Elbv2Faults.InvalidAction("The fixed response message body cannot be longer than 1024 characters")
            : new LbFixedResponse(status, config.ContentType, config.MessageBody);
    }
}

/// <summary>Whether a load balancer's listener may forward to a target group.</summary>
internal static class TargetGroupUse
{
    public static void Check(CommandContext context, LoadBalancer balancer, string protocol, TargetGroup group)
    {
        string arn = Elbv2Arns.TargetGroup(context, group.Key);
        if (!AreCompatible(protocol, group.Protocol))
        {
            throw new Fault(
                "IncompatibleProtocols",
                $"The listener and its associated target group '{arn}' have incompatible protocols: '{protocol}' and '{group.Protocol}'");
        }

        if (group.VpcId != balancer.VpcId)
        {
            throw Elbv2Faults.Configuration($"Target group '{arn}' and load balancer '{balancer.Name}' must be in the same VPC");
        }

        if (group.IpAddressType == "ipv6" && balancer.IpAddressType == "ipv4")
        {
            throw Elbv2Faults.Configuration($"Target group '{arn}' with the IP address type 'ipv6' requires a dualstack load balancer");
        }

        if (LoadBalancersOf(context, group).Any(key => key != balancer.Key))
        {
            throw new Fault(
                "TargetGroupAssociationLimit", $"The following target groups cannot be associated with more than one load balancer: {arn}");
        }

        int unique = GroupsOf(context, balancer).Append(group.Key).Distinct(StringComparer.Ordinal).Count();
        context.Quotas.Check(LoadBalancerQuotas.TargetGroupsPerApplication, balancer.Type == LoadBalancerType.Application ? unique : 0);
    }

    /// <summary>Keys of the load balancers that use the group: one, as AWS allows no more.</summary>
    public static IEnumerable<string> LoadBalancersOf(CommandContext context, TargetGroup group)
    {
        string word = TargetGroup.KeyWord(group.Key);
        IEnumerable<string> byListeners = context.Here.By<Listener>(word).Select(l => l.LoadBalancerKey);
        IEnumerable<string> byRules = context.Here.By<ListenerRule>(word)
            .Select(r => context.Here.Get(new Id<Listener>(r.ListenerKey)).LoadBalancerKey);
        return byListeners.Concat(byRules).Distinct(StringComparer.Ordinal);
    }

    /// <summary>Source: AWS, "Routing configuration" of the target groups of each type.</summary>
    private static bool AreCompatible(string listener, string group) => listener switch
    {
        "HTTP" or "HTTPS" => group is "HTTP" or "HTTPS",
        "TCP" => group is "TCP" or "TCP_UDP",
        "TLS" => group is "TCP" or "TLS",
        "UDP" => group is "UDP" or "TCP_UDP",
        _ => group == listener,
    };

    private static IEnumerable<string> GroupsOf(CommandContext context, LoadBalancer balancer)
    {
        foreach (Listener listener in context.Here.By<Listener>(Listener.LoadBalancerWord(balancer.Key)))
        {
            IEnumerable<LbAction> actions = context.Here.By<ListenerRule>(ListenerRule.ListenerWord(listener.Key))
                .SelectMany(r => r.Actions).Concat(listener.DefaultActions);
            foreach (string key in actions.SelectMany(a => a.TargetGroupKeys()))
            {
                yield return key;
            }
        }
    }
}
