using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Elb;

/// <summary>Names of classic load balancers, and the names by which they are reached.</summary>
internal static class ElbNames
{
    private const int NameLengthMax = 32;

    /// <summary>At most 32 letters, digits and hyphens, no hyphen at either end.</summary>
    public static string Checked(string name)
    {
        if (name.Length > NameLengthMax)
        {
            throw ElbFaults.Validation($"LoadBalancer name cannot be longer than {NameLengthMax} characters");
        }

        return name.Length > 0 && name[0] != '-' && name[^1] != '-' && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? name
            : throw ElbFaults.Validation(
                "LoadBalancer name must contain only alphanumeric characters or hyphens, and must not begin or end with a hyphen");
    }

    /// <summary><c>NAME-1234567890.us-east-1.elb.amazonaws.com</c>, with <c>internal-</c> before it for an internal one.</summary>
    public static string NewDnsName(CommandContext context, string name, bool isInternal) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(isInternal ? "internal-" : "")}{name}-{context.Ids.Below(2_000_000_000) + 100_000_000}.{context.Region}.elb.amazonaws.com");

    /// <summary>The load balancer that a request names.</summary>
    public static ClassicLoadBalancer Get(CommandContext context, string? name) =>
        Find(context, Door.Required(name, "LoadBalancerName")) ?? throw ElbFaults.NotFound(name!);

    public static ClassicLoadBalancer? Find(CommandContext context, string name) =>
        context.Here.By<ClassicLoadBalancer>(ClassicLoadBalancer.NameWord(name)).FirstOrDefault();
}
