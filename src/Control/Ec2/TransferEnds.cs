using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Takes back the offers of addresses that nobody took in seven days. Source: EC2 guide, "Transfer Elastic IP addresses".</summary>
internal static class TransferEnds
{
    public static readonly Overdue Kind = new("trunkline:EndAddressTransfers", "address-transfer", (rows, now) => OverdueIn(rows, now).Any(), End);

    private static int End(CommandContext context)
    {
        ElasticIp[] overdue = [.. OverdueIn(context.Here, context.Now)];
        foreach (ElasticIp eip in overdue)
        {
            context.Put(eip with { Transfer = null });
        }

        return overdue.Length;
    }

    private static IEnumerable<ElasticIp> OverdueIn(Partition partition, DateTimeOffset now) =>
        partition.All<ElasticIp>().Where(e => e.Transfer is { } transfer && transfer.ExpiresAt <= now);
}
