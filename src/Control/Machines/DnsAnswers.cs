using System.Collections.Immutable;
using Trunkline.Cloud;
using Trunkline.Control.Names;

namespace Trunkline.Control.Machines;

/// <summary>What the Amazon DNS server of a VPC answers on the wire: the one resolver's answers (<see cref="NameResolver"/>).</summary>
public static class DnsAnswers
{
    /// <param name="healthyZones">Which zones of a load balancer answer; null: all of them.</param>
    /// <param name="isServing">Whether aliases take a load balancer for healthy; null: all are.</param>
    public static DnsReply Answer(
        CloudSnapshot cloud, Partition here, Vpc vpc, DnsQuestion question,
        Func<PartitionKey, string, ImmutableArray<string>>? healthyZones = null, Func<PartitionKey, string, bool>? isServing = null)
    {
        NameAnswer answer = new NameResolver(cloud, healthyZones, isServing).Inside(here, vpc, question.Name, question.Type);
        return new DnsReply(
            answer.Code,
            [.. answer.Records.Select(r => new DnsRecord(r.Type, r.Address, r.Data) { Owner = r.Owner == question.Name ? null : r.Owner, Ttl = r.Ttl })]);
    }
}
