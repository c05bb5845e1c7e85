using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;
using Trunkline.Control.DirectConnect;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Virtual private gateways, and the route tables that they propagate to. Source: AWS Site-to-Site VPN, "Virtual private gateway"; EC2 API,
/// CreateVpnGateway, AttachVpnGateway, DetachVpnGateway, EnableVgwRoutePropagation.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<VpnGateway> VpnGatewayIds = new(
        "VpnGatewayId", "InvalidVpnGatewayID.NotFound", "InvalidVpnGatewayId.Malformed", "The vpnGateway ID '{0}' does not exist");

    private static readonly FilterTable<VpnGateway> VpnGatewayFilters = new()
    {
        { "amazon-side-asn", gateway => gateway.AmazonSideAsn.ToString(CultureInfo.InvariantCulture) },
        { "attachment.state", gateway => gateway.Attachment is { } attachment ? StateOf(attachment.State) : null },
        { "attachment.vpc-id", gateway => gateway.Attachment?.VpcId.Value },
        { "availability-zone", gateway => gateway.AvailabilityZone },
        { "state", gateway => StateOf(gateway.State) },
        { "type", _ => VpnType },
        { "vpn-gateway-id", gateway => gateway.Id.Value },
    };

    public Aws.CreateVpnGatewayResult CreateVpnGateway(CommandContext context, Aws.CreateVpnGatewayRequest request)
    {
        CheckVpnType(request.Type);
        if (request.AmazonSideAsn is { } asn && !IsPrivateAsn(asn))
        {
            throw Fault.Invalid(
                $"Value ({asn}) for parameter amazonSideAsn is invalid. The ASN must be in the range 64512-65534 or 4200000000-4294967294.");
        }

        int count = context.Here.All<VpnGateway>().Count(g => g.State != VpnState.Deleted);
        context.Quotas.Check(Quotas.VpnGatewaysPerRegion, count + 1);
        VpnGateway gateway = context.Put(new VpnGateway
        {
            Id = new(context.NewId(VpnGateway.IdPrefix)),
            AmazonSideAsn = request.AmazonSideAsn ?? VpnGateway.UsualAsn,
            AvailabilityZone = request.AvailabilityZone is { Length: > 0 } zone ? Door.ZoneOf(context, zone, null).Name : null,
            Tags = TagRules.New<VpnGateway>(request.TagSpecifications),
        });
        return new Aws.CreateVpnGatewayResult { VpnGateway = ToWire(gateway) with { State = "pending" } };
    }

    /// <summary>Refused while it is attached, or has VPN connections or virtual interfaces. Routes to it stay, as blackholes.</summary>
    public Aws.DeleteVpnGatewayResult DeleteVpnGateway(CommandContext context, Aws.DeleteVpnGatewayRequest request)
    {
        VpnGateway gateway = UsableVpnGateway(context, request.VpnGatewayId);
        bool isUsed = gateway.Attachment is not null || AssociatedWithDirectConnect.Holds(context, gateway.Key)
            || Kinds.All.Any(kind => kind.Type != typeof(RouteTable) && context.Here.Table(kind).RowsBy(gateway.Key).Any());
        if (isUsed)
        {
            throw new Fault("IncorrectState", "The VPN gateway is in use.");
        }

        AssociatedWithDirectConnect.ForgetProposals(context, gateway.Key);
        context.Put(gateway with { State = VpnState.Deleted, DeleteTime = context.Now });
        return new Aws.DeleteVpnGatewayResult();
    }

    public Aws.DescribeVpnGatewaysResult DescribeVpnGateways(CommandContext context, Aws.DescribeVpnGatewaysRequest request)
    {
        IEnumerable<VpnGateway> rows = VpnGatewayFilters.Apply(
            context, InSight(context, VpnGatewayIds, request.VpnGatewayIds, g => g.DeleteTime), request.Filters);
        return new Aws.DescribeVpnGatewaysResult { VpnGateways = [.. rows.Select(ToWire)] };
    }

    /// <summary>Rule 126: one gateway for a VPC, one VPC for a gateway.</summary>
    public Aws.AttachVpnGatewayResult AttachVpnGateway(CommandContext context, Aws.AttachVpnGatewayRequest request)
    {
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        VpnGateway gateway = UsableVpnGateway(context, request.VpnGatewayId);
        if (gateway.Attachment is { } held && held.VpcId != vpc.Id)
        {
            throw new Fault("VpnGatewayAttachmentLimitExceeded", $"The vpnGateway '{gateway.Id}' is already attached to the vpc '{held.VpcId}'.");
        }

        if (context.Here.By<VpnGateway>(vpc.Key).FirstOrDefault(g => g.Id != gateway.Id) is { } other)
        {
            throw new Fault("InvalidVpcState", $"VPC {vpc.Id} already has an attached virtual private gateway: {other.Id}");
        }

        context.Put(gateway with { Attachment = new VpnGatewayAttachment(vpc.Id, VpnAttachmentState.Attached) });
        return new Aws.AttachVpnGatewayResult
        {
            VpcAttachment = new Aws.VpcAttachment { VpcId = vpc.Id.Value, State = gateway.Attachment is null ? "attaching" : "attached" },
        };
    }

    /// <summary>The VPC's tables get nothing from it any more, and none is bound to it.</summary>
    public Aws.DetachVpnGatewayResult DetachVpnGateway(CommandContext context, Aws.DetachVpnGatewayRequest request)
    {
        // The VPC may be gone by now: what is asked for is the attachment, and Terraform's provider takes its absence for done.
        Id<Vpc> vpc = VpcIds.Parse(request.VpcId);
        VpnGateway gateway = UsableVpnGateway(context, request.VpnGatewayId);
        if (gateway.Attachment?.VpcId != vpc)
        {
            throw new Fault(
                "InvalidVpnGatewayAttachment.NotFound", $"The attachment with vpn gateway ID '{gateway.Id}' and vpc ID '{vpc}' does not exist.");
        }

        foreach (RouteTable table in context.Here.By<RouteTable>(vpc.Value).ToList())
        {
            ImmutableArray<RouteTableAssociation> associations = table.Associations.RemoveAll(a => a.GatewayId == gateway.Key);
            ImmutableArray<string> propagating = table.PropagatingGateways.Remove(gateway.Key);
            if (associations.Length != table.Associations.Length || propagating.Length != table.PropagatingGateways.Length)
            {
                context.Put(table with { Associations = associations, PropagatingGateways = propagating });
            }
        }

        context.Put(gateway with { Attachment = null });
        return new Aws.DetachVpnGatewayResult();
    }

    /// <summary>What the gateway knows appears in the table by itself (rule 125); doing it twice changes nothing.</summary>
    public Aws.EnableVgwRoutePropagationResult EnableVgwRoutePropagation(
        CommandContext context, Aws.EnableVgwRoutePropagationRequest request)
    {
        (VpnGateway gateway, RouteTable table) = Propagation(context, request.GatewayId, request.RouteTableId);
        if (gateway.AttachedVpc != table.VpcId)
        {
            throw new Fault("Gateway.NotAttached", $"resource {gateway.Id} is not attached to network {table.VpcId}");
        }

        if (table.Associations.Any(a => a.GatewayId is not null))
        {
            throw Fault.Invalid($"Route table {table.Id} is associated with a gateway and cannot have route propagation enabled");
        }

        if (!table.PropagatingGateways.Contains(gateway.Key))
        {
            context.Put(table with { PropagatingGateways = table.PropagatingGateways.Add(gateway.Key) });
        }

        return new Aws.EnableVgwRoutePropagationResult();
    }

    public Aws.DisableVgwRoutePropagationResult DisableVgwRoutePropagation(
        CommandContext context, Aws.DisableVgwRoutePropagationRequest request)
    {
        (VpnGateway gateway, RouteTable table) = Propagation(context, request.GatewayId, request.RouteTableId);
        if (table.PropagatingGateways.Contains(gateway.Key))
        {
            context.Put(table with { PropagatingGateways = table.PropagatingGateways.Remove(gateway.Key) });
        }

        return new Aws.DisableVgwRoutePropagationResult();
    }

    /// <summary>A gateway that was not deleted.</summary>
    private static VpnGateway UsableVpnGateway(CommandContext context, string? id)
    {
        VpnGateway gateway = VpnGatewayIds.Get(context, id);
        return gateway.State != VpnState.Deleted ? gateway : throw VpnGatewayIds.NotFound(gateway.Id.Value);
    }

    private static (VpnGateway Gateway, RouteTable Table) Propagation(CommandContext context, string? gatewayId, string? tableId)
    {
        RouteTable table = RouteTableIds.Get(context, tableId);
        VpnGateway gateway = RouteTargets.VpnGateways.Get(context, gatewayId);
        return gateway.State != VpnState.Deleted ? (gateway, table) : throw RouteTargets.VpnGateways.NotFound(gateway.Id.Value);
    }

    private static bool IsPrivateAsn(long asn) => asn is (>= 64_512 and <= 65_534) or (>= 4_200_000_000 and <= 4_294_967_294);

    private static string StateOf(VpnAttachmentState state) => state switch
    {
        VpnAttachmentState.Attaching => "attaching",
        VpnAttachmentState.Attached => "attached",
        VpnAttachmentState.Detaching => "detaching",
        _ => "detached",
    };

    private static Aws.VpnGateway ToWire(VpnGateway gateway) => new()
    {
        VpnGatewayId = gateway.Id.Value,
        AmazonSideAsn = gateway.AmazonSideAsn,
        State = StateOf(gateway.State),
        Type = VpnType,
        AvailabilityZone = gateway.AvailabilityZone,
        VpcAttachments = gateway.Attachment is { } attachment
            ? [new Aws.VpcAttachment { VpcId = attachment.VpcId.Value, State = StateOf(attachment.State) }]
            : [],
        Tags = TagRules.ToWire(gateway.Tags),
    };
}
