using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Names;

namespace Trunkline.Control.Route53;

/// <summary>
/// What a record set must be by itself and beside others, in the words of Route 53's InvalidChangeBatch. Source: Route 53 Developer Guide,
/// "Supported DNS record types", "Choosing between alias and non-alias records".
/// </summary>
internal static class RecordRules
{
    private const int CharacterStringMax = 255;

    /// <summary>What is wrong with the values of a record; empty where nothing is.</summary>
    public static IEnumerable<string> FaultsOf(RecordSet record)
    {
        if (record.Values.Distinct(StringComparer.Ordinal).Count() != record.Values.Length)
        {
            string twice = record.Values.GroupBy(v => v, StringComparer.Ordinal).First(g => g.Count() > 1).Key;
            yield return $"Duplicate Resource Record: '{twice}'";
        }

        if (record.Type is "CNAME" or "SOA" && record.Values.Length > 1)
        {
            yield return $"Invalid Resource Record: FATAL problem: MultipleValues (A {record.Type} record has one value) encountered with '{record.Name}'";
        }

        foreach (string value in record.Values)
        {
            if (Problem(record.Type, value) is { } problem)
            {
                yield return $"Invalid Resource Record: 'FATAL problem: {problem} encountered with '{value}''";
            }
        }
    }

    /// <summary>What stands against a record beside the others of its zone; null where nothing does.</summary>
    public static string? ConflictOf(Partition here, HostedZone zone, RecordSet record)
    {
        if (!DomainName.IsWithin(record.Name, zone.Name))
        {
            return $"RRSet with DNS name {record.Name} is not permitted in zone {zone.Name}";
        }

        if (record.Type == "CNAME" && record.Name == zone.Name)
        {
            return $"RRSet of type CNAME with DNS name {record.Name} is not permitted at apex in zone {zone.Name}";
        }

        foreach (RecordSet other in here.By<RecordSet>(RecordSet.NameWord(zone.Id, record.Name)))
        {
            if (other.Type != record.Type && (other.Type == "CNAME" || record.Type == "CNAME"))
            {
                return record.Type == "CNAME"
                    ? $"RRSet of type CNAME with DNS name {record.Name} is not permitted as it conflicts with other records "
                        + $"with the same DNS name in zone {zone.Name}"
                    : $"RRSet of type {record.Type} with DNS name {record.Name} is not permitted because a conflicting RRSet of type CNAME "
                        + $"with the same DNS name already exists in zone {zone.Name}";
            }

            if (other.Type == record.Type && other.Key != record.Key && PolicyOf(other) != PolicyOf(record))
            {
                return $"RRSet with DNS name {record.Name}, type {record.Type}, SetIdentifier {record.SetIdentifier ?? "null"} cannot be created "
                    + "because a record with the same name and type and another routing policy already exists";
            }

            if (other.Type == record.Type && other.Key != record.Key && record.Failover is not null && other.Failover == record.Failover)
            {
                return $"RRSet with DNS name {record.Name}, type {record.Type}, SetIdentifier {record.SetIdentifier} cannot be created "
                    + $"because a {record.Failover} failover record with the same name and type already exists";
            }
        }

        return AliasConflict(here, zone, record);
    }

    private static string? AliasConflict(Partition here, HostedZone zone, RecordSet record)
    {
        if (record.Alias is not { } alias)
        {
            return null;
        }

        if (record.Type is "NS" or "SOA")
        {
            return $"Tried to create an alias of type {record.Type}, which can not be an alias";
        }

        if (alias.ZoneId != zone.Key)
        {
            // The zone of a load balancer, an endpoint, or another of AWS's: names are looked up when they are asked for.
            return here.Table<HostedZone>().Find(alias.ZoneId) is { } other && !DomainName.IsWithin(alias.DnsName, other.Name)
                ? Outside(record, alias)
                : null;
        }

        if (!DomainName.IsWithin(alias.DnsName, zone.Name))
        {
            return Outside(record, alias);
        }

        return here.By<RecordSet>(RecordSet.NameWord(zone.Id, alias.DnsName)).Any(r => r.Type == record.Type)
            ? null
            : $"Tried to create an alias that targets {alias.DnsName}, type {record.Type} in zone {alias.ZoneId}, but that target was not found";
    }

    private static string Outside(RecordSet record, RecordAlias alias) =>
        $"Tried to create an alias that targets {alias.DnsName}, type {record.Type} in zone {alias.ZoneId}, "
        + "but the alias target name does not lie within the target zone";

    private static string PolicyOf(RecordSet record) => record switch
    {
        { Weight: not null } => "weighted",
        { Region: not null } => "latency",
        { Failover: not null } => "failover",
        { MultiValue: true } => "multivalue",
        { Place: not null } => "geolocation",
        _ => "simple",
    };

    private static string? Problem(string type, string value)
    {
        string[] words = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return type switch
        {
            "A" => IsAddress(value, v4: true) ? null : "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)",
            "AAAA" => IsAddress(value, v4: false) ? null : "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)",
            "CNAME" or "NS" or "PTR" => DomainName.Canonical(value) is not null ? null : "DomainLabelEmpty (Domain label is empty)",
            "MX" => words is [var preference, var host] && Number(preference) && DomainName.Canonical(host) is not null
                ? null : "MXRRDATANotTwoFields (MX record doesn't have 2 fields)",
            "SRV" => words is [var priority, var weight, var port, var target]
                && Number(priority) && Number(weight) && Number(port) && (target == "." || DomainName.Canonical(target) is not null)
                ? null : "SRVRRDATANotFourFields (SRV record doesn't have 4 fields)",
            "TXT" or "SPF" => TextProblem(value),
            "CAA" => words is [var flags, "issue" or "issuewild" or "iodef" or "contactemail" or "contactphone", .. { Length: > 0 } rest]
                && byte.TryParse(flags, out _) && TextProblem(string.Join(' ', rest)) is null
                ? null : "CAARRDATANotThreeFields (CAA record doesn't have 3 fields)",
            "SOA" => words.Length == 7 && words[2..].All(w => uint.TryParse(w, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                ? null : "SOARRDATANotSevenFields (SOA record doesn't have 7 fields)",
            _ => null,
        };
    }

    private static bool Number(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static bool IsAddress(string text, bool v4) => IpAddress.TryParse(text, out IpAddress address) && address.IsV4 == v4;

    /// <summary>One or more strings in quotation marks, each of up to 255 characters.</summary>
    private static string? TextProblem(string value)
    {
        int at = 0;
        bool any = false;
        while (at < value.Length)
        {
            if (value[at] == ' ')
            {
                at++;
                continue;
            }

            if (value[at] != '"')
            {
                return "InvalidCharacterString (Value should be enclosed in quotation marks)";
            }

            int length = 0;
            for (at++; at < value.Length && value[at] != '"'; at++, length++)
            {
                at += value[at] == '\\' && at + 1 < value.Length ? 1 : 0;
            }

            if (at == value.Length)
            {
                return "InvalidCharacterString (Value should be enclosed in quotation marks)";
            }

            if (length > CharacterStringMax)
            {
                return "CharacterStringTooLong (Value is too long)";
            }

            any = true;
            at++;
        }

        return any ? null : "InvalidCharacterString (Value should be enclosed in quotation marks)";
    }
}
