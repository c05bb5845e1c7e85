using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>A resource that a question of reachability names, by its id or its ARN.</summary>
/// <param name="Type">The ARN's resource type, such as <c>instance</c>.</param>
internal sealed record InsightsEnd(PartitionKey At, string Type, string Id)
{
    /// <summary>What AWS takes as an end of a path: id prefixes and the resource types of their ARNs.</summary>
    private static readonly (string Prefix, string Type)[] Types =
    [
        ("i", "instance"), ("eni", "network-interface"), ("igw", "internet-gateway"), ("tgw", "transit-gateway"),
        ("tgw-attach", "transit-gateway-attachment"), ("vpce", "vpc-endpoint"), ("vpce-svc", "vpc-endpoint-service"),
        ("pcx", "vpc-peering-connection"), ("vgw", "vpn-gateway"),
    ];

    public string Arn => $"arn:aws:{(Type is "loadbalancer" or "targetgroup" or "listener" or "listener-rule" ? "elasticloadbalancing" : "ec2")}"
        + $":{At.Region}:{At.Account}:{Type}/{Id}";

    /// <summary>Reads an end of a path; refuses what AWS takes for none, and other regions.</summary>
    public static InsightsEnd Parse(CommandContext context, string text, string parameter)
    {
        if (text.StartsWith("arn:", StringComparison.Ordinal))
        {
            return Of(text) is { } end && end.At.Region == context.Region && TypeOf(end.Id) == end.Type
                ? end
                : throw Fault.InvalidValue(text, parameter);
        }

        return TypeOf(text) is { } type
            ? new InsightsEnd(context.Caller.Partition, type, text)
            : throw Fault.InvalidValue(text, parameter);
    }

    /// <summary>The parts of an ARN of EC2's, <c>arn:aws:ec2:REGION:ACCOUNT:TYPE/ID</c>; null where it is none.</summary>
    public static InsightsEnd? Of(string arn)
    {
        string[] parts = arn.Split(':');
        return parts is ["arn", "aws", _, var region, { Length: 12 } account, var resource]
            && resource.IndexOf('/', StringComparison.Ordinal) is > 0 and int slash && slash < resource.Length - 1
            ? new InsightsEnd(new PartitionKey(account, region), resource[..slash], resource[(slash + 1)..])
            : null;
    }

    private static string? TypeOf(string id)
    {
        int dash = id.LastIndexOf('-');
        if (dash <= 0 || id.Length - dash - 1 is not (8 or 17) || id.AsSpan(dash + 1).ContainsAnyExcept("0123456789abcdef"))
        {
            return null;
        }

        foreach ((string prefix, string type) in Types)
        {
            if (id.AsSpan(0, dash).SequenceEqual(prefix))
            {
                return type;
            }
        }

        return null;
    }
}
