using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Elastic IPs handed over to other accounts. Source: AWS, "Transfer Elastic IP addresses"; EC2 API, EnableAddressTransfer.</summary>
public sealed partial class Ec2Service
{
    /// <summary>How long an offer stands.</summary>
    private static readonly TimeSpan TransferOffer = TimeSpan.FromDays(7);

    /// <summary>How long the source account sees that its offer was accepted.</summary>
    private static readonly TimeSpan AcceptedTransferShown = TimeSpan.FromDays(3);

    public Aws.EnableAddressTransferResult EnableAddressTransfer(CommandContext context, Aws.EnableAddressTransferRequest request)
    {
        ElasticIp eip = ElasticIpIds.Get(context, request.AllocationId);
        string account = AccountId(request.TransferAccountId, "TransferAccountId");
        if (account == context.Account)
        {
            throw Fault.Invalid("The transfer account must be another account than the one that owns the address.");
        }

        ElasticIp offered = context.Put(eip with
        {
            Transfer = new ElasticIpTransfer(account, context.Now, context.Now + TransferOffer, "pending"),
        });
        return new Aws.EnableAddressTransferResult { AddressTransfer = TransferOf(offered) };
    }

    public Aws.DisableAddressTransferResult DisableAddressTransfer(CommandContext context, Aws.DisableAddressTransferRequest request)
    {
        ElasticIp eip = ElasticIpIds.Get(context, request.AllocationId);
        if (!IsOffered(context, eip))
        {
            throw new Fault("InvalidTransfer.NotFound", $"There is no pending transfer of the address with allocation id {eip.Id}.");
        }

        context.Put(eip with { Transfer = null });
        return new Aws.DisableAddressTransferResult { AddressTransfer = TransferOf(eip)! with { AddressTransferStatus = "disabled" } };
    }

    public Aws.AcceptAddressTransferResult AcceptAddressTransfer(CommandContext context, Aws.AcceptAddressTransferRequest request)
    {
        IpAddress address = Door.Ipv4(request.Address, "address");
        (PartitionKey from, ElasticIp eip) = OfferOf(context, address);
        if (eip.Association is not null)
        {
            throw new Fault("InvalidTransfer.AddressAssociated", $"The address {address} is associated with a resource.");
        }

        if (eip.PtrRecord is not null)
        {
            throw new Fault("InvalidTransfer.AddressCustomPtrSet", $"The address {address} has a custom reverse DNS record.");
        }

        int amazon = context.Here.All<ElasticIp>().Count(e => e.Pool == "amazon");
        context.Quotas.Check(Quotas.ElasticIpsPerRegion, amazon + 1);
        AcceptedAddressTransfer accepted = new()
        {
            AllocationId = eip.Id.Value,
            PublicIp = address,
            ToAccount = context.Account,
            ExpiresAt = eip.Transfer!.ExpiresAt,
            AcceptedAt = context.Now,
        };
        context.Draft.Remove(from, eip.Id);
        context.Draft.Put(from, accepted);
        context.Put(eip with { Transfer = null, Tags = TagRules.New<ElasticIp>(request.TagSpecifications) });
        return new Aws.AcceptAddressTransferResult { AddressTransfer = ToWire(accepted) };
    }

    public Aws.DescribeAddressTransfersResult DescribeAddressTransfers(
        CommandContext context, Aws.DescribeAddressTransfersRequest request)
    {
        Pager.RefuseIdsWithPages(request.AllocationIds, "allocationIds", request.MaxResults);
        IEnumerable<Aws.AddressTransfer> offered = context.Here.All<ElasticIp>().Where(e => IsOffered(context, e)).Select(e => TransferOf(e)!);
        IEnumerable<Aws.AddressTransfer> accepted = context.Here.All<AcceptedAddressTransfer>()
            .Where(t => t.AcceptedAt + AcceptedTransferShown > context.Now).Select(ToWire);
        HashSet<string>? ids = request.AllocationIds is { Count: > 0 } named ? [.. named.Select(id => ElasticIpIds.Parse(id).Value)] : null;
        IEnumerable<Aws.AddressTransfer> rows = offered.Concat(accepted)
            .Where(t => ids?.Contains(t.AllocationId!) != false)
            .OrderBy(t => t.AllocationId, StringComparer.Ordinal);
        Page<Aws.AddressTransfer> page = Pager.Page(rows, request.MaxResults, request.NextToken, t => t.AllocationId!, least: 5, most: 1000);
        return new Aws.DescribeAddressTransfersResult { AddressTransfers = page.Rows, NextToken = page.NextToken };
    }

    /// <summary>The offer of an address to this account, by whichever account made it in this region.</summary>
    private static (PartitionKey From, ElasticIp Eip) OfferOf(CommandContext context, IpAddress address)
    {
        string word = NetworkInterface.PublicWord(address);
        foreach ((PartitionKey key, Partition partition) in context.Draft.Next.Partitions)
        {
            if (key.Region == context.Region
                && partition.By<ElasticIp>(word).FirstOrDefault() is { } eip
                && IsOffered(context, eip) && eip.Transfer!.ToAccount == context.Account)
            {
                return (key, eip);
            }
        }

        throw NoSuchAddress(address.ToString());
    }

    private static bool IsOffered(CommandContext context, ElasticIp eip) => eip.Transfer is { } transfer && transfer.ExpiresAt > context.Now;

    private static Aws.AddressTransfer? TransferOf(ElasticIp eip) => eip.Transfer is not { } transfer ? null : new()
    {
        PublicIp = eip.PublicIp.ToString(),
        AllocationId = eip.Id.Value,
        TransferAccountId = transfer.ToAccount,
        TransferOfferExpirationTimestamp = transfer.ExpiresAt,
        AddressTransferStatus = transfer.Status,
    };

    private static Aws.AddressTransfer ToWire(AcceptedAddressTransfer transfer) => new()
    {
        PublicIp = transfer.PublicIp.ToString(),
        AllocationId = transfer.AllocationId,
        TransferAccountId = transfer.ToAccount,
        TransferOfferExpirationTimestamp = transfer.ExpiresAt,
        TransferOfferAcceptedTimestamp = transfer.AcceptedAt,
        AddressTransferStatus = "accepted",
    };
}
