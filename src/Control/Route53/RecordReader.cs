using System.Collections.Immutable;
using Trunkline.Cloud;
using Trunkline.Control.Names;
using AwsR53 = Trunkline.Wire.Route53;

namespace Trunkline.Control.Route53;

/// <summary>Reads one record set of a request: exactly one of values and an alias, and one routing policy at most.</summary>
internal static class RecordReader
{
    private const long TtlMax = 2_147_483_647;
    private const int SetIdentifierMax = 128;
    private const int ValueMax = 4000;

    /// <exception cref="Fault">InvalidInput; UnsupportedOperation for what Trunkline has not; NoSuchHealthCheck.</exception>
    public static RecordSet Read(HostedZone zone, string? action, AwsR53.ResourceRecordSet asked)
    {
        RefuseUnserved(asked);
        bool alias = asked.AliasTarget is not null;
        bool values = asked.TTL is not null || asked.ResourceRecords is not null;
        if (alias == values || (values && (asked.TTL is null || asked.ResourceRecords is not { Count: > 0 })))
        {
            throw Wrong(
                "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], "
                + $"but found {(alias && values ? "more than one" : "none")} in Change with "
                + $"[Action={action}, Name={asked.Name}, Type={asked.Type}, SetIdentifier={asked.SetIdentifier ?? "null"}]");
        }

        if (asked.TTL is < 0 or > TtlMax)
        {
            throw Wrong($"Invalid request: TTL {asked.TTL} is not between 0 and {TtlMax}");
        }

        CheckPolicy(asked);
        return new RecordSet
        {
            ZoneId = zone.Id,
            Name = NameOf(asked.Name),
            Type = asked.Type!,
            SetIdentifier = asked.SetIdentifier,
            Ttl = asked.TTL,
            Values = alias ? [] : [.. asked.ResourceRecords!.Select(r => CheckedValue(r.Value))],
            Alias = alias ? AliasOf(asked.AliasTarget!) : null,
            Weight = (int?)asked.Weight,
            Region = asked.Region,
            Failover = asked.Failover,
            MultiValue = asked.MultiValueAnswer,
            Place = asked.GeoLocation is { } place ? PlaceOf(place) : null,
        };
    }

    private static Fault Wrong(string message) => new("InvalidInput", message);

    private static void RefuseUnserved(AwsR53.ResourceRecordSet asked)
    {
        string? unserved = asked switch
        {
            { TrafficPolicyInstanceId: not null } => "TrafficPolicyInstanceId",
            { CidrRoutingConfig: not null } => "CidrRoutingConfig",
            { GeoProximityLocation: not null } => "GeoProximityLocation",
            _ => null,
        };
        if (unserved is not null)
        {
            throw Fault.Unsupported(unserved);
        }

        if (asked.HealthCheckId is { } check)
        {
            throw new Fault("NoSuchHealthCheck", $"No health check exists with the specified ID: {check}", 404);
        }
    }

    private static void CheckPolicy(AwsR53.ResourceRecordSet asked)
    {
        string?[] policies =
        [
            asked.Weight is null ? null : "Weight", asked.Region is null ? null : "Region", asked.Failover is null ? null : "Failover",
            asked.MultiValueAnswer == true ? "MultiValueAnswer" : null, asked.GeoLocation is null ? null : "GeoLocation",
        ];
        int count = policies.Count(p => p is not null);
        if (count > 1)
        {
            throw Wrong($"Invalid request: Expected exactly one of [{string.Join(", ", policies.Where(p => p is not null))}] for the name {asked.Name}");
        }

        if (count == 1 && string.IsNullOrEmpty(asked.SetIdentifier))
        {
            throw Wrong($"Invalid request: Missing field 'SetIdentifier' in Change with [Name={asked.Name}, Type={asked.Type}]");
        }

        if (count == 0 && asked.SetIdentifier is not null)
        {
            throw Wrong(
                "Invalid request: Missing field 'Weight', 'Region', 'Failover', 'GeoLocation' or 'MultiValueAnswer' in Change with "
                + $"[Name={asked.Name}, Type={asked.Type}, SetIdentifier={asked.SetIdentifier}]");
        }

        if (asked.SetIdentifier is { Length: > SetIdentifierMax } || asked.Weight is < 0 or > 255)
        {
            throw Wrong(asked.Weight is < 0 or > 255
                ? $"Invalid request: Weight {asked.Weight} is not between 0 and 255"
                : $"Invalid request: SetIdentifier is longer than {SetIdentifierMax} characters");
        }

        if (asked.MultiValueAnswer == true && asked.AliasTarget is not null)
        {
            throw Wrong("Invalid request: A multivalue answer record can not be an alias.");
        }
    }

    private static string NameOf(string? text) => DomainName.Canonical(Door.Required(text, "Name"))
        ?? throw new Fault("InvalidChangeBatch", $"[FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with '{text}']");

    private static string CheckedValue(string? value) => value is { Length: > 0 and <= ValueMax }
        ? value
        : throw Wrong($"Invalid request: a record's Value has 1 to {ValueMax} characters");

    private static RecordAlias AliasOf(AwsR53.AliasTarget asked)
    {
        string id = Door.Required(asked.HostedZoneId, "AliasTarget.HostedZoneId");
        string name = DomainName.Canonical(Door.Required(asked.DNSName, "AliasTarget.DNSName"))
            ?? throw new Fault("InvalidChangeBatch", $"[FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with '{asked.DNSName}']");
        return new RecordAlias(
            id.StartsWith("/hostedzone/", StringComparison.Ordinal) ? id["/hostedzone/".Length..] : id,
            name,
            asked.EvaluateTargetHealth ?? throw Fault.Missing("AliasTarget.EvaluateTargetHealth"));
    }

    private static RecordPlace PlaceOf(AwsR53.GeoLocation asked)
    {
        bool good = asked switch
        {
            { ContinentCode: not null } => asked.CountryCode is null && asked.SubdivisionCode is null
                && asked.ContinentCode is "AF" or "AN" or "AS" or "EU" or "OC" or "NA" or "SA",
            { CountryCode: "*" } => asked.SubdivisionCode is null,
            { CountryCode: { Length: 2 } country } => country.All(char.IsAsciiLetterUpper),
            _ => false,
        };
        return good
            ? new RecordPlace(asked.ContinentCode, asked.CountryCode, asked.SubdivisionCode)
            : throw Wrong("Invalid request: GeoLocation must name a continent, a country, or a country and its subdivision");
    }
}
