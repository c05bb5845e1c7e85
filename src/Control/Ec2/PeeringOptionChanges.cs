using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>What one side of a peering lets the other do. Source: EC2 API, ModifyVpcPeeringConnectionOptions.</summary>
public sealed partial class Ec2Service
{
    /// <summary>Each side's options are its owner's, and are changed in its region.</summary>
    public Aws.ModifyVpcPeeringConnectionOptionsResult ModifyVpcPeeringConnectionOptions(
        CommandContext context, Aws.ModifyVpcPeeringConnectionOptionsRequest request)
    {
        VpcPeeringConnection peering = PeeringOf(context, request.VpcPeeringConnectionId);
        if (request.RequesterPeeringConnectionOptions is null && request.AccepterPeeringConnectionOptions is null)
        {
            throw new Fault(
                "MissingParameter", "The request must contain the parameter requesterPeeringConnectionOptions or accepterPeeringConnectionOptions");
        }

        if (!peering.IsActive)
        {
            throw new Fault(
                "OperationNotPermitted", $"Peering {peering.Id} is not active. Peering options can be added only to active peerings.");
        }

        PeeringSide requester = WithOptions(context, peering, peering.Requester, request.RequesterPeeringConnectionOptions, "requester");
        PeeringSide accepter = WithOptions(context, peering, peering.Accepter, request.AccepterPeeringConnectionOptions, "accepter");
        PeeringRows.PutBoth(context, peering with { Requester = requester, Accepter = accepter });
        return new Aws.ModifyVpcPeeringConnectionOptionsResult
        {
            RequesterPeeringConnectionOptions = request.RequesterPeeringConnectionOptions is null ? null : PeeringViews.ToWire(requester.Options),
            AccepterPeeringConnectionOptions = request.AccepterPeeringConnectionOptions is null ? null : PeeringViews.ToWire(accepter.Options),
        };
    }

    private static PeeringSide WithOptions(
        CommandContext context, VpcPeeringConnection peering, PeeringSide side, Aws.PeeringConnectionOptionsRequest? asked, string name)
    {
        if (asked is null)
        {
            return side;
        }

        if (side.Partition != context.Caller.Partition)
        {
            throw new Fault(
                "OperationNotPermitted", $"User {context.Account} cannot modify {name} peering options of {peering.Id} in region {context.Region}");
        }

        if (asked.AllowEgressFromLocalClassicLinkToRemoteVpc == true || asked.AllowEgressFromLocalVpcToRemoteClassicLink == true)
        {
            throw new Fault("OperationNotPermitted", "ClassicLink is retired: its peering options can no longer be turned on.");
        }

        if (asked.AllowDnsResolutionFromRemoteVpc is not { } allow)
        {
            return side;
        }

        Vpc vpc = context.Here.Get(side.VpcId);
        return !allow || (vpc.EnableDnsHostnames && vpc.EnableDnsSupport)
            ? side with { Options = new PeeringOptions(allow) }
            : throw new Fault(
                "InvalidVpcPeeringConnectionState.DnsHostnamesDisabled",
                "To enable DNS hostname resolution for the VPC peering connection, DNS hostname support must be enabled for the VPCs.");
    }
}
