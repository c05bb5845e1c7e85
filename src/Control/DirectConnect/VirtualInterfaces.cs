using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// Virtual interfaces as they are made: for oneself (Create…), or for another account (Allocate…), which accepts (Confirm…).
/// Source: Direct Connect API; AWS, "Direct Connect virtual interfaces", "hosted virtual interfaces".
/// </summary>
public sealed partial class DirectConnectService
{
    public AwsDx.VirtualInterface CreatePrivateVirtualInterface(CommandContext context, AwsDx.CreatePrivateVirtualInterfaceRequest request)
    {
        InterfacePort port = InterfacePort.Find(context, request.ConnectionId);
        WantedInterface wanted = WantedInterface.Of(Required(request.NewPrivateVirtualInterface, "newPrivateVirtualInterface"));
        return Create(context, port, wanted, vif => InterfaceMaker.OnPrivateGateway(
            context, vif, wanted.VirtualGatewayId, wanted.DirectConnectGatewayId, wanted.SiteLink ?? false));
    }

    public AwsDx.VirtualInterface CreatePublicVirtualInterface(CommandContext context, AwsDx.CreatePublicVirtualInterfaceRequest request)
    {
        InterfacePort port = InterfacePort.Find(context, request.ConnectionId);
        return Create(context, port, WantedInterface.Of(Required(request.NewPublicVirtualInterface, "newPublicVirtualInterface")), vif => vif);
    }

    public AwsDx.CreateTransitVirtualInterfaceResult CreateTransitVirtualInterface(
        CommandContext context, AwsDx.CreateTransitVirtualInterfaceRequest request)
    {
        InterfacePort port = InterfacePort.Find(context, request.ConnectionId);
        WantedInterface wanted = WantedInterface.Of(Required(request.NewTransitVirtualInterface, "newTransitVirtualInterface"));
        string gateway = Required(wanted.DirectConnectGatewayId, "directConnectGatewayId");
        return new AwsDx.CreateTransitVirtualInterfaceResult
        {
            VirtualInterface = Create(
                context, port, wanted, vif => InterfaceMaker.OnGateway(context, vif, gateway, wanted.SiteLink ?? false)),
        };
    }

    public AwsDx.VirtualInterface AllocatePrivateVirtualInterface(
        CommandContext context, AwsDx.AllocatePrivateVirtualInterfaceRequest request) => Allocate(
            context, request.ConnectionId, request.OwnerAccount,
            WantedInterface.Of(Required(request.NewPrivateVirtualInterfaceAllocation, "newPrivateVirtualInterfaceAllocation")));

    public AwsDx.VirtualInterface AllocatePublicVirtualInterface(
        CommandContext context, AwsDx.AllocatePublicVirtualInterfaceRequest request) => Allocate(
            context, request.ConnectionId, request.OwnerAccount,
            WantedInterface.Of(Required(request.NewPublicVirtualInterfaceAllocation, "newPublicVirtualInterfaceAllocation")));

    public AwsDx.AllocateTransitVirtualInterfaceResult AllocateTransitVirtualInterface(
        CommandContext context, AwsDx.AllocateTransitVirtualInterfaceRequest request) => new()
        {
            VirtualInterface = Allocate(
            context, request.ConnectionId, request.OwnerAccount,
            WantedInterface.Of(Required(request.NewTransitVirtualInterfaceAllocation, "newTransitVirtualInterfaceAllocation"))),
        };

    public AwsDx.ConfirmPrivateVirtualInterfaceResponse ConfirmPrivateVirtualInterface(
        CommandContext context, AwsDx.ConfirmPrivateVirtualInterfaceRequest request)
    {
        DxVirtualInterface vif = Confirming(context, request.VirtualInterfaceId, DxInterfaceType.Private);
        return new AwsDx.ConfirmPrivateVirtualInterfaceResponse
        {
            VirtualInterfaceState = Accept(
                context, InterfaceMaker.OnPrivateGateway(context, vif, request.VirtualGatewayId, request.DirectConnectGatewayId, siteLink: false)),
        };
    }

    public AwsDx.ConfirmPublicVirtualInterfaceResponse ConfirmPublicVirtualInterface(
        CommandContext context, AwsDx.ConfirmPublicVirtualInterfaceRequest request) => new()
        {
            VirtualInterfaceState = Accept(context, Confirming(context, request.VirtualInterfaceId, DxInterfaceType.Public)),
        };

    public AwsDx.ConfirmTransitVirtualInterfaceResponse ConfirmTransitVirtualInterface(
        CommandContext context, AwsDx.ConfirmTransitVirtualInterfaceRequest request)
    {
        DxVirtualInterface vif = Confirming(context, request.VirtualInterfaceId, DxInterfaceType.Transit);
        string gateway = Required(request.DirectConnectGatewayId, "directConnectGatewayId");
        return new AwsDx.ConfirmTransitVirtualInterfaceResponse
        {
            VirtualInterfaceState = Accept(context, InterfaceMaker.OnGateway(context, vif, gateway, siteLink: false)),
        };
    }

    private static AwsDx.VirtualInterface Create(
        CommandContext context, InterfacePort port, WantedInterface wanted, Func<DxVirtualInterface, DxVirtualInterface> join)
    {
        string name = CheckedName(wanted.Name, "virtualInterfaceName");
        DxVirtualInterface made = join(InterfaceMaker.Make(context, port, wanted, name));
        ForgetDeleted(context);
        return InterfaceViews.ToWire(DxRows.Put(context, made), InterfaceSessions.Unsettled);
    }

    private static AwsDx.VirtualInterface Allocate(CommandContext context, string? connectionId, string? owner, WantedInterface wanted)
    {
        InterfacePort port = InterfacePort.Find(context, connectionId);
        string account = CheckedAccount(owner, "ownerAccount");
        string name = CheckedName(wanted.Name, "virtualInterfaceName");
        DxVirtualInterface made = InterfaceMaker.Make(context, port, wanted, name) with
        {
            OwnerId = account,
            State = DxInterfaceState.Confirming,
        };
        ForgetDeleted(context);
        return InterfaceViews.ToWire(DxRows.Put(context, made), InterfaceSessions.Unsettled);
    }

    /// <summary>A virtual interface that was allocated to the caller and that it may accept.</summary>
    private static DxVirtualInterface Confirming(CommandContext context, string? id, DxInterfaceType type)
    {
        DxVirtualInterface vif = DxRows.Interface(context, id);
        return vif.OwnerId != context.Account || vif.Type != type ? throw DxFaults.NoInterface(vif.Key)
            : vif.State != DxInterfaceState.Confirming ? throw DxFaults.Client($"Virtual Interface {vif.Id} is not in the confirming state.")
            : vif;
    }

    /// <summary>In use from now on. AWS answers that it is pending, and its sessions come up, or do not, after that.</summary>
    private static string Accept(CommandContext context, DxVirtualInterface vif)
    {
        DxRows.Put(context, vif with { State = DxInterfaceState.InUse });
        return "pending";
    }
}
