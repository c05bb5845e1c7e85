using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// A partner's ports, which host connections of other accounts. Every account may be a partner here: it is one once it has an interconnect.
/// Source: Direct Connect API, CreateInterconnect, DescribeInterconnects, DeleteInterconnect.
/// </summary>
public sealed partial class DirectConnectService
{
    public AwsDx.Interconnect CreateInterconnect(CommandContext context, AwsDx.CreateInterconnectRequest request)
    {
        string bandwidth = PortRules.DedicatedBandwidth(request.Bandwidth, "bandwidth");
        DxConnection made = NewPort(
            context, request.Location, bandwidth, CheckedName(request.InterconnectName, "interconnectName"), request.ProviderName,
            request.RequestMACSec) with
        {
            IsInterconnect = true,
            Tags = DxTags.New(request.Tags),
        };
        return DxViews.ToInterconnect(context, context.Put(IntoLag(context, made, request.LagId)));
    }

    public AwsDx.Interconnects DescribeInterconnects(CommandContext context, AwsDx.DescribeInterconnectsRequest request)
    {
        IEnumerable<DxConnection> rows = request.InterconnectId is { } id
            ? [DxRows.Interconnect(context, id)]
            : context.Here.All<DxConnection>().Where(c => c.IsInterconnect);
        Page<DxConnection> page = PageOf(rows, request.MaxResults, request.NextToken);
        return new AwsDx.Interconnects
        {
            InterconnectsValue = [.. page.Rows.Select(c => DxViews.ToInterconnect(context, c))],
            NextToken = page.NextToken,
        };
    }

    public AwsDx.DeleteInterconnectResponse DeleteInterconnect(CommandContext context, AwsDx.DeleteInterconnectRequest request)
    {
        DxConnection row = DxRows.Interconnect(context, request.InterconnectId);
        if (DxRows.HostedOn(context.Here, row.Key).Any())
        {
            throw DxFaults.Client($"Interconnect {row.Id} has hosted connections. Delete them before you delete the interconnect.");
        }

        RefuseBelowMinimum(context, row);
        DxRows.ForgetDeclined(context, row.Key);
        context.Remove(row.Id);
        return new AwsDx.DeleteInterconnectResponse { InterconnectState = "deleted" };
    }

    /// <summary>Whether an account acts as a Direct Connect partner in any region.</summary>
    private static bool IsPartner(CommandContext context) =>
        context.Draft.Next.Partitions.Values.Any(p => p.Account == context.Account && p.All<DxConnection>().Any(c => c.IsInterconnect));
}
