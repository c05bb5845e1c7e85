using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control;

/// <summary>Control's door: where text of a request becomes a prefix, an address or a port, once, or is refused in AWS's words.</summary>
public static class Door
{
    /// <summary>A value that must be there.</summary>
    public static string Required(string? value, string parameter) => string.IsNullOrEmpty(value) ? throw Fault.Missing(parameter) : value;

    /// <summary>A list that must name something.</summary>
    public static IReadOnlyList<string> Required(IReadOnlyList<string>? values, string parameter) =>
        values is { Count: > 0 } ? values : throw Fault.Missing(parameter);

    public static T Required<T>(T? value, string parameter)
        where T : struct => value ?? throw Fault.Missing(parameter);

    /// <summary>One of a closed list; null where it was left out.</summary>
    public static string? OneOf(string? value, string parameter, params ReadOnlySpan<string> allowed) =>
        value is null || allowed.Contains(value) ? value : throw Fault.InvalidValue(value, parameter);

    /// <summary>An IPv4 block; host bits are cleared, as AWS does.</summary>
    public static Prefix Ipv4Cidr(string? text, string parameter)
    {
        Prefix cidr = AnyCidr(text, parameter);
        return cidr.IsV4 ? cidr : throw Fault.InvalidValue(text, parameter);
    }

    /// <summary>An IPv6 block; host bits are cleared.</summary>
    public static Prefix Ipv6Cidr(string? text, string parameter)
    {
        Prefix cidr = AnyCidr(text, parameter);
        return cidr.IsV4 ? throw Fault.InvalidValue(text, parameter) : cidr;
    }

    /// <summary>A block of either family.</summary>
    public static Prefix AnyCidr(string? text, string parameter) =>
        Prefix.TryParse(Required(text, parameter), out Prefix cidr)
            ? cidr
            : throw Fault.Invalid($"Value ({text}) for parameter {parameter} is invalid. This is not a valid CIDR block.");

    public static IpAddress Ipv4(string? text, string parameter) =>
        IpAddress.TryParse(Required(text, parameter), out IpAddress address) && address.IsV4
            ? address
            : throw Fault.Invalid($"Value ({text}) for parameter {parameter} is invalid. Invalid IPv4 address");

    public static IpAddress Ipv6(string? text, string parameter) =>
        IpAddress.TryParse(Required(text, parameter), out IpAddress address) && !address.IsV4
            ? address
            : throw Fault.Invalid($"Value ({text}) for parameter {parameter} is invalid. Invalid IPv6 address");

    /// <summary>Protocols the EC2 API takes by name or number; -1 for all.</summary>
    public static int Protocol(string? text, string parameter) => Required(text, parameter).ToLowerInvariant() switch
    {
        "-1" or "all" => -1,
        "tcp" => 6,
        "udp" => 17,
        "icmp" => 1,
        "icmpv6" => 58,
        var other when int.TryParse(other, System.Globalization.NumberStyles.None, null, out int number) && number <= 255 => number,
        _ => throw Fault.InvalidValue(text, parameter),
    };

    /// <summary>How security groups print a protocol: <c>tcp</c>, <c>udp</c>, <c>icmp</c>, <c>icmpv6</c>, else the number.</summary>
    public static string ProtocolName(int protocol) => protocol switch
    {
        6 => "tcp",
        17 => "udp",
        1 => "icmp",
        58 => "icmpv6",
        _ => protocol.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>A zone of the caller's region, by name or by id.</summary>
    public static Zone ZoneOf(CommandContext context, string? name, string? zoneId)
    {
        foreach (Zone zone in Regions.ZonesOf(context.Account, context.Region))
        {
            if (name is null ? zone.ZoneId == zoneId : zone.Name == name && (zoneId is null || zone.ZoneId == zoneId))
            {
                return zone;
            }
        }

        throw Fault.Invalid(
            $"Value ({name ?? zoneId}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following "
            + $"availability zones: {string.Join(", ", Regions.ZonesOf(context.Account, context.Region).Select(z => z.Name))}.");
    }
}
