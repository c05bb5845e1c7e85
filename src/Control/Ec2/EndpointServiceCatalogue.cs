using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// The services that a consumer can make endpoints to: AWS's, its own, and those it was let into. Source: EC2 API, DescribeVpcEndpointServices.
/// </summary>
public sealed partial class Ec2Service
{
    private static readonly FilterTable<ListedService> ListedServiceFilters = new(service => service.OwnRow)
    {
        { "owner", service => service.Owner?.Account ?? AwsServices.ServiceOwner },
        { "service-name", service => service.Name },
        { "service-region", service => service.Region },
        { "service-type", service => service.Type.ToString() },
        { "supported-ip-address-types", service => service.Choice.IpAddressTypes },
    };

    public Aws.DescribeVpcEndpointServicesResult DescribeVpcEndpointServices(
        CommandContext context, Aws.DescribeVpcEndpointServicesRequest request)
    {
        ImmutableArray<string> regions = request.ServiceRegions is { Count: > 0 } asked ? [.. asked] : [context.Region];
        List<ListedService> rows = request.ServiceNames is { Count: > 0 } names
            ? [.. names.Distinct(StringComparer.Ordinal).SelectMany(n => Listed(context, Named(context, n, regions)))]
            : [.. regions.Distinct(StringComparer.Ordinal).SelectMany(r => ServicesOf(context, r)).SelectMany(c => Listed(context, c))];
        rows.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        Page<ListedService> page = Pager.Page(
            ListedServiceFilters.Apply(context, rows, request.Filters), AtMost(request.MaxResults, EndpointsPerPage), request.NextToken,
            service => service.Key, least: 1);
        return new Aws.DescribeVpcEndpointServicesResult
        {
            ServiceNames = [.. page.Rows.Select(s => s.Name).Distinct(StringComparer.Ordinal)],
            ServiceDetails = [.. page.Rows.Select(s => ToWire(context, s))],
            NextToken = page.NextToken,
        };
    }

    private static EndpointServiceChoice Named(CommandContext context, string name, ImmutableArray<string> regions)
    {
        foreach (string region in regions)
        {
            if (ServicesOf(context, region, named: name).FirstOrDefault(s => s.Name == name) is { } found)
            {
                return found;
            }
        }

        throw EndpointServiceChoice.NotFound(name);
    }

    /// <summary>The services of a region that the caller may use; one that is open to all is shown only to who names it.</summary>
    private static IEnumerable<EndpointServiceChoice> ServicesOf(CommandContext context, string region, string? named = null)
    {
        if (region == context.Region)
        {
            foreach (AwsService service in AwsServices.Of(region).Where(s => !s.Types.IsEmpty))
            {
                yield return new EndpointServiceChoice(service.Name, region, service, null, null);
            }
        }

        foreach ((PartitionKey owner, Partition partition) in context.Draft.Next.Partitions)
        {
            foreach (VpcEndpointService row in owner.Region == region ? partition.All<VpcEndpointService>() : [])
            {
                bool isOpen = owner.Account != context.Account && row.AllowedPrincipals.All(p => p.Principal == "*");
                if (EndpointServiceChoice.Admits(owner, row, context.Caller.Partition) && (!isOpen || row.ServiceName == named))
                {
                    yield return new EndpointServiceChoice(row.ServiceName, region, null, row, owner);
                }
            }
        }
    }

    /// <summary>One line a type, as AWS lists services with more than one.</summary>
    private static IEnumerable<ListedService> Listed(CommandContext context, EndpointServiceChoice choice) =>
        choice.Types.Select(type => new ListedService(choice, type, choice.Owner == context.Caller.Partition ? choice.Row : null));

    private static Aws.ServiceDetail ToWire(CommandContext context, ListedService service)
    {
        EndpointServiceChoice choice = service.Choice;
        ImmutableArray<Zone> zones = ZonesWith(context, choice.ZoneIds(context));
        bool isInterface = service.Type == VpcEndpointType.Interface;
        string? privateName = choice.Row is { } row ? row.PrivateName?.Name
            : isInterface ? choice.OfAws!.PrivateNames.FirstOrDefault() : null;
        return new Aws.ServiceDetail
        {
            ServiceName = choice.Name,
            ServiceId = choice.Row?.Id.Value ?? choice.OfAws!.ServiceIdOf(service.Type),
            ServiceType = [new Aws.ServiceTypeDetail { ServiceType = service.Type.ToString() }],
            ServiceRegion = choice.Region,
            AvailabilityZones = [.. zones.Select(z => z.Name)],
            AvailabilityZoneIds = [.. zones.Select(z => z.ZoneId)],
            Owner = choice.Owner?.Account ?? AwsServices.ServiceOwner,
            BaseEndpointDnsNames = [choice.Row is { } own ? BaseNameOf(own) : choice.OfAws!.BaseNameOf(service.Type)],
            PrivateDnsName = privateName,
            PrivateDnsNames = PrivateNamesOf(choice, isInterface),
            PrivateDnsNameVerificationState = privateName is null ? null
                : StateOf(choice.Row?.PrivateName?.State ?? DnsVerification.Verified),
            VpcEndpointPolicySupported = choice.TakesPolicy,
            AcceptanceRequired = choice.AcceptanceRequired,
            ManagesVpcEndpoints = false,
            PayerResponsibility = choice.Row?.PayerResponsibility,
            SupportedIpAddressTypes = [.. choice.IpAddressTypes],
            Tags = service.OwnRow is { } tagged ? TagRules.ToWire(tagged.Tags) : null,
        };
    }

    private static IReadOnlyList<Aws.PrivateDnsDetails>? PrivateNamesOf(EndpointServiceChoice choice, bool isInterface)
    {
        IEnumerable<string> names = choice.Row is { } row ? row.PrivateName is { } name ? [name.Name] : []
            : isInterface ? choice.OfAws!.PrivateNames : [];
        List<Aws.PrivateDnsDetails> all = [.. names.Select(n => new Aws.PrivateDnsDetails { PrivateDnsName = n })];
        return all.Count == 0 ? null : all;
    }

    /// <summary>A service as one line of the list.</summary>
    /// <param name="OwnRow">The row, where it is the caller's own: others do not see its tags.</param>
    private sealed record ListedService(EndpointServiceChoice Choice, VpcEndpointType Type, VpcEndpointService? OwnRow)
    {
        public string Name => Choice.Name;

        public string Region => Choice.Region;

        public PartitionKey? Owner => Choice.Owner;

        public string Key => $"{Name}/{Type}";
    }
}
