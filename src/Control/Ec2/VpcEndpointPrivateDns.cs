using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Private DNS of interface endpoints: the service's own names lead to the endpoint, in its VPC only. Source: AWS PrivateLink, "Access an
/// AWS service using an interface VPC endpoint", "Private DNS"; "Manage DNS names for VPC endpoint services".
/// </summary>
internal static class VpcEndpointPrivateDns
{
    private const string ZoneLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    /// <summary>The endpoint with private DNS as it was asked for; AWS turns it on by itself where the service has names for it.</summary>
    /// <exception cref="Fault">InvalidParameter: rule 102, no name, a name that is not verified, or one that is taken in the VPC.</exception>
    public static VpcEndpoint Set(
        CommandContext context, Vpc vpc, VpcEndpoint endpoint, EndpointServiceChoice service, bool? asked, bool? onlyInbound)
    {
        ImmutableArray<string> names = VpcEndpointNames.PrivateNamesOf(context.Draft.Next, endpoint);
        bool enabled = asked ?? !names.IsEmpty;
        if (!enabled)
        {
            return onlyInbound == true
                ? throw VpcEndpointRules.Invalid("PrivateDnsOnlyForInboundResolverEndpoint needs private DNS to be enabled.")
                : endpoint with { PrivateDnsEnabled = false, PrivateDnsOnlyForInboundResolver = false, PrivateZoneId = null };
        }

        if (names.IsEmpty)
        {
            throw VpcEndpointRules.Invalid(
                service.Row?.PrivateName is null
                    ? $"Private DNS can't be enabled because the service {service.Name} does not provide a private DNS name."
                    : $"Private DNS can't be enabled because the service {service.Name} has not verified the private DNS name.");
        }

        if (!vpc.EnableDnsSupport || !vpc.EnableDnsHostnames)
        {
            throw VpcEndpointRules.Invalid(
                $"Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for {vpc.Id}");
        }

        RefuseConflict(context, vpc, endpoint, names);
        return endpoint with
        {
            PrivateDnsEnabled = true,
            PrivateDnsOnlyForInboundResolver = CheckedInbound(context, vpc, service, onlyInbound),
            PrivateZoneId = endpoint.PrivateZoneId ?? NewZoneId(context),
        };
    }

    /// <summary>
    /// Where a service has gateway endpoints too, AWS leaves the VPC's traffic to them unless it is told otherwise, and needs one to be there.
    /// </summary>
    private static bool CheckedInbound(CommandContext context, Vpc vpc, EndpointServiceChoice service, bool? asked)
    {
        bool hasGateways = service.Types.Contains(VpcEndpointType.Gateway);
        if (asked == true && !hasGateways)
        {
            throw VpcEndpointRules.Invalid(
                $"PrivateDnsOnlyForInboundResolverEndpoint is not supported by the service {service.Name}.");
        }

        bool inbound = asked ?? hasGateways;
        bool gateway = context.Here.By<VpcEndpoint>(VpcEndpoint.ServiceWord(service.Name))
            .Any(e => e.Type == VpcEndpointType.Gateway && e.VpcId == vpc.Id);
        return inbound && !gateway
            ? throw VpcEndpointRules.Invalid(
                $"To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC {vpc.Id} must have a Gateway endpoint for the service.")
            : inbound;
    }

    /// <summary>One name leads to one endpoint of a VPC, and no private zone of the VPC may have it.</summary>
    private static void RefuseConflict(CommandContext context, Vpc vpc, VpcEndpoint endpoint, ImmutableArray<string> names)
    {
        CloudSnapshot cloud = context.Draft.Next;
        HashSet<string> taken = new(StringComparer.Ordinal);
        foreach (VpcEndpoint other in context.Here.By<VpcEndpoint>(vpc.Key))
        {
            if (other.Id != endpoint.Id && other.PrivateDnsEnabled)
            {
                taken.UnionWith(VpcEndpointNames.PrivateNamesOf(cloud, other));
            }
        }

        string word = HostedZone.VpcWord(context.Region, vpc.Id);
        foreach (Partition partition in cloud.Partitions.Values)
        {
            taken.UnionWith(partition.By<HostedZone>(word).Where(z => z.Private).Select(z => z.Name.TrimEnd('.')));
        }

        if (names.FirstOrDefault(n => taken.Contains(n) || taken.Contains(n.TrimStart('*', '.'))) is { } conflict)
        {
            throw VpcEndpointRules.Invalid(
                $"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {conflict} in the VPC {vpc.Id}");
        }
    }

    private static string NewZoneId(CommandContext context)
    {
        Span<char> letters = stackalloc char[20];
        foreach (ref char letter in letters)
        {
            letter = ZoneLetters[(int)context.Ids.Below((ulong)ZoneLetters.Length)];
        }

        return string.Create(CultureInfo.InvariantCulture, $"Z0{letters}");
    }
}
