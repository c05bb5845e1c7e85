using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.DirectConnect;
using Trunkline.Control.NetworkManager;
using Trunkline.Control.Ram;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Transit gateways. Source: AWS, "Transit gateways in AWS Transit Gateway"; EC2 API, CreateTransitGateway, ModifyTransitGateway,
/// DeleteTransitGateway, DescribeTransitGateways.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<TransitGateway> TransitGatewayIds = new(
        "TransitGatewayId", "InvalidTransitGatewayID.NotFound", "InvalidTransitGatewayID.Malformed",
        "Transit Gateway {0} was deleted or does not exist.");

    private static readonly FilterTable<TransitGateway> TransitGatewayFilters = new()
    {
        { "options.amazon-side-asn", gateway => gateway.AmazonSideAsn.ToString(CultureInfo.InvariantCulture) },
        { "options.association-default-route-table-id", gateway => gateway.AssociationDefaultRouteTableId?.Value },
        { "options.auto-accept-shared-attachments", gateway => TransitGatewayRules.Word(gateway.AutoAcceptSharedAttachments) },
        { "options.default-route-table-association", gateway => TransitGatewayRules.Word(gateway.AssociationDefaultRouteTableId is not null) },
        { "options.default-route-table-propagation", gateway => TransitGatewayRules.Word(gateway.PropagationDefaultRouteTableId is not null) },
        { "options.dns-support", gateway => TransitGatewayRules.Word(gateway.DnsSupport) },
        { "options.propagation-default-route-table-id", gateway => gateway.PropagationDefaultRouteTableId?.Value },
        { "options.vpn-ecmp-support", gateway => TransitGatewayRules.Word(gateway.VpnEcmp) },
        { "owner-id", gateway => gateway.Owner.Account },
        { "state", _ => "available" },
        { "transit-gateway-id", gateway => gateway.Id.Value },
    };

    /// <summary>Their names are checked; there is no policy that they could find.</summary>
    private static readonly FilterTable<string> MeteringPolicyFilters = new()
    {
        { "state", id => id },
        { "transit-gateway-id", id => id },
        { "transit-gateway-metering-policy-id", id => id },
    };

    public Aws.CreateTransitGatewayResult CreateTransitGateway(CommandContext context, Aws.CreateTransitGatewayRequest request)
    {
        Aws.TransitGatewayRequestOptions options = request.Options ?? new();
        context.Quotas.Check(TransitGatewayQuotas.GatewaysPerAccount, context.Here.Table<TransitGateway>().Count + 1);
        Id<TransitGateway> id = new(context.NewId(TransitGateway.IdPrefix));
        bool associates = TransitGatewayRules.Switch(options.DefaultRouteTableAssociation, "DefaultRouteTableAssociation", true);
        bool propagates = TransitGatewayRules.Switch(options.DefaultRouteTablePropagation, "DefaultRouteTablePropagation", true);
        TransitGateway gateway = new()
        {
            Id = id,
            Owner = context.Caller.Partition,
            Description = request.Description ?? "",
            AmazonSideAsn = TransitGatewayRules.CheckedAsn(options.AmazonSideAsn) ?? TransitGateway.DefaultAsn,
            AutoAcceptSharedAttachments =
                TransitGatewayRules.Switch(options.AutoAcceptSharedAttachments, "AutoAcceptSharedAttachments", false),
            VpnEcmp = TransitGatewayRules.Switch(options.VpnEcmpSupport, "VpnEcmpSupport", true),
            DnsSupport = TransitGatewayRules.Switch(options.DnsSupport, "DnsSupport", true),
            SecurityGroupReferencing =
                TransitGatewayRules.Switch(options.SecurityGroupReferencingSupport, "SecurityGroupReferencingSupport", false),
            Multicast = TransitGatewayRules.Switch(options.MulticastSupport, "MulticastSupport", false),
            Cidrs = TransitGatewayRules.CheckedCidrs([], options.TransitGatewayCidrBlocks),
            CreationTime = context.Now,
            Tags = TagRules.New<TransitGateway>(request.TagSpecifications),
        };
        if (associates || propagates)
        {
            Id<TransitGatewayRouteTable> table = NewDefaultTable(context, id);
            gateway = gateway with
            {
                AssociationDefaultRouteTableId = associates ? table : null,
                PropagationDefaultRouteTableId = propagates ? table : null,
            };
        }

        context.Put(gateway);
        return new Aws.CreateTransitGatewayResult { TransitGateway = ToWire(gateway, "pending") };
    }

    public Aws.ModifyTransitGatewayResult ModifyTransitGateway(CommandContext context, Aws.ModifyTransitGatewayRequest request)
    {
        TransitGateway gateway = TransitGatewayRules.Own(context, request.TransitGatewayId);
        Aws.ModifyTransitGatewayOptions options = request.Options ?? new();
        if (TransitGatewayRules.Switch(options.EncryptionSupport, "EncryptionSupport", false))
        {
            throw Fault.Unsupported("EncryptionSupport");
        }

        long? asn = TransitGatewayRules.CheckedAsn(options.AmazonSideAsn);
        if (asn is not null && asn != gateway.AmazonSideAsn)
        {
            RefuseNewAsn(context, gateway);
        }

        TransitGateway next = gateway with
        {
            Description = request.Description ?? gateway.Description,
            AmazonSideAsn = asn ?? gateway.AmazonSideAsn,
            AutoAcceptSharedAttachments = TransitGatewayRules.Switch(
                options.AutoAcceptSharedAttachments, "AutoAcceptSharedAttachments", gateway.AutoAcceptSharedAttachments),
            VpnEcmp = TransitGatewayRules.Switch(options.VpnEcmpSupport, "VpnEcmpSupport", gateway.VpnEcmp),
            DnsSupport = TransitGatewayRules.Switch(options.DnsSupport, "DnsSupport", gateway.DnsSupport),
            SecurityGroupReferencing = TransitGatewayRules.Switch(
                options.SecurityGroupReferencingSupport, "SecurityGroupReferencingSupport", gateway.SecurityGroupReferencing),
            Cidrs = TransitGatewayRules.CheckedCidrs(
                WithoutCidrs(context, gateway, options.RemoveTransitGatewayCidrBlocks), options.AddTransitGatewayCidrBlocks),
        };
        next = WithDefaultTables(context, next, options);
        context.Put(next);
        return new Aws.ModifyTransitGatewayResult { TransitGateway = ToWire(next, "modifying") };
    }

    /// <summary>Refused while anything is attached; its tables go with it.</summary>
    public Aws.DeleteTransitGatewayResult DeleteTransitGateway(CommandContext context, Aws.DeleteTransitGatewayRequest request)
    {
        TransitGateway gateway = TransitGatewayRules.Own(context, request.TransitGatewayId);
        TransitGatewayAttachment? attached = context.Here.By<TransitGatewayAttachment>(gateway.Key).FirstOrDefault(a => a.IsHome);
        if (attached is not null)
        {
            string what = attached.Type switch
            {
                TransitGatewayAttachmentType.Vpc => "VPC",
                TransitGatewayAttachmentType.Vpn => "VPN",
                TransitGatewayAttachmentType.DirectConnectGateway => "DirectConnect Gateway",
                TransitGatewayAttachmentType.Peering => "Transit Gateway Cross Region Peering",
                _ => "Connect",
            };
            throw new Fault("IncorrectState", $"{gateway.Id} has non-deleted {what} Attachments: {attached.Id}.");
        }

        foreach (TransitGatewayRouteTable table in context.Here.By<TransitGatewayRouteTable>(gateway.Key).ToList())
        {
            context.Remove(table.Id);
        }

        context.Remove(gateway.Id);
        GoneGateways.TransitGateway(context, gateway);
        AssociatedWithDirectConnect.ForgetProposals(context, gateway.Key);
        return new Aws.DeleteTransitGatewayResult { TransitGateway = ToWire(gateway, "deleting") };
    }

    /// <summary>The account's own, and those that are shared with it.</summary>
    public Aws.DescribeTransitGatewaysResult DescribeTransitGateways(
        CommandContext context, Aws.DescribeTransitGatewaysRequest request)
    {
        IEnumerable<TransitGateway> rows = request.TransitGatewayIds is { Count: > 0 } ids
            ? [.. ids.Distinct(StringComparer.Ordinal).Select(id => TransitGatewayRules.Usable(context, id))]
            : context.Here.All<TransitGateway>().Concat(TransitGatewayRules.Shared(context));
        Page<TransitGateway> page = Pager.Page(
            TransitGatewayFilters.Apply(context, rows, request.Filters).OrderBy(g => g.Id), request.MaxResults, request.NextToken);
        return new Aws.DescribeTransitGatewaysResult
        {
            TransitGateways = [.. page.Rows.Select(g => ToWire(VisibleTo(context, g), "available"))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>Metering policies say who pays; nobody does here, and no operation makes one.</summary>
    public Aws.DescribeTransitGatewayMeteringPoliciesResult DescribeTransitGatewayMeteringPolicies(
        CommandContext context, Aws.DescribeTransitGatewayMeteringPoliciesRequest request)
    {
        if (request.TransitGatewayMeteringPolicyIds is [{ } id, ..])
        {
            throw new Fault(
                "InvalidTransitGatewayMeteringPolicyId.NotFound", $"Transit Gateway Metering Policy {id} was deleted or does not exist.");
        }

        Page<string> page = Pager.Page(
            MeteringPolicyFilters.Apply(context, [], request.Filters), request.MaxResults, request.NextToken, policy => policy);
        return new Aws.DescribeTransitGatewayMeteringPoliciesResult { TransitGatewayMeteringPolicies = [], NextToken = page.NextToken };
    }

    /// <summary>The account says that its organization's members may be part of an analysis; kept for the account, in no region.</summary>
    public Aws.EnableReachabilityAnalyzerOrganizationSharingResult EnableReachabilityAnalyzerOrganizationSharing(
        CommandContext context, Aws.EnableReachabilityAnalyzerOrganizationSharingRequest request)
    {
        RegionSettings settings = context.Global.Here.Find(new Id<RegionSettings>(RegionSettings.TheKey)) ?? new RegionSettings();
        context.Global.Put(settings with { ReachabilityAnalyzerOrganizationSharing = true });
        return new Aws.EnableReachabilityAnalyzerOrganizationSharingResult { ReturnValue = true };
    }

    /// <summary>Tags are their owner's: whoever it is shared with does not see them.</summary>
    private static TransitGateway VisibleTo(CommandContext context, TransitGateway gateway) =>
        gateway.Owner == context.Caller.Partition ? gateway : gateway with { Tags = Tags.None };

    private static Id<TransitGatewayRouteTable> NewDefaultTable(CommandContext context, Id<TransitGateway> gateway) =>
        context.Put(new TransitGatewayRouteTable
        {
            Id = new(context.NewId(TransitGatewayRouteTable.IdPrefix)),
            TransitGatewayId = gateway,
            CreationTime = context.Now,
        }).Id;

    /// <summary>AWS's number cannot change under sessions that were made with it.</summary>
    private static void RefuseNewAsn(CommandContext context, TransitGateway gateway)
    {
        TransitGatewayAttachment? session = context.Here.By<TransitGatewayAttachment>(gateway.Key).FirstOrDefault(
            a => a.IsHome && a.Type is TransitGatewayAttachmentType.Vpn or TransitGatewayAttachmentType.Connect
                or TransitGatewayAttachmentType.DirectConnectGateway);
        if (session is not null)
        {
            throw new Fault(
                "IncorrectState", $"The ASN of {gateway.Id} cannot be modified while it has VPN, Connect or Direct Connect attachments: {session.Id}.");
        }
    }

    /// <summary>The ranges that stay when some are removed: none that a Connect peer has an address of may go.</summary>
    private static ImmutableArray<Prefix> WithoutCidrs(CommandContext context, TransitGateway gateway, IReadOnlyList<string>? removed)
    {
        ImmutableArray<Prefix> cidrs = gateway.Cidrs;
        foreach (string text in removed ?? [])
        {
            Prefix cidr = Door.AnyCidr(text, "RemoveTransitGatewayCidrBlocks");
            if (!cidrs.Contains(cidr))
            {
                throw Fault.Invalid($"The CIDR block {cidr} is not associated with {gateway.Id}.");
            }

            if (TransitGatewayRules.PeersOf(context.Here, gateway).FirstOrDefault(p => cidr.Contains(p.TransitGatewayAddress)) is { } user)
            {
                throw new Fault("IncorrectState", $"The CIDR block {cidr} of {gateway.Id} is in use by {user.Id}.");
            }

            cidrs = cidrs.Remove(cidr);
        }

        return cidrs;
    }

    /// <summary>The gateway with its default tables as asked for: where one is turned on and none is named, the other's, or a new one.</summary>
    private static TransitGateway WithDefaultTables(
        CommandContext context, TransitGateway gateway, Aws.ModifyTransitGatewayOptions options)
    {
        Id<TransitGatewayRouteTable>? associates = gateway.AssociationDefaultRouteTableId;
        Id<TransitGatewayRouteTable>? propagates = gateway.PropagationDefaultRouteTableId;
        bool associating = TransitGatewayRules.Switch(
            options.DefaultRouteTableAssociation, "DefaultRouteTableAssociation", associates is not null);
        bool propagating = TransitGatewayRules.Switch(
            options.DefaultRouteTablePropagation, "DefaultRouteTablePropagation", propagates is not null);
        Id<TransitGatewayRouteTable>? namedFirst = Named(options.AssociationDefaultRouteTableId, associating, "AssociationDefaultRouteTableId");
        Id<TransitGatewayRouteTable>? namedSecond = Named(options.PropagationDefaultRouteTableId, propagating, "PropagationDefaultRouteTableId");
        associates = associating ? namedFirst ?? associates ?? propagates ?? namedSecond ?? NewDefaultTable(context, gateway.Id) : null;
        propagates = propagating ? namedSecond ?? propagates ?? associates ?? NewDefaultTable(context, gateway.Id) : null;
        return gateway with { AssociationDefaultRouteTableId = associates, PropagationDefaultRouteTableId = propagates };

        Id<TransitGatewayRouteTable>? Named(string? id, bool isOn, string parameter)
        {
            if (string.IsNullOrEmpty(id))
            {
                return null;
            }

            TransitGatewayRouteTable table = TransitGatewayRouteTableIds.Get(context, id);
            return table.TransitGatewayId == gateway.Id && isOn ? table.Id : throw Fault.InvalidValue(id, parameter);
        }
    }

    private static Aws.TransitGateway ToWire(TransitGateway gateway, string state) => new()
    {
        TransitGatewayId = gateway.Id.Value,
        TransitGatewayArn = TransitGatewayRules.ArnOf(gateway),
        State = state,
        OwnerId = gateway.Owner.Account,
        Description = gateway.Description,
        CreationTime = gateway.CreationTime,
        Options = new Aws.TransitGatewayOptions
        {
            AmazonSideAsn = gateway.AmazonSideAsn,
            TransitGatewayCidrBlocks = gateway.Cidrs.IsEmpty ? null : [.. gateway.Cidrs.Select(c => c.ToString())],
            AutoAcceptSharedAttachments = TransitGatewayRules.Word(gateway.AutoAcceptSharedAttachments),
            DefaultRouteTableAssociation = TransitGatewayRules.Word(gateway.AssociationDefaultRouteTableId is not null),
            AssociationDefaultRouteTableId = gateway.AssociationDefaultRouteTableId?.Value,
            DefaultRouteTablePropagation = TransitGatewayRules.Word(gateway.PropagationDefaultRouteTableId is not null),
            PropagationDefaultRouteTableId = gateway.PropagationDefaultRouteTableId?.Value,
            VpnEcmpSupport = TransitGatewayRules.Word(gateway.VpnEcmp),
            DnsSupport = TransitGatewayRules.Word(gateway.DnsSupport),
            SecurityGroupReferencingSupport = TransitGatewayRules.Word(gateway.SecurityGroupReferencing),
            MulticastSupport = TransitGatewayRules.Word(gateway.Multicast),
            EncryptionSupport = new Aws.EncryptionSupport { EncryptionState = "disabled" },
        },
        Tags = TagRules.ToWire(gateway.Tags),
    };
}
