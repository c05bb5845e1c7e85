using System.Collections.Immutable;
using Trunkline.Cloud;
using Trunkline.Control.Names;
using AwsR53 = Trunkline.Wire.Route53;

namespace Trunkline.Control.Route53;

/// <summary>Record sets: changed all or none, and listed. Source: Route 53 API, ChangeResourceRecordSets, ListResourceRecordSets.</summary>
public sealed partial class Route53Service
{
    private const int ChangesMax = 1000;
    private const int RecordPageMax = 300;

    /// <summary>Every change of the batch is made in its order, or none is and all that is wrong is told.</summary>
    public AwsR53.ChangeResourceRecordSetsResponse ChangeResourceRecordSets(
        CommandContext context, AwsR53.ChangeResourceRecordSetsRequest request)
    {
        HostedZone zone = Zone(context, request.HostedZoneId);
        if (request.ChangeBatch?.Changes is not { Count: > 0 } changes)
        {
            throw InvalidInput("ChangeBatch.Changes must have at least one member.");
        }

        // An UPSERT counts twice (Route 53 Developer Guide, "Quotas").
        if (changes.Sum(c => (c.ResourceRecordSet?.ResourceRecords?.Count ?? 1) * (c.Action == "UPSERT" ? 2 : 1)) > ChangesMax)
        {
            throw new Fault("InvalidChangeBatch", $"[Number of records limit of {ChangesMax} exceeded.]");
        }

        List<string> wrong = [];
        foreach (AwsR53.Change change in changes)
        {
            RecordSet record = RecordReader.Read(zone, change.Action, change.ResourceRecordSet!);
            int before = wrong.Count;
            wrong.AddRange(RecordRules.FaultsOf(record));
            if (wrong.Count == before && Make(context, zone, change.Action!, record) is { } refused)
            {
                wrong.Add(refused);
            }
        }

        if (wrong.Count > 0)
        {
            throw new Fault("InvalidChangeBatch", $"[{string.Join(", ", wrong)}]");
        }

        context.Quotas.Check(
            Quotas.RecordsPerHostedZone, context.Global.Here.By<RecordSet>(RecordSet.ZoneWord(zone.Id)).Count());
        return new AwsR53.ChangeResourceRecordSetsResponse { ChangeInfo = Changed(context, request.ChangeBatch.Comment) };
    }

    /// <summary>By name with the labels from last to first, then by type, then by set identifier.</summary>
    public AwsR53.ListResourceRecordSetsResponse ListResourceRecordSets(
        CommandContext context, AwsR53.ListResourceRecordSetsRequest request)
    {
        HostedZone zone = Zone(context, request.HostedZoneId);
        if ((request.StartRecordType is not null && request.StartRecordName is null)
            || (request.StartRecordIdentifier is not null && request.StartRecordType is null))
        {
            throw InvalidInput("The parameter type needs name, and identifier needs name and type.");
        }

        int size = PageSize(request.MaxItems, RecordPageMax);
        (string, string, string) start = (
            request.StartRecordName is { } name ? DomainName.Reversed(CheckedName(name)) : "",
            request.StartRecordType ?? "", request.StartRecordIdentifier ?? "");
        List<RecordSet> rest =
        [
            .. context.Global.Here.By<RecordSet>(RecordSet.ZoneWord(zone.Id))
                .Select(r => (Record: r, Place: PlaceOf(r)))
                .Where(r => Compare(r.Place, start) >= 0)
                .OrderBy(r => r.Place, Comparer<(string, string, string)>.Create(Compare))
                .Select(r => r.Record)
                .Take(size + 1),
        ];
        RecordSet? next = rest.Count > size ? rest[size] : null;
        return new AwsR53.ListResourceRecordSetsResponse
        {
            ResourceRecordSets = [.. rest.Take(size).Select(ToWire)],
            IsTruncated = next is not null,
            NextRecordName = next?.Name,
            NextRecordType = next?.Type,
            NextRecordIdentifier = next?.SetIdentifier,
            MaxItems = Text(size),
        };
    }

    /// <summary>One change; in words what stands against it, or null.</summary>
    private static string? Make(CommandContext context, HostedZone zone, string action, RecordSet record)
    {
        Partition here = context.Global.Here;
        RecordSet? there = here.Table<RecordSet>().Find(record.Key);
        string what = $"[name='{record.Name}', type='{record.Type}'{(record.SetIdentifier is { } set ? $", set-identifier='{set}'" : "")}]";
        if (action == "DELETE")
        {
            string? why = there is null ? $"Tried to delete resource record set {what} but it was not found"
                : !SameRecord(there, record) ? $"Tried to delete resource record set {what} but the values provided do not match the current values"
                : record.Name == zone.Name && record.Type == "NS" ? "A HostedZone must contain at least one NS record for the zone itself."
                : record.Name == zone.Name && record.Type == "SOA" ? "A HostedZone must contain exactly one SOA record."
                : null;
            if (why is null)
            {
                context.Global.Remove(new Id<RecordSet>(record.Key));
            }

            return why;
        }

        if (action == "CREATE" && there is not null)
        {
            return $"Tried to create resource record set {what} but it already exists";
        }

        if (RecordRules.ConflictOf(here, zone, record) is { } conflict)
        {
            return conflict;
        }

        context.Global.Put(record);
        return null;
    }

    private static bool SameRecord(RecordSet one, RecordSet other) =>
        one with { Values = [] } == other with { Values = [] }
        && one.Values.Order(StringComparer.Ordinal).SequenceEqual(other.Values.Order(StringComparer.Ordinal));

    private static (string Name, string Type, string Set) PlaceOf(RecordSet record) =>
        (DomainName.Reversed(record.Name), record.Type, record.SetIdentifier ?? "");

    private static int Compare((string Name, string Type, string Set) one, (string Name, string Type, string Set) other)
    {
        int order = string.CompareOrdinal(one.Name, other.Name);
        order = order != 0 ? order : string.CompareOrdinal(one.Type, other.Type);
        return order != 0 ? order : string.CompareOrdinal(one.Set, other.Set);
    }

    private static AwsR53.ResourceRecordSet ToWire(RecordSet record) => new()
    {
        Name = record.Name,
        Type = record.Type,
        SetIdentifier = record.SetIdentifier,
        Weight = record.Weight,
        Region = record.Region,
        GeoLocation = record.Place is { } place
            ? new AwsR53.GeoLocation { ContinentCode = place.Continent, CountryCode = place.Country, SubdivisionCode = place.Subdivision }
            : null,
        Failover = record.Failover,
        MultiValueAnswer = record.MultiValue,
        TTL = record.Ttl,
        ResourceRecords = record.Alias is null ? [.. record.Values.Select(v => new AwsR53.ResourceRecord { Value = v })] : null,
        AliasTarget = record.Alias is { } alias
            ? new AwsR53.AliasTarget
            {
                HostedZoneId = alias.ZoneId,
                DNSName = alias.DnsName,
                EvaluateTargetHealth = alias.EvaluateTargetHealth,
            }
            : null,
    };
}
