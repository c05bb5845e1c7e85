using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// VPCs attached to transit gateways. Source: AWS, "Amazon VPC attachments in AWS Transit Gateway"; EC2 API,
/// CreateTransitGatewayVpcAttachment and its like.
/// </summary>
public sealed partial class Ec2Service
{
    /// <summary>Gateways of one VPC; AWS does not raise it (rule 117).</summary>
    private const int GatewaysPerVpc = 5;

    internal static readonly IdRules<TransitGatewayAttachment> TransitGatewayAttachmentIds = new(
        "TransitGatewayAttachmentId", "InvalidTransitGatewayAttachmentID.NotFound", "InvalidTransitGatewayAttachmentID.Malformed",
        "Transit Gateway Attachment {0} was deleted or does not exist.");

    private static readonly FilterTable<TransitGatewayAttachment> TransitGatewayAttachmentFilters = new()
    {
        { "association.state", attachment => attachment.AssociatedTableId is null ? null : "associated" },
        { "association.transit-gateway-route-table-id", attachment => attachment.AssociatedTableId?.Value },
        { "resource-id", attachment => attachment.ResourceId },
        { "resource-owner-id", attachment => attachment.ResourceOwner.Account },
        { "resource-type", attachment => TransitGatewayRules.TypeWord(attachment.Type) },
        { "state", attachment => TransitGatewayRules.StateWord(attachment.State) },
        { "transit-gateway-attachment-id", attachment => attachment.Id.Value },
        { "transit-gateway-id", attachment => attachment.TransitGatewayId.Value },
        { "transit-gateway-owner-id", attachment => attachment.TransitGatewayOwner.Account },
    };

    private static readonly FilterTable<TransitGatewayAttachment> TransitGatewayVpcAttachmentFilters = new()
    {
        { "state", attachment => TransitGatewayRules.StateWord(attachment.State) },
        { "transit-gateway-attachment-id", attachment => attachment.Id.Value },
        { "transit-gateway-id", attachment => attachment.TransitGatewayId.Value },
        { "vpc-id", attachment => attachment.ResourceId },
    };

    public Aws.DescribeTransitGatewayAttachmentsResult DescribeTransitGatewayAttachments(
        CommandContext context, Aws.DescribeTransitGatewayAttachmentsRequest request)
    {
        Page<TransitGatewayAttachment> page = Pager.Page(
            TransitGatewayAttachmentFilters.Apply(
                context, TransitGatewayAttachments.Described(context, request.TransitGatewayAttachmentIds, null), request.Filters),
            request.MaxResults, request.NextToken);
        return new Aws.DescribeTransitGatewayAttachmentsResult
        {
            TransitGatewayAttachments = [.. page.Rows.Select(ToWire)],
            NextToken = page.NextToken,
        };
    }

    public Aws.CreateTransitGatewayVpcAttachmentResult CreateTransitGatewayVpcAttachment(
        CommandContext context, Aws.CreateTransitGatewayVpcAttachmentRequest request)
    {
        TransitGateway gateway = TransitGatewayRules.Usable(context, request.TransitGatewayId);
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        List<Subnet> subnets = AttachmentSubnets(context, vpc.Id, request.SubnetIds);
        if (subnets.Count == 0)
        {
            throw Fault.Missing("SubnetIds");
        }

        RefuseSameZone(subnets);
        Aws.CreateTransitGatewayVpcAttachmentRequestOptions options = request.Options ?? new();
        bool ipv6 = TransitGatewayRules.Switch(options.Ipv6Support, "Ipv6Support", false);
        RefuseSecondAttachment(context, gateway, vpc);
        bool accepted = gateway.Owner == context.Caller.Partition || gateway.AutoAcceptSharedAttachments;
        TransitGatewayAttachment made = TransitGatewayAttachments.Add(context, gateway, new()
        {
            Type = TransitGatewayAttachmentType.Vpc,
            ResourceId = vpc.Key,
            ResourceOwner = context.Caller.Partition,
            State = accepted ? TransitGatewayAttachmentState.Available : TransitGatewayAttachmentState.PendingAcceptance,
            Doors = id => [.. subnets.Select(s => NewDoor(context, id, s, ipv6))],
            DnsSupport = TransitGatewayRules.Switch(options.DnsSupport, "DnsSupport", true),
            Ipv6Support = ipv6,
            ApplianceMode = TransitGatewayRules.Switch(options.ApplianceModeSupport, "ApplianceModeSupport", false),
            SecurityGroupReferencing =
                TransitGatewayRules.Switch(options.SecurityGroupReferencingSupport, "SecurityGroupReferencingSupport", true),
            Tags = TagRules.New<TransitGatewayAttachment>(request.TagSpecifications),
        });
        return new Aws.CreateTransitGatewayVpcAttachmentResult
        {
            TransitGatewayVpcAttachment = ToVpcWire(made, accepted ? "pending" : "pendingAcceptance"),
        };
    }

    /// <summary>The VPC's owner changes subnets and options; each zone has one subnet, and one has to stay.</summary>
    public Aws.ModifyTransitGatewayVpcAttachmentResult ModifyTransitGatewayVpcAttachment(
        CommandContext context, Aws.ModifyTransitGatewayVpcAttachmentRequest request)
    {
        TransitGatewayAttachment attachment =
            TransitGatewayAttachments.Find(context, request.TransitGatewayAttachmentId, TransitGatewayAttachmentType.Vpc);
        if (attachment.ResourceOwner != context.Caller.Partition)
        {
            throw TransitGatewayRules.NotOwner();
        }

        TransitGatewayAttachments.Require(
            attachment, TransitGatewayAttachmentState.Available, TransitGatewayAttachmentState.PendingAcceptance);
        Aws.ModifyTransitGatewayVpcAttachmentRequestOptions options = request.Options ?? new();
        TransitGatewayAttachment next = attachment with
        {
            DnsSupport = TransitGatewayRules.Switch(options.DnsSupport, "DnsSupport", attachment.DnsSupport),
            Ipv6Support = TransitGatewayRules.Switch(options.Ipv6Support, "Ipv6Support", attachment.Ipv6Support),
            ApplianceMode = TransitGatewayRules.Switch(options.ApplianceModeSupport, "ApplianceModeSupport", attachment.ApplianceMode),
            SecurityGroupReferencing = TransitGatewayRules.Switch(
                options.SecurityGroupReferencingSupport, "SecurityGroupReferencingSupport", attachment.SecurityGroupReferencing),
        };
        next = TransitGatewayAttachments.PutBoth(context, WithSubnets(context, next, request.AddSubnetIds, request.RemoveSubnetIds));
        return new Aws.ModifyTransitGatewayVpcAttachmentResult { TransitGatewayVpcAttachment = ToVpcWire(next, "modifying") };
    }

    /// <summary>By the VPC's owner or the gateway's.</summary>
    public Aws.DeleteTransitGatewayVpcAttachmentResult DeleteTransitGatewayVpcAttachment(
        CommandContext context, Aws.DeleteTransitGatewayVpcAttachmentRequest request)
    {
        TransitGatewayAttachment attachment =
            TransitGatewayAttachments.Find(context, request.TransitGatewayAttachmentId, TransitGatewayAttachmentType.Vpc);
        TransitGatewayAttachments.Detach(context, attachment);
        return new Aws.DeleteTransitGatewayVpcAttachmentResult { TransitGatewayVpcAttachment = ToVpcWire(attachment, "deleting") };
    }

    public Aws.AcceptTransitGatewayVpcAttachmentResult AcceptTransitGatewayVpcAttachment(
        CommandContext context, Aws.AcceptTransitGatewayVpcAttachmentRequest request)
    {
        TransitGatewayAttachment attachment = AskedVpcAttachment(context, request.TransitGatewayAttachmentId);
        return new Aws.AcceptTransitGatewayVpcAttachmentResult
        {
            TransitGatewayVpcAttachment = ToVpcWire(TransitGatewayAttachments.Opened(context, attachment), "pending"),
        };
    }

    public Aws.RejectTransitGatewayVpcAttachmentResult RejectTransitGatewayVpcAttachment(
        CommandContext context, Aws.RejectTransitGatewayVpcAttachmentRequest request)
    {
        TransitGatewayAttachment attachment = AskedVpcAttachment(context, request.TransitGatewayAttachmentId);
        TransitGatewayAttachments.Refuse(context, attachment);
        return new Aws.RejectTransitGatewayVpcAttachmentResult { TransitGatewayVpcAttachment = ToVpcWire(attachment, "rejecting") };
    }

    public Aws.DescribeTransitGatewayVpcAttachmentsResult DescribeTransitGatewayVpcAttachments(
        CommandContext context, Aws.DescribeTransitGatewayVpcAttachmentsRequest request)
    {
        Page<TransitGatewayAttachment> page = Pager.Page(
            TransitGatewayVpcAttachmentFilters.Apply(
                context,
                TransitGatewayAttachments.Described(context, request.TransitGatewayAttachmentIds, TransitGatewayAttachmentType.Vpc),
                request.Filters),
            request.MaxResults, request.NextToken);
        return new Aws.DescribeTransitGatewayVpcAttachmentsResult
        {
            TransitGatewayVpcAttachments = [.. page.Rows.Select(a => ToVpcWire(a, TransitGatewayRules.StateWord(a.State)))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>An attachment that waits for the caller, who owns the gateway, to say yes or no.</summary>
    private static TransitGatewayAttachment AskedVpcAttachment(CommandContext context, string? id)
    {
        TransitGatewayAttachment attachment = TransitGatewayAttachments.Find(context, id, TransitGatewayAttachmentType.Vpc);
        if (!attachment.IsHome)
        {
            throw TransitGatewayRules.NotOwner();
        }

        TransitGatewayAttachments.Require(attachment, TransitGatewayAttachmentState.PendingAcceptance);
        return attachment;
    }

    /// <summary>Rule 112: one attachment of a VPC to a gateway, and no VPC has more than five gateways.</summary>
    private static void RefuseSecondAttachment(CommandContext context, TransitGateway gateway, Vpc vpc)
    {
        int count = 0;
        foreach (TransitGatewayAttachment other in context.Here.By<TransitGatewayAttachment>(TransitGatewayAttachment.ResourceWord(vpc.Key)))
        {
            if (other.TransitGatewayId == gateway.Id)
            {
                throw new Fault(
                    "DuplicateTransitGatewayAttachment", $"{gateway.Id} has non-deleted Transit Gateway Attachments with same VPC ID.");
            }

            count++;
        }

        if (count >= GatewaysPerVpc)
        {
            throw new Fault(
                "TransitGatewayAttachmentLimitExceeded", $"The VPC {vpc.Id} is attached to {GatewaysPerVpc} transit gateways already.");
        }
    }

    private static List<Subnet> AttachmentSubnets(CommandContext context, Id<Vpc> vpc, IReadOnlyList<string>? ids)
    {
        List<Subnet> subnets = [];
        foreach (string id in (ids ?? []).Distinct(StringComparer.Ordinal))
        {
            Id<Subnet> parsed = SubnetIds.Parse(id);
            if (context.Here.Find(parsed) is not { } subnet)
            {
                throw new Fault("InvalidSubnetID.NotFound", $"Subnet {id} was deleted or does not exist.");
            }

            subnets.Add(subnet.VpcId == vpc
                ? subnet
                : throw Fault.Invalid($"Subnet {id} does not belong to VPC {vpc}."));
        }

        return subnets;
    }

    private static void RefuseSameZone(IEnumerable<Subnet> subnets)
    {
        HashSet<string> zones = new(StringComparer.Ordinal);
        foreach (Subnet subnet in subnets)
        {
            if (!zones.Add(subnet.Zone))
            {
                throw new Fault("DuplicateSubnetsInSameZone", "Duplicate Subnets for same AZ");
            }
        }
    }

    private static TransitGatewayAttachment WithSubnets(
        CommandContext context, TransitGatewayAttachment attachment, IReadOnlyList<string>? added, IReadOnlyList<string>? removed)
    {
        Id<Vpc> vpc = new(attachment.ResourceId);
        List<Subnet> leaving = AttachmentSubnets(context, vpc, removed);
        List<Subnet> coming = AttachmentSubnets(context, vpc, added);
        foreach (Subnet subnet in leaving)
        {
            if (!attachment.Doors.Any(d => d.SubnetId == subnet.Id))
            {
                throw Fault.Invalid($"Subnet {subnet.Id} is not in {attachment.Id}.");
            }
        }

        ImmutableArray<TransitGatewayDoor> staying = [.. attachment.Doors.Where(d => !leaving.Any(s => s.Id == d.SubnetId))];
        coming.RemoveAll(s => staying.Any(d => d.SubnetId == s.Id));
        RefuseSameZone([.. staying.Select(d => context.Here.Get(d.SubnetId)), .. coming]);
        if (staying.Length + coming.Count == 0)
        {
            throw Fault.Invalid($"{attachment.Id} must have at least one subnet.");
        }

        foreach (TransitGatewayDoor door in attachment.Doors.Except(staying))
        {
            context.Remove(door.NetworkInterfaceId);
        }

        return attachment with
        {
            Doors = [.. staying, .. coming.Select(s => NewDoor(context, attachment.Id, s, attachment.Ipv6Support))],
        };
    }

    /// <summary>The interface by which a gateway stands in a subnet; the service manages it.</summary>
    private static TransitGatewayDoor NewDoor(CommandContext context, Id<TransitGatewayAttachment> attachment, Subnet subnet, bool ipv6)
    {
        NetworkInterface eni = InterfaceMaker.Create(context, new InterfaceWish
        {
            Subnet = subnet,
            Description = $"Network Interface for Transit Gateway Attachment {attachment}",
            InterfaceType = "transit_gateway",
            Ipv6Count = ipv6 && !subnet.Ipv6Cidrs.IsEmpty ? 1 : 0,
            RequesterManaged = true,
            RequesterId = "amazon-aws",
            SourceDestCheck = false,
            Attachment = new InterfaceAttachment(
                context.NewId("ela-attach"), null, "amazon-aws", DeviceIndex: 1, NetworkCardIndex: 0, context.Now,
                DeleteOnTermination: false),
        });
        string zoneId = Regions.ZonesOf(context.Account, context.Region).First(z => z.Name == subnet.Zone).ZoneId;
        return new TransitGatewayDoor(subnet.Id, subnet.Zone, zoneId, eni.Id);
    }

    private static Aws.TransitGatewayAttachment ToWire(TransitGatewayAttachment attachment) => new()
    {
        TransitGatewayAttachmentId = attachment.Id.Value,
        TransitGatewayId = attachment.TransitGatewayId.Value,
        TransitGatewayOwnerId = attachment.TransitGatewayOwner.Account,
        ResourceOwnerId = attachment.ResourceOwner.Account,
        ResourceType = TransitGatewayRules.TypeWord(attachment.Type),
        ResourceId = attachment.ResourceId,
        State = TransitGatewayRules.StateWord(attachment.State),
        Association = attachment.AssociatedTableId is { } table
            ? new Aws.TransitGatewayAttachmentAssociation { TransitGatewayRouteTableId = table.Value, State = "associated" }
            : null,
        CreationTime = attachment.CreationTime,
        Tags = TagRules.ToWire(attachment.Tags),
    };

    private static Aws.TransitGatewayVpcAttachment ToVpcWire(TransitGatewayAttachment attachment, string state) => new()
    {
        TransitGatewayAttachmentId = attachment.Id.Value,
        TransitGatewayId = attachment.TransitGatewayId.Value,
        VpcId = attachment.ResourceId,
        VpcOwnerId = attachment.ResourceOwner.Account,
        State = state,
        SubnetIds = [.. attachment.Doors.Select(d => d.SubnetId.Value)],
        CreationTime = attachment.CreationTime,
        Options = new Aws.TransitGatewayVpcAttachmentOptions
        {
            DnsSupport = TransitGatewayRules.Word(attachment.DnsSupport),
            SecurityGroupReferencingSupport = TransitGatewayRules.Word(attachment.SecurityGroupReferencing),
            Ipv6Support = TransitGatewayRules.Word(attachment.Ipv6Support),
            ApplianceModeSupport = TransitGatewayRules.Word(attachment.ApplianceMode),
        },
        Tags = TagRules.ToWire(attachment.Tags),
    };
}
