using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;
using Trunkline.Control.Names;
using AwsR53 = Trunkline.Wire.Route53;

namespace Trunkline.Control.Route53;

/// <summary>Hosted zones. Source: Route 53 API, CreateHostedZone, DeleteHostedZone, ListHostedZones, ListHostedZonesByName.</summary>
public sealed partial class Route53Service
{
    private const int CallerReferenceMax = 128;
    private const int NameServerTtl = 172_800;
    private const int AuthorityTtl = 900;

    /// <summary>The name servers that every private zone names.</summary>
    private static readonly ImmutableArray<string> PrivateServers =
        ["ns-1536.awsdns-00.co.uk.", "ns-0.awsdns-00.com.", "ns-1024.awsdns-00.org.", "ns-512.awsdns-00.net."];

    public AwsR53.CreateHostedZoneResponse CreateHostedZone(CommandContext context, AwsR53.CreateHostedZoneRequest request)
    {
        string name = CheckedName(request.Name);
        string reference = Door.Required(request.CallerReference, "CallerReference");
        if (reference.Length > CallerReferenceMax)
        {
            throw InvalidInput($"CallerReference is longer than {CallerReferenceMax} characters");
        }

        Partition here = context.Global.Here;
        if (here.Table<HostedZone>().Any(HostedZone.CallerWord(reference)))
        {
            throw new Fault("HostedZoneAlreadyExists", "A hosted zone has already been created with the specified caller reference.", 409);
        }

        if (request.DelegationSetId is not null)
        {
            throw new Fault("NoSuchDelegationSet", "A reusable delegation set with the specified ID does not exist.");
        }

        if (request.VPC is null && request.HostedZoneConfig?.PrivateZone == true)
        {
            throw InvalidInput(
                "When you're creating a private hosted zone (when you specify true for PrivateZone), you must also specify values for VPCId and VPCRegion.");
        }

        ZoneVpc? vpc = request.VPC is null ? null : OwnVpc(context, request.VPC);
        if (vpc is not null)
        {
            RefuseSameDomain(context, vpc, name);
        }

        context.Quotas.Check(Quotas.HostedZonesPerAccount, here.Table<HostedZone>().Count + 1);
        HostedZone zone = context.Global.Put(new HostedZone
        {
            Id = new(NewId(context, 'Z')),
            Name = name,
            CallerReference = reference,
            Comment = CheckedComment(request.HostedZoneConfig?.Comment),
            Private = vpc is not null,
            Vpcs = vpc is null ? [] : [vpc],
            NameServers = vpc is null ? NewServers(context) : [],
        });
        PutAuthority(context, zone);
        return new AwsR53.CreateHostedZoneResponse
        {
            HostedZone = ToWire(context.Global.Here, zone),
            ChangeInfo = Changed(context),
            DelegationSet = SetOf(zone),
            VPC = request.VPC,
            Location = $"https://route53.amazonaws.com/2013-04-01/hostedzone/{zone.Id}",
        };
    }

    public AwsR53.GetHostedZoneResponse GetHostedZone(CommandContext context, AwsR53.GetHostedZoneRequest request)
    {
        HostedZone zone = Zone(context, request.Id);
        return new AwsR53.GetHostedZoneResponse
        {
            HostedZone = ToWire(context.Global.Here, zone),
            DelegationSet = SetOf(zone),
            VPCs = zone.Private ? [.. zone.Vpcs.Select(ToWire)] : null,
        };
    }

    /// <summary>Refused while it has a record beside its own NS and SOA.</summary>
    public AwsR53.DeleteHostedZoneResponse DeleteHostedZone(CommandContext context, AwsR53.DeleteHostedZoneRequest request)
    {
        HostedZone zone = Zone(context, request.Id);
        List<RecordSet> records = [.. context.Global.Here.By<RecordSet>(RecordSet.ZoneWord(zone.Id))];
        if (records.Any(r => r.Name != zone.Name || r.Type is not ("NS" or "SOA")))
        {
            throw new Fault(
                "HostedZoneNotEmpty", "The specified hosted zone contains non-required resource record sets and so cannot be deleted.");
        }

        foreach (RecordSet record in records)
        {
            context.Global.Remove(new Id<RecordSet>(record.Key));
        }

        context.Global.Remove(zone.Id);
        return new AwsR53.DeleteHostedZoneResponse { ChangeInfo = Changed(context) };
    }

    public AwsR53.UpdateHostedZoneCommentResponse UpdateHostedZoneComment(
        CommandContext context, AwsR53.UpdateHostedZoneCommentRequest request)
    {
        string? comment = string.IsNullOrEmpty(request.Comment) ? null : CheckedComment(request.Comment);
        HostedZone zone = context.Global.Put(Zone(context, request.Id) with { Comment = comment });
        return new AwsR53.UpdateHostedZoneCommentResponse { HostedZone = ToWire(context.Global.Here, zone) };
    }

    /// <summary>Pages by id; the marker is the first zone of the next page.</summary>
    public AwsR53.ListHostedZonesResponse ListHostedZones(CommandContext context, AwsR53.ListHostedZonesRequest request)
    {
        if (request.DelegationSetId is not null)
        {
            throw new Fault("NoSuchDelegationSet", "A reusable delegation set with the specified ID does not exist.");
        }

        int size = PageSize(request.MaxItems);
        string? from = request.Marker is null ? null : Bare(request.Marker, ZonePath);
        List<HostedZone> rest =
        [
            .. context.Global.Here.All<HostedZone>()
                .Where(z => (from is null || string.CompareOrdinal(z.Key, from) >= 0) && (request.HostedZoneType is null || z.Private))
                .Take(size + 1),
        ];
        return new AwsR53.ListHostedZonesResponse
        {
            HostedZones = [.. rest.Take(size).Select(z => ToWire(context.Global.Here, z))],
            Marker = request.Marker,
            IsTruncated = rest.Count > size,
            NextMarker = rest.Count > size ? rest[size].Key : null,
            MaxItems = Text(size),
        };
    }

    /// <summary>By name with the labels from last to first, then by id.</summary>
    public AwsR53.ListHostedZonesByNameResponse ListHostedZonesByName(CommandContext context, AwsR53.ListHostedZonesByNameRequest request)
    {
        if (request.HostedZoneId is not null && request.DNSName is null)
        {
            throw InvalidInput("The parameter dnsname must be specified where hostedzoneid is.");
        }

        int size = PageSize(request.MaxItems);
        string? name = request.DNSName is null ? null : DomainName.Reversed(CheckedName(request.DNSName));
        string id = Bare(request.HostedZoneId ?? "", ZonePath);
        List<HostedZone> rest =
        [
            .. context.Global.Here.All<HostedZone>()
                .Select(z => (Zone: z, Name: DomainName.Reversed(z.Name)))
                .Where(z => name is null || string.CompareOrdinal(z.Name, name) is var order
                    && (order > 0 || (order == 0 && string.CompareOrdinal(z.Zone.Key, id) >= 0)))
                .OrderBy(z => z.Name, StringComparer.Ordinal).ThenBy(z => z.Zone.Key, StringComparer.Ordinal)
                .Select(z => z.Zone)
                .Take(size + 1),
        ];
        HostedZone? next = rest.Count > size ? rest[size] : null;
        return new AwsR53.ListHostedZonesByNameResponse
        {
            HostedZones = [.. rest.Take(size).Select(z => ToWire(context.Global.Here, z))],
            DNSName = request.DNSName,
            HostedZoneId = request.HostedZoneId,
            IsTruncated = next is not null,
            NextDNSName = next?.Name,
            NextHostedZoneId = next?.Key,
            MaxItems = Text(size),
        };
    }

    /// <remarks>Zones are not signed: Route 53's keys are no part of what is served.</remarks>
    public AwsR53.GetDNSSECResponse GetDNSSEC(CommandContext context, AwsR53.GetDNSSECRequest request)
    {
        if (Zone(context, request.HostedZoneId).Private)
        {
            throw new Fault("InvalidArgument", "DNSSEC is not supported for private hosted zones.");
        }

        return new AwsR53.GetDNSSECResponse { Status = new AwsR53.DNSSECStatus { ServeSignature = "NOT_SIGNING" }, KeySigningKeys = [] };
    }

    /// <remarks>Traffic policies are not served, so no zone has an instance of one.</remarks>
    public AwsR53.ListTrafficPolicyInstancesByHostedZoneResponse ListTrafficPolicyInstancesByHostedZone(
        CommandContext context, AwsR53.ListTrafficPolicyInstancesByHostedZoneRequest request)
    {
        _ = Zone(context, request.HostedZoneId);
        return new AwsR53.ListTrafficPolicyInstancesByHostedZoneResponse
        {
            TrafficPolicyInstances = [],
            IsTruncated = false,
            MaxItems = Text(PageSize(request.MaxItems)),
        };
    }

    /// <summary>Four servers under four top-level domains, as Route 53 deals them out.</summary>
    private static ImmutableArray<string> NewServers(CommandContext context)
    {
        string[] domains = ["com", "net", "org", "co.uk"];
        ImmutableArray<string>.Builder servers = ImmutableArray.CreateBuilder<string>(domains.Length);
        for (int i = 0; i < domains.Length; i++)
        {
            servers.Add(string.Create(
                CultureInfo.InvariantCulture, $"ns-{((ulong)i * 512) + context.Ids.Below(512)}.awsdns-{context.Ids.Below(64):D2}.{domains[i]}."));
        }

        return servers.MoveToImmutable();
    }

    /// <summary>The zone's own NS and SOA records.</summary>
    private static void PutAuthority(CommandContext context, HostedZone zone)
    {
        ImmutableArray<string> servers = zone.Private ? PrivateServers : zone.NameServers;
        context.Global.Put(new RecordSet { ZoneId = zone.Id, Name = zone.Name, Type = "NS", Ttl = NameServerTtl, Values = servers });
        context.Global.Put(new RecordSet
        {
            ZoneId = zone.Id,
            Name = zone.Name,
            Type = "SOA",
            Ttl = AuthorityTtl,
            Values = [$"{servers[0]} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"],
        });
    }

    private static AwsR53.DelegationSet? SetOf(HostedZone zone) => zone.Private
        ? null
        : new AwsR53.DelegationSet { NameServers = [.. zone.NameServers.Select(s => s.TrimEnd('.'))] };

    private static AwsR53.HostedZone ToWire(Partition here, HostedZone zone) => new()
    {
        Id = ZonePath + zone.Key,
        Name = zone.Name,
        CallerReference = zone.CallerReference,
        Config = new AwsR53.HostedZoneConfig { Comment = zone.Comment, PrivateZone = zone.Private },
        ResourceRecordSetCount = here.By<RecordSet>(RecordSet.ZoneWord(zone.Id)).LongCount(),
    };
}
