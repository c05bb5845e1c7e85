using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Machines;

namespace Trunkline.Control.Names;

/// <summary>One record of an answer.</summary>
/// <param name="Owner">The name it stands at, without a closing dot; another than the one asked for behind a CNAME.</param>
/// <param name="Type">See <see cref="DnsTypes"/>.</param>
/// <param name="Ttl">Seconds that it may be kept.</param>
/// <param name="Address">For A and AAAA.</param>
/// <param name="Data">For the others: as Route 53 writes the value.</param>
public sealed record NameRecord(string Owner, ushort Type, uint Ttl, IpAddress Address, string? Data = null)
{
    public override string ToString() => Data ?? Address.ToString();
}

/// <summary>What became of a name: a code, the records, and who said so.</summary>
/// <param name="Reason">One sentence for people: the zone, load balancer, endpoint, instance or host that answers, or why nothing does.</param>
public sealed record NameAnswer(DnsCode Code, ImmutableArray<NameRecord> Records, string Reason)
{
    public IEnumerable<IpAddress> Addresses => Records.Where(r => r.Data is null).Select(r => r.Address);

    public static NameAnswer NoName(string reason) => new(DnsCode.NameError, [], reason);

    /// <summary>The name is there, and not with this type.</summary>
    public static NameAnswer NoData(string reason) => new(DnsCode.NoError, [], reason);

    /// <summary>Those of the addresses that are of the type that was asked for.</summary>
    public static NameAnswer Of(NameAsk ask, IEnumerable<IpAddress> addresses, string reason, uint ttl = DnsMessage.TimeToLive)
    {
        ImmutableArray<NameRecord> records =
        [
            .. addresses.Select(a => new NameRecord(ask.Name, a.IsV4 ? DnsTypes.A : DnsTypes.Aaaa, ttl, a))
                .Where(r => ask.Type == DnsTypes.Any || r.Type == ask.Type),
        ];
        return new NameAnswer(DnsCode.NoError, records, records.IsEmpty ? $"{reason}, with no record of that type" : reason);
    }
}

/// <summary>One question: a name, a type, and who asks.</summary>
/// <param name="Name">Small letters, without a closing dot.</param>
/// <param name="Type">See <see cref="DnsTypes"/>.</param>
/// <param name="At">Whose VPC asks; null from outside AWS.</param>
/// <param name="Vpc">The VPC that asks; null from outside AWS.</param>
public sealed record NameAsk(string Name, ushort Type, Partition? At, Vpc? Vpc)
{
    /// <summary>The name as zones have it.</summary>
    public string Absolute { get; } = DomainName.Canonical(Name) ?? Name + ".";

    /// <summary>The region that the question comes from; us-east-1 from outside.</summary>
    public string Region => At?.Region ?? GlobalRows.HomeRegion;
}
