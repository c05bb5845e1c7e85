using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Elbv2;

/// <summary>What a request says of a health check; null where it says nothing.</summary>
internal sealed record HealthCheckWish(
    bool? Enabled, string? Protocol, string? Port, string? Path, int? Interval, int? Timeout, int? Healthy, int? Unhealthy,
    AwsElbv2.Matcher? Matcher);

/// <summary>
/// Health checks with AWS's defaults and bounds. Source: AWS, "Health checks for … target groups" of each type of load balancer; ELBv2 API,
/// CreateTargetGroup.
/// </summary>
internal static class HealthChecks
{
    private const string TrafficPort = "traffic-port";

    public static HealthCheck Make(TargetGroup group, HealthCheckWish wish)
    {
        string protocol = wish.Protocol ?? (IsRequests(group) || group.TargetType == TargetType.Alb ? "HTTP" : "TCP");
        HealthCheck usual = new(
            true, protocol, IsTunnel(group) ? "80" : TrafficPort, null, IsTunnel(group) ? 10 : 30, UsualTimeout(group, protocol), 5, 2, null);
        return Checked(group, usual, wish);
    }

    /// <summary>What is not named stays; a check that changes to HTTP takes the defaults of its path and codes.</summary>
    public static HealthCheck Change(TargetGroup group, HealthCheckWish wish) => Checked(group, group.HealthCheck, wish);

    private static HealthCheck Checked(TargetGroup group, HealthCheck before, HealthCheckWish wish)
    {
        if (wish.Enabled == false)
        {
            throw Elbv2Faults.Validation("Health check enabled must be true for target groups with target type 'instance', 'ip' or 'alb'");
        }

        string protocol = wish.Protocol ?? before.Protocol;
        CheckProtocol(group, protocol);
        bool speaks = protocol != "TCP";
        if (!speaks && (wish.Path is not null || wish.Matcher is not null))
        {
            throw Elbv2Faults.Validation("Health check path and matcher cannot be specified for TCP health checks");
        }

        HealthCheck check = before with
        {
            Protocol = protocol,
            Port = wish.Port is { } port ? CheckedPort(port) : before.Port,
            Path = speaks ? CheckedPath(group, wish.Path ?? before.Path) : null,
            Interval = InRange(wish.Interval ?? before.Interval, 5, 300, "interval"),
            Timeout = InRange(wish.Timeout ?? before.Timeout, 2, 120, "timeout"),
            Healthy = InRange(wish.Healthy ?? before.Healthy, 2, 10, "healthy threshold count"),
            Unhealthy = InRange(wish.Unhealthy ?? before.Unhealthy, 2, 10, "unhealthy threshold count"),
            Matcher = speaks ? CheckedMatcher(group, wish.Matcher, before.Matcher) : null,
        };

        // Network and gateway load balancers let both be the same.
        return check.Timeout > check.Interval || (IsRequests(group) && check.Timeout == check.Interval)
            ? throw Elbv2Faults.Validation(IsRequests(group)
                ? "Health check interval must be greater than the timeout."
                : "Health check interval must be greater than or equal to the timeout.")
            : check;
    }

    private static bool IsRequests(TargetGroup group) => group.Protocol is "HTTP" or "HTTPS";

    private static bool IsTunnel(TargetGroup group) => group.Protocol == ListenerRules.Tunnel;

    /// <remarks>Application: 5 seconds; network: 6 for HTTP, else 10; gateway: 5, each as its own guide says.</remarks>
    private static int UsualTimeout(TargetGroup group, string protocol) =>
        IsRequests(group) || IsTunnel(group) ? 5 : protocol == "HTTP" ? 6 : 10;

    private static void CheckProtocol(TargetGroup group, string protocol)
    {
        bool fits = group switch
        {
            { TargetType: TargetType.Alb } => protocol is "HTTP" or "HTTPS",
            { Protocol: "HTTP" or "HTTPS" } => protocol is "HTTP" or "HTTPS",
            _ => protocol is "HTTP" or "HTTPS" or "TCP",
        };
        if (!fits)
        {
            throw Elbv2Faults.Validation(
                $"Health check protocol '{protocol}' is not supported for target groups with the {group.Protocol} protocol"
                + (group.TargetType == TargetType.Alb ? " and target type 'alb'" : ""));
        }
    }

    private static string CheckedPort(string text) =>
        text == TrafficPort || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is >= 1 and <= 65535)
            ? text
            : throw Elbv2Faults.Validation($"Health check port '{text}' must be '{TrafficPort}' or in the range of valid ports");

    private static string CheckedPath(TargetGroup group, string? path)
    {
        string checkedPath = path ?? (group.ProtocolVersion == "GRPC" ? "/AWS.ALB/healthcheck" : "/");
        return checkedPath.Length is > 0 and <= 1024 && checkedPath[0] == '/'
            ? checkedPath
            : throw Elbv2Faults.Validation($"Health check path '{checkedPath}' must start with '/' and have at most 1024 characters");
    }

    private static int InRange(int value, int least, int most, string what) => value >= least && value <= most
        ? value
        : throw Elbv2Faults.Validation($"Health check {what} '{value}' must be between {least} and {most}");

    private static string CheckedMatcher(TargetGroup group, AwsElbv2.Matcher? asked, string? before)
    {
        bool grpc = group.ProtocolVersion == "GRPC";
        if (asked is not null && (grpc ? asked.HttpCode : asked.GrpcCode) is not null)
        {
            throw Elbv2Faults.Validation(grpc
                ? "An HTTP code cannot be specified for target groups with the GRPC protocol version"
                : "A gRPC code can be specified only for target groups with the GRPC protocol version");
        }

        string usual = grpc ? "12" : IsRequests(group) ? "200" : "200-399";
        string codes = (grpc ? asked?.GrpcCode : asked?.HttpCode) ?? before ?? usual;
        (int least, int most) = grpc ? (0, 99) : IsRequests(group) ? (200, 499) : IsTunnel(group) ? (200, 399) : (200, 599);
        return codes.Split(',').All(part => IsRange(part.Trim(), least, most))
            ? codes
            : throw Elbv2Faults.Validation($"Health check matcher '{codes}' must be within '{least}' and '{most}' inclusive");
    }

    /// <summary>One code, or two with a hyphen between.</summary>
    private static bool IsRange(string text, int least, int most)
    {
        int previous = least;
        string[] ends = text.Split('-');
        foreach (string end in ends)
        {
            if (!int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out int code) || code < previous || code > most)
            {
                return false;
            }

            previous = code;
        }

        return ends.Length <= 2;
    }
}
