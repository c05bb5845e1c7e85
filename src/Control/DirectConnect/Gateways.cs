using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// Direct Connect gateways: of no region, whatever region a request is signed for. Source: Direct Connect API, CreateDirectConnectGateway and its
/// like; AWS, "Direct Connect gateways".
/// </summary>
public sealed partial class DirectConnectService
{
    private const long UsualGatewayAsn = 64512;

    public AwsDx.CreateDirectConnectGatewayResult CreateDirectConnectGateway(
        CommandContext context, AwsDx.CreateDirectConnectGatewayRequest request)
    {
        string name = CheckedName(request.DirectConnectGatewayName, "directConnectGatewayName");
        long asn = request.AmazonSideAsn ?? UsualGatewayAsn;
        if (!PeerRules.IsPrivate(asn))
        {
            throw DxFaults.Client(
                $"Amazon side ASN {asn} is not valid. It must be in the private range of 64,512 to 65,534 or 4,200,000,000 to 4,294,967,294.");
        }

        context.Quotas.Check(DxQuotas.GatewaysPerAccount, context.Global.Here.Table<DxGateway>().Count + 1);
        DxGateway made = context.Global.Put(new DxGateway
        {
            Id = new(DxIds.Uuid(context)),
            OwnerId = context.Account,
            Name = name,
            AmazonSideAsn = asn,
            Tags = DxTags.New(request.Tags),
        });
        return new AwsDx.CreateDirectConnectGatewayResult { DirectConnectGateway = GatewayViews.ToWire(made) };
    }

    public AwsDx.DescribeDirectConnectGatewaysResult DescribeDirectConnectGateways(
        CommandContext context, AwsDx.DescribeDirectConnectGatewaysRequest request)
    {
        IEnumerable<DxGateway> rows = context.Global.Here.All<DxGateway>()
            .Where(g => request.DirectConnectGatewayId is null || g.Key == request.DirectConnectGatewayId);
        Page<DxGateway> page = PageOf(rows, request.MaxResults, request.NextToken);
        return new AwsDx.DescribeDirectConnectGatewaysResult
        {
            DirectConnectGateways = [.. page.Rows.Select(g => GatewayViews.ToWire(g))],
            NextToken = page.NextToken,
        };
    }

    public AwsDx.UpdateDirectConnectGatewayResponse UpdateDirectConnectGateway(
        CommandContext context, AwsDx.UpdateDirectConnectGatewayRequest request)
    {
        DxGateway gateway = DxRows.Gateway(context, request.DirectConnectGatewayId);
        string name = CheckedName(request.NewDirectConnectGatewayName, "newDirectConnectGatewayName");
        return new AwsDx.UpdateDirectConnectGatewayResponse
        {
            DirectConnectGateway = GatewayViews.ToWire(context.Global.Put(gateway with { Name = name })),
        };
    }

    public AwsDx.DeleteDirectConnectGatewayResult DeleteDirectConnectGateway(
        CommandContext context, AwsDx.DeleteDirectConnectGatewayRequest request)
    {
        DxGateway gateway = DxRows.Gateway(context, request.DirectConnectGatewayId);
        if (DxRows.InterfacesOf(context, gateway).FirstOrDefault() is { } vif)
        {
            throw DxFaults.Client($"Direct Connect gateway {gateway.Id} has attached virtual interfaces: {vif.Id}.");
        }

        if (DxRows.AssociationsOf(context, gateway).FirstOrDefault() is { } association)
        {
            throw DxFaults.Client($"Direct Connect gateway {gateway.Id} has associated gateways: {association.Associated.Id}.");
        }

        foreach (DxGatewayProposal proposal in context.Global.Here.By<DxGatewayProposal>(DxWords.Gateway(gateway.Key)).ToList())
        {
            DxRows.Remove(context, proposal);
        }

        context.Global.Remove(gateway.Id);
        return new AwsDx.DeleteDirectConnectGatewayResult { DirectConnectGateway = GatewayViews.ToWire(gateway, "deleted") };
    }

    public AwsDx.DescribeDirectConnectGatewayAttachmentsResult DescribeDirectConnectGatewayAttachments(
        CommandContext context, AwsDx.DescribeDirectConnectGatewayAttachmentsRequest request)
    {
        if (request.DirectConnectGatewayId is null && request.VirtualInterfaceId is null)
        {
            throw DxFaults.Client("A Direct Connect gateway ID or a virtual interface ID is required.");
        }

        IEnumerable<DxVirtualInterface> rows = context.Global.Here.All<DxGateway>()
            .Where(g => request.DirectConnectGatewayId is null || g.Key == request.DirectConnectGatewayId)
            .SelectMany(g => DxRows.InterfacesOf(context, g))
            .Where(v => request.VirtualInterfaceId is null || v.Key == request.VirtualInterfaceId)
            .OrderBy(v => v.Key, StringComparer.Ordinal);
        Page<DxVirtualInterface> page = PageOf(rows, request.MaxResults, request.NextToken);
        return new AwsDx.DescribeDirectConnectGatewayAttachmentsResult
        {
            DirectConnectGatewayAttachments = [.. page.Rows.Select(GatewayViews.ToAttachment)],
            NextToken = page.NextToken,
        };
    }

    /// <summary>Deprecated; the gateways of this region.</summary>
    public AwsDx.VirtualGateways DescribeVirtualGateways(CommandContext context, AwsDx.DescribeVirtualGatewaysRequest request) => new()
    {
        VirtualGatewaysValue =
        [
            .. context.Here.All<VpnGateway>().Where(g => g.State == VpnState.Available).Select(g => new AwsDx.VirtualGateway
            {
                VirtualGatewayId = g.Key,
                VirtualGatewayState = "available",
            }),
        ],
    };
}
