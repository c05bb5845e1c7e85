using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Machines;
using Trunkline.Tracing;

namespace Trunkline.Control.Names;

/// <summary>The resolver as the ends of traces ask it: IPv4 first, then IPv6.</summary>
public sealed class TraceNames(Tracer tracer) : INames
{
    private readonly NameResolver resolver = NameResolver.Of(tracer.State.Cloud, tracer);

    public ImmutableArray<IpAddress> AddressesOf(PartitionKey? at, string? vpc, string name, out string reason)
    {
        NameAnswer answer = at is { } key && tracer.State.Cloud.Partition(key) is var here && here.Find(new Id<Vpc>(vpc!)) is { } row
            ? resolver.Inside(here, row, name, DnsTypes.Any)
            : resolver.Outside(name, DnsTypes.Any);
        reason = answer.Reason;
        return [.. answer.Addresses.OrderBy(a => a.IsV4 ? 0 : 1)];
    }
}
