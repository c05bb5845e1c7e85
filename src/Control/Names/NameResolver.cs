using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Ec2;
using Trunkline.Control.Machines;
using Trunkline.Tracing;

namespace Trunkline.Control.Names;

/// <summary>
/// What the names of a cloud resolve to, inside a VPC and outside of AWS: the one resolver behind <c>trunkline resolve</c>, the ends of
/// traces, and the planes' own answers. Source: Route 53 Developer Guide, "What is Route 53 VPC Resolver?", "Considerations when working
/// with a private hosted zone"; VPC user guide, "DNS attributes for your VPC"; rules 24, 40, 102.
/// </summary>
/// <remarks>
/// Inside a VPC the zone that knows most of the name answers: a private zone of the VPC, the hidden zone of an endpoint with private DNS, or
/// the domain of instances. One that is chosen and does not know the name says so; the question then goes nowhere else. What none of these
/// has is asked of the public names, as from outside.
/// </remarks>
public sealed class NameResolver(
    CloudSnapshot cloud,
    Func<PartitionKey, string, ImmutableArray<string>>? healthyZones = null,
    Func<PartitionKey, string, bool>? isServing = null)
{
    /// <summary>CNAMEs and aliases in a row: more are a circle.</summary>
    private const int ChainMax = 8;

    private const string ReverseDomain = "in-addr.arpa.";

    private readonly ServiceNames services = new(cloud, healthyZones);
    private readonly InstanceNames instances = new(cloud);

    /// <summary>The resolver of a cloud with the health that its model computes.</summary>
    public static NameResolver Of(CloudSnapshot cloud, Tracer tracer) => new(cloud, tracer.HealthyZones, tracer.IsServing);

    /// <summary>What the resolver of a VPC answers.</summary>
    public NameAnswer Inside(Partition at, Vpc vpc, string name, ushort type) => vpc.EnableDnsSupport
        ? Answer(new NameAsk(Plain(name), type, at, vpc), 0)
        : new NameAnswer(DnsCode.Refused, [], $"DNS support of {vpc.Id} is off: its resolver answers nothing");

    /// <summary>What the world's resolvers answer.</summary>
    public NameAnswer Outside(string name, ushort type) => Answer(new NameAsk(Plain(name), type, null, null), 0);

    /// <summary>
    /// What an instance is answered: by its VPC's resolver, if its DHCP options name that one; a name without a dot is looked for in its own
    /// domain.
    /// </summary>
    public NameAnswer For(MachineView machine, string name, ushort type)
    {
        ImmutableArray<string> servers = MachineView.DhcpOption(machine.Here, machine.Vpc, "domain-name-servers");
        if (!servers.Contains("AmazonProvidedDNS"))
        {
            return new NameAnswer(DnsCode.ServerFailure, [], servers.IsEmpty
                ? $"the DHCP options of {machine.Vpc.Id} name no name server"
                : $"the DHCP options of {machine.Vpc.Id} name {string.Join(", ", servers)} and not Amazon's server: what others answer is not known here");
        }

        bool bare = !Plain(name).Contains('.', StringComparison.Ordinal);
        return Inside(machine.Here, machine.Vpc, bare ? $"{Plain(name)}.{machine.Domain}" : name, type);
    }

    private static string Plain(string name) => name.TrimEnd('.').ToLowerInvariant();

    private NameAnswer Answer(NameAsk ask, int depth)
    {
        if (depth > ChainMax)
        {
            return new NameAnswer(DnsCode.ServerFailure, [], $"{ask.Name} leads in a circle");
        }

        if (DomainName.Canonical(ask.Name) is null)
        {
            return NameAnswer.NoName($"'{ask.Name}' is no name");
        }

        return ask.Vpc is null ? OfTheWorld(ask, depth) : OfVpc(ask, ask.At!, ask.Vpc, depth);
    }

    private NameAnswer OfVpc(NameAsk ask, Partition at, Vpc vpc, int depth)
    {
        (PartitionKey At, HostedZone Zone)? mine = PrivateZone(ask, at, vpc);
        (VpcEndpoint Endpoint, string Zone)? hidden = DnsNames.HasNames(vpc) ? services.HiddenZone(ask, at, vpc) : null;
        string own = Regions.InternalDomain(at.Region) + ".";
        int zoneLength = mine?.Zone.Name.Length ?? 0;
        int hiddenLength = hidden?.Zone.Length ?? 0;
        int ownLength = DomainName.IsWithin(ask.Absolute, own) ? own.Length : 0;
        if (mine is { } found && zoneLength >= hiddenLength && zoneLength >= ownLength)
        {
            return InZone(ask, found.At, found.Zone, depth);
        }

        if (hidden is { } endpoint && hiddenLength >= ownLength)
        {
            return services.OfHiddenZone(ask, at, endpoint.Endpoint);
        }

        if (ownLength > 0)
        {
            // The domain itself has no label, and no dot before it either.
            return instances.Private(ask, at, vpc, ask.Name.Length < own.Length ? "" : ask.Name[..^own.Length]);
        }

        return DomainName.IsWithin(ask.Absolute, ReverseDomain) ? instances.Reverse(ask, at, vpc) : OfTheWorld(ask, depth);
    }

    /// <summary>The private zone of the VPC that knows most of a name; it takes both DNS attributes of the VPC.</summary>
    private (PartitionKey At, HostedZone Zone)? PrivateZone(NameAsk ask, Partition at, Vpc vpc)
    {
        if (!DnsNames.HasNames(vpc))
        {
            return null;
        }

        (PartitionKey At, HostedZone Zone)? best = null;
        string word = HostedZone.VpcWord(at.Region, vpc.Id);
        foreach (Partition partition in cloud.Partitions.Values)
        {
            foreach (HostedZone zone in partition.By<HostedZone>(word))
            {
                if (DomainName.IsWithin(ask.Absolute, zone.Name) && zone.Name.Length > (best?.Zone.Name.Length ?? 0))
                {
                    best = (partition.Key, zone);
                }
            }
        }

        return best;
    }

    /// <summary>Public names: of instances, load balancers, endpoints and AWS's services, of public zones, of the world's hosts.</summary>
    private NameAnswer OfTheWorld(NameAsk ask, int depth)
    {
        if (instances.Public(ask) is { } instance)
        {
            return instance;
        }

        if (services.LoadBalancer(ask) is { } balancer)
        {
            return balancer;
        }

        if (services.Endpoint(ask) is { } endpoint)
        {
            return endpoint;
        }

        NameAnswer? zone = PublicZone(ask) is { } found ? InZone(ask, found.At, found.Zone, depth) : null;
        if (zone is { Code: DnsCode.NoError })
        {
            return zone;
        }

        if (services.Aws(ask) is { } aws)
        {
            return aws;
        }

        InternetHost? host = cloud.World.Hosts.FirstOrDefault(h => h.Name.Equals(ask.Name, StringComparison.OrdinalIgnoreCase));
        if (host is not null)
        {
            return NameAnswer.Of(ask, host.Addresses.Select(a => a.First), $"the host {host.Name} of the world");
        }

        return zone ?? (DomainName.IsWithin(ask.Absolute, ReverseDomain)
            ? instances.Reverse(ask, null, null)
            : NameAnswer.NoName($"no zone, resource of AWS or host of the world is {ask.Name}"));
    }

    /// <summary>The public zone that knows most of a name; of two with one name the first by account and id.</summary>
    private (PartitionKey At, HostedZone Zone)? PublicZone(NameAsk ask)
    {
        string name = ask.Absolute;
        while (name.Length > 0)
        {
            string word = HostedZone.NameWord(name);
            foreach (Partition partition in cloud.Partitions.Values.OrderBy(p => p.Key))
            {
                if (partition.By<HostedZone>(word).FirstOrDefault(z => !z.Private) is { } zone)
                {
                    return (partition.Key, zone);
                }
            }

            int dot = name.IndexOf('.', StringComparison.Ordinal);
            name = name[(dot + 1)..];
        }

        return null;
    }

    private NameAnswer InZone(NameAsk ask, PartitionKey at, HostedZone zone, int depth)
    {
        Partition rows = cloud.Partition(at);
        string where = $"the {(zone.Private ? "private" : "public")} zone {zone.Name} ({zone.Id}, account {at.Account})";
        (string name, List<RecordSet> records) = ZoneRecords.At(rows, zone, ask.Absolute);
        if (records.Count == 0)
        {
            return ZoneRecords.HasBelow(rows, zone, ask.Absolute)
                ? NameAnswer.NoData($"{where} has names below {ask.Name} and no record at it")
                : NameAnswer.NoName($"{where} has no record {ask.Name}, and no other zone is asked");
        }

        if (records.FirstOrDefault(r => r.Type == "CNAME") is not null && ask.Type != DnsTypes.Cname)
        {
            return ZoneRecords.Choose(records, "CNAME", ask, r => IsHealthy(r, depth)) is [{ Values: [var target, ..] } cname, ..]
                ? Behind(ask, cname, target, where, depth)
                : NameAnswer.NoData($"{where} has a record {ask.Name} that does not answer here");
        }

        List<NameRecord> found = [];
        string reason = $"{where}, record {name}";
        foreach (string type in ask.Type == DnsTypes.Any ? ["A", "AAAA"] : DnsTypes.TextOf(ask.Type) is { } text ? [text] : Array.Empty<string>())
        {
            foreach (RecordSet record in ZoneRecords.Choose(records, type, ask, r => IsHealthy(r, depth)))
            {
                reason = $"{where}, record {name} {type}{ZoneRecords.Policy(record)}";
                found.AddRange(record.Alias is { } alias
                    ? OfAlias(ask with { Type = DnsTypes.Of(type) }, record, alias, depth, ref reason)
                    : record.Values.Select(v => ZoneRecords.Wire(ask.Name, record, v)));
            }
        }

        return new NameAnswer(DnsCode.NoError, [.. found], found.Count == 0 ? $"{reason}: nothing of that type" : reason);
    }

    private NameAnswer Behind(NameAsk ask, RecordSet cname, string target, string where, int depth)
    {
        NameRecord first = ZoneRecords.Wire(ask.Name, cname, target);
        NameAnswer rest = Answer(ask.To(Plain(target)), depth + 1);
        return rest with { Records = [first, .. rest.Records], Reason = $"{where}: {ask.Name} is {Plain(target)}; {rest.Reason}" };
    }

    /// <summary>
    /// Whether Route 53 takes a record for healthy: one without a health check is; an alias that evaluates its target's health is as healthy as that
    /// load balancer, or as any record of the zone's own name. Source: Route 53 API, AliasTarget, EvaluateTargetHealth.
    /// </summary>
    private bool IsHealthy(RecordSet record, int depth)
    {
        if (record.Alias is not { EvaluateTargetHealth: true } alias || depth >= ChainMax)
        {
            return true;
        }

        if (alias.ZoneId != record.ZoneId.Value)
        {
            return isServing is null || services.BalancerOf(Plain(alias.DnsName)) is not { } balancer || isServing(balancer.At, balancer.Key);
        }

        if (ZoneOf(record.ZoneId) is not { } zone)
        {
            return true;
        }

        List<RecordSet> behind = ZoneRecords.At(cloud.Partition(zone.At), zone.Zone, DomainName.Canonical(Plain(alias.DnsName)) ?? alias.DnsName).Records;
        RecordSet[] same = [.. behind.Where(r => r.Type == record.Type)];
        return same.Length == 0 || same.Any(r => IsHealthy(r, depth + 1));
    }

    /// <summary>An alias answers with its target's addresses under its own name.</summary>
    private IEnumerable<NameRecord> OfAlias(NameAsk ask, RecordSet record, RecordAlias alias, int depth, ref string reason)
    {
        NameAsk behind = ask.To(Plain(alias.DnsName));
        NameAnswer answer = alias.ZoneId == record.ZoneId.Value && ZoneOf(record.ZoneId) is { } zone
            ? depth < ChainMax ? InZone(behind, zone.At, zone.Zone, depth + 1) : NameAnswer.NoName("a circle of aliases")
            : Answer(behind, depth + 1);
        reason = $"{reason}, an alias of {behind.Name}; {answer.Reason}";
        return answer.Records.Where(r => r.Type == ask.Type).Select(r => r with { Owner = ask.Name });
    }

    private (PartitionKey At, HostedZone Zone)? ZoneOf(Id<HostedZone> id)
    {
        foreach (Partition partition in cloud.Partitions.Values)
        {
            if (partition.Find(id) is { } zone)
            {
                return (partition.Key, zone);
            }
        }

        return null;
    }
}

/// <summary>Questions that follow from others.</summary>
internal static class NameAskSteps
{
    public static NameAsk To(this NameAsk ask, string name) => new(name, ask.Type, ask.At, ask.Vpc);
}
