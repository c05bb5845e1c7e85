using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>DHCP option sets. Source: AWS, "DHCP option sets in Amazon VPC"; EC2 API, CreateDhcpOptions, AssociateDhcpOptions.</summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<DhcpOptions> DhcpOptionsIds = new(
        "DhcpOptionsId", "InvalidDhcpOptionID.NotFound", "InvalidDhcpOptionsId.Malformed", "The dhcpOption ID '{0}' does not exist");

    private const int AddressesPerOption = 4;

    private static readonly FilterTable<DhcpOptions> DhcpOptionsFilters = new()
    {
        { "dhcp-options-id", options => options.Id.Value },
        { "key", options => options.Configurations.Select(c => c.Name) },
        { "value", options => options.Configurations.SelectMany(c => c.Values) },
        { "owner-id", (here, _) => here.Account },
    };

    public Aws.CreateDhcpOptionsResult CreateDhcpOptions(CommandContext context, Aws.CreateDhcpOptionsRequest request)
    {
        if (request.DhcpConfigurations is not { Count: > 0 } asked)
        {
            throw Fault.Missing("dhcpConfigurations");
        }

        ImmutableArray<DhcpConfiguration> configurations = [.. asked.Select(Configuration)];
        if (configurations.GroupBy(c => c.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw Fault.Invalid($"The DHCP option '{twice.Key}' is specified more than once.");
        }

        DhcpOptions options = context.Put(new DhcpOptions
        {
            Id = new(context.NewId(DhcpOptions.IdPrefix)),
            Configurations = configurations,
            Tags = TagRules.New<DhcpOptions>(request.TagSpecifications),
        });
        return new Aws.CreateDhcpOptionsResult { DhcpOptions = ToWire(context, options) };
    }

    public Aws.DeleteDhcpOptionsResult DeleteDhcpOptions(CommandContext context, Aws.DeleteDhcpOptionsRequest request)
    {
        DhcpOptions options = DhcpOptionsIds.Get(context, request.DhcpOptionsId);
        if (context.Here.By<Vpc>(options.Key).Any())
        {
            throw Fault.InUse($"The dhcpOptions '{options.Id}' has dependencies and cannot be deleted.");
        }

        context.Remove(options.Id);
        return new Aws.DeleteDhcpOptionsResult();
    }

    /// <summary>A set's id, or <c>default</c> for no option at all.</summary>
    public Aws.AssociateDhcpOptionsResult AssociateDhcpOptions(CommandContext context, Aws.AssociateDhcpOptionsRequest request)
    {
        string id = Door.Required(request.DhcpOptionsId, "DhcpOptionsId");
        Id<DhcpOptions>? options = id == "default" ? null : DhcpOptionsIds.Get(context, id).Id;
        context.Put(VpcIds.Get(context, request.VpcId) with { DhcpOptionsId = options });
        return new Aws.AssociateDhcpOptionsResult();
    }

    public Aws.DescribeDhcpOptionsResult DescribeDhcpOptions(CommandContext context, Aws.DescribeDhcpOptionsRequest request)
    {
        Pager.RefuseIdsWithPages(request.DhcpOptionsIds, "dhcpOptionsIds", request.MaxResults);
        IEnumerable<DhcpOptions> rows = DhcpOptionsFilters.Apply(
            context, DhcpOptionsIds.GetAll(context, request.DhcpOptionsIds), request.Filters);
        Page<DhcpOptions> page = Pager.Page(rows, request.MaxResults, request.NextToken);
        return new Aws.DescribeDhcpOptionsResult
        {
            DhcpOptions = [.. page.Rows.Select(o => ToWire(context, o))],
            NextToken = page.NextToken,
        };
    }

    private static DhcpConfiguration Configuration(Aws.NewDhcpConfiguration asked)
    {
        string key = Door.Required(asked.Key, "dhcpConfiguration.key");
        if (asked.Values is not { Count: > 0 } values || values.Any(string.IsNullOrWhiteSpace))
        {
            throw Fault.Invalid($"The DHCP option '{key}' must have a value.");
        }

        return key switch
        {
            "domain-name" => One(key, values, _ => true),
            "domain-name-servers" => Addresses(key, values, text => text == "AmazonProvidedDNS" || IpAddress.TryParse(text, out _)),
            "ntp-servers" => Addresses(key, values, text => IpAddress.TryParse(text, out _)),
            "netbios-name-servers" => Addresses(key, values, text => IpAddress.TryParse(text, out IpAddress ip) && ip.IsV4),
            "netbios-node-type" => One(key, values, text => text is "1" or "2" or "4" or "8"),
            "ipv6-address-preferred-lease-time" => One(key, values, IsLeaseTime),
            _ => throw Fault.Invalid($"Value ({key}) for parameter key is invalid. Unknown DHCP option"),
        };
    }

    private static DhcpConfiguration One(string key, IReadOnlyList<string> values, Func<string, bool> holds) =>
        values.Count == 1 && holds(values[0]) ? new DhcpConfiguration(key, [values[0]]) : throw BadOption(key, values);

    /// <summary>Up to four; clients also send them as one text with commas.</summary>
    private static DhcpConfiguration Addresses(string key, IReadOnlyList<string> values, Func<string, bool> holds)
    {
        ImmutableArray<string> each =
            [.. values.SelectMany(v => v.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        return each.Length is > 0 and <= AddressesPerOption && each.All(holds)
            ? new DhcpConfiguration(key, each)
            : throw BadOption(key, values);
    }

    /// <summary>Seconds, from 140 to 2147483647.</summary>
    private static bool IsLeaseTime(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds >= 140;

    private static Fault BadOption(string key, IReadOnlyList<string> values) =>
        Fault.Invalid($"Value ({string.Join(", ", values)}) for parameter value is invalid. Invalid value for DHCP option '{key}'");

    private static Aws.DhcpOptions ToWire(CommandContext context, DhcpOptions options) => new()
    {
        DhcpOptionsId = options.Id.Value,
        OwnerId = context.Account,
        DhcpConfigurations =
        [
            .. options.Configurations.Select(c => new Aws.DhcpConfiguration
            {
                Key = c.Name,
                Values = [.. c.Values.Select(v => new Aws.AttributeValue { Value = v })],
            }),
        ],
        Tags = TagRules.ToWire(options.Tags),
    };
}
