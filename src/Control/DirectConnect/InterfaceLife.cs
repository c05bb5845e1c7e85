using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// Virtual interfaces as they are seen, changed, moved and deleted; both owners see a hosted one, and either may delete it.
/// Source: Direct Connect API, DescribeVirtualInterfaces, UpdateVirtualInterfaceAttributes, AssociateVirtualInterface, DeleteVirtualInterface.
/// </summary>
public sealed partial class DirectConnectService
{
    /// <summary>How long AWS shows a deleted one.</summary>
    private static readonly TimeSpan InterfaceAfterlife = TimeSpan.FromMinutes(15);

    public AwsDx.VirtualInterfaces DescribeVirtualInterfaces(CommandContext context, AwsDx.DescribeVirtualInterfacesRequest request)
    {
        IEnumerable<DxVirtualInterface> rows = context.Here.All<DxVirtualInterface>().Where(v => IsShown(context, v)
            && (request.VirtualInterfaceId is null || v.Key == request.VirtualInterfaceId)
            && (request.ConnectionId is null || v.ConnectionId == request.ConnectionId));
        Page<DxVirtualInterface> page = PageOf(rows, request.MaxResults, request.NextToken);
        InterfaceSessions sessions = InterfaceSessions.Of(context, page.Rows);
        return new AwsDx.VirtualInterfaces
        {
            VirtualInterfacesValue = [.. page.Rows.Select(v => InterfaceViews.ToWire(v, sessions))],
            NextToken = page.NextToken,
        };
    }

    public AwsDx.VirtualInterface UpdateVirtualInterfaceAttributes(
        CommandContext context, AwsDx.UpdateVirtualInterfaceAttributesRequest request)
    {
        DxVirtualInterface before = DxRows.Interface(context, request.VirtualInterfaceId);
        InterfaceSessions sessions = InterfaceSessions.Of(context, [before]);
        if (request.Mtu is not null && before.Type == DxInterfaceType.Public)
        {
            throw DxFaults.Client($"The MTU of the public virtual interface {before.Id} cannot be changed.");
        }

        if (request.EnableSiteLink == true && before.DirectConnectGatewayId is null)
        {
            throw DxFaults.Client("SiteLink needs a Direct Connect gateway.");
        }

        DxVirtualInterface after = before with
        {
            Mtu = request.Mtu is null ? before.Mtu : InterfaceRules.Mtu(before.Type, request.Mtu),
            SiteLink = request.EnableSiteLink ?? before.SiteLink,
            Name = request.VirtualInterfaceName is null ? before.Name : CheckedName(request.VirtualInterfaceName, "virtualInterfaceName"),
        };
        return InterfaceViews.ToWire(DxRows.Put(context, after), sessions);
    }

    /// <summary>
    /// Moves one to another connection or LAG of the caller's; the caller has it, or has the connection that it is on. One that is on a hosted
    /// connection moves with that connection only.
    /// </summary>
    public AwsDx.VirtualInterface AssociateVirtualInterface(CommandContext context, AwsDx.AssociateVirtualInterfaceRequest request)
    {
        DxVirtualInterface before = DxRows.Interface(context, request.VirtualInterfaceId);
        InterfaceSessions sessions = InterfaceSessions.Of(context, [before]);
        InterfacePort port = InterfacePort.Find(context, request.ConnectionId);
        Partition owner = context.Draft.Partition(new PartitionKey(before.ConnectionOwnerId, before.Region));
        if (owner.Find(new Id<DxConnection>(before.ConnectionId)) is { IsHosted: true })
        {
            throw DxFaults.Client($"Virtual Interface {before.Id} is on a hosted connection and moves with it only.");
        }

        if (port.HostedVlan is not null)
        {
            throw DxFaults.Client($"{port.Id} is a hosted connection. A virtual interface cannot be moved to it.");
        }

        if (port.Id != before.ConnectionId)
        {
            InterfaceRules.CheckRoom(context.Here, port, before.Type);
            InterfaceRules.RefuseConflict(context.Here, before, port.Id);
        }

        return InterfaceViews.ToWire(
            DxRows.Move(context, before, before with
            {
                ConnectionId = port.Id,
                ConnectionOwnerId = port.OwnerId,
                Location = port.Location,
                Device = port.Device,
            }),
            sessions);
    }

    public AwsDx.DeleteVirtualInterfaceResponse DeleteVirtualInterface(CommandContext context, AwsDx.DeleteVirtualInterfaceRequest request)
    {
        DxVirtualInterface vif = WithoutTest(context, DxRows.Interface(context, request.VirtualInterfaceId));
        ForgetDeleted(context);
        bool isDeclined = vif.State == DxInterfaceState.Confirming && vif.OwnerId == context.Account && vif.IsHosted;
        if (isDeclined)
        {
            DxRows.Put(context, vif with { State = DxInterfaceState.Rejected });
            return new AwsDx.DeleteVirtualInterfaceResponse { VirtualInterfaceState = "rejected" };
        }

        DxRows.Put(context, vif with { State = DxInterfaceState.Deleted, DeletedAt = context.Now });
        return new AwsDx.DeleteVirtualInterfaceResponse { VirtualInterfaceState = "deleted" };
    }

    /// <summary>A fail-over test ends with the virtual interface that it holds down, whoever deletes that.</summary>
    private static DxVirtualInterface WithoutTest(CommandContext context, DxVirtualInterface vif)
    {
        CommandContext owner = context.At(new PartitionKey(vif.OwnerId, vif.Region));
        foreach (DxFailoverTest test in owner.Here.By<DxFailoverTest>(DxWords.Interface(vif.Key)).Where(t => !t.Ended).ToList())
        {
            owner.Put(test with { Ended = true, EndTime = test.EndTime < context.Now ? test.EndTime : context.Now });
        }

        return vif with { BgpPeers = [.. vif.BgpPeers.Select(p => p with { UnderTest = false })] };
    }

    private static bool IsShown(CommandContext context, DxVirtualInterface vif) =>
        vif.DeletedAt is not { } end || context.Now - end < InterfaceAfterlife;

    /// <summary>Rows of virtual interfaces that are not shown any more go with the next change.</summary>
    private static void ForgetDeleted(CommandContext context)
    {
        foreach (DxVirtualInterface gone in context.Here.All<DxVirtualInterface>().Where(v => !IsShown(context, v)).ToList())
        {
            context.Remove(gone.Id);
        }
    }
}
