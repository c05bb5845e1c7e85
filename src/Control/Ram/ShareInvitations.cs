using Trunkline.Cloud;
using AwsRam = Trunkline.Wire.Ram;

namespace Trunkline.Control.Ram;

/// <summary>
/// Invitations, as the invited account answers them. Source: RAM API, AcceptResourceShareInvitation and its like; RAM User Guide, "Accepting
/// and rejecting resource share invitations".
/// </summary>
public sealed partial class RamService
{
    private const string Pending = "PENDING";
    private const string Accepted = "ACCEPTED";
    private const string Rejected = "REJECTED";

    public AwsRam.AcceptResourceShareInvitationResponse AcceptResourceShareInvitation(
        CommandContext context, AwsRam.AcceptResourceShareInvitationRequest request)
    {
        ShareInvitation invitation = PendingInvitation(context, request.ResourceShareInvitationArn);
        context.Put(new ReceivedShare { Key = invitation.ShareKey, Owner = invitation.Sender });
        Answered(context, invitation, ShareAssociationState.Associated);
        ShareInvitation next = context.Put(invitation with { Status = Accepted });
        return new AwsRam.AcceptResourceShareInvitationResponse
        {
            ResourceShareInvitation = ToWire(context, next),
            ClientToken = request.ClientToken,
        };
    }

    public AwsRam.RejectResourceShareInvitationResponse RejectResourceShareInvitation(
        CommandContext context, AwsRam.RejectResourceShareInvitationRequest request)
    {
        ShareInvitation invitation = PendingInvitation(context, request.ResourceShareInvitationArn);
        Answered(context, invitation, ShareAssociationState.Disassociated);
        ShareInvitation next = context.Put(invitation with { Status = Rejected });
        return new AwsRam.RejectResourceShareInvitationResponse
        {
            ResourceShareInvitation = ToWire(context, next),
            ClientToken = request.ClientToken,
        };
    }

    public AwsRam.GetResourceShareInvitationsResponse GetResourceShareInvitations(
        CommandContext context, AwsRam.GetResourceShareInvitationsRequest request)
    {
        IEnumerable<ShareInvitation> rows = request.ResourceShareInvitationArns is { Count: > 0 } named
            ? [.. named.Distinct(StringComparer.Ordinal).Select(arn => Invitation(context, arn))]
            : context.Here.All<ShareInvitation>();
        if (request.ResourceShareArns is { Count: > 0 } shares)
        {
            HashSet<(string, string)> wanted = [.. shares.Select(arn => RamArns.ParseShare(context, arn))];
            rows = rows.Where(i => wanted.Contains((i.Sender, i.ShareKey)));
        }

        Page<ShareInvitation> page = PageOf(rows, request.MaxResults, request.NextToken, i => i.Key, "InvalidMaxResultsException");
        return new AwsRam.GetResourceShareInvitationsResponse
        {
            ResourceShareInvitations = [.. page.Rows.Select(i => ToWire(context, i))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>What an invited account would get.</summary>
    public AwsRam.ListPendingInvitationResourcesResponse ListPendingInvitationResources(
        CommandContext context, AwsRam.ListPendingInvitationResourcesRequest request)
    {
        ShareInvitation invitation = Invitation(context, request.ResourceShareInvitationArn);
        RefuseUnless(context, invitation, request.ResourceShareInvitationArn!, allowed: Accepted);
        PartitionKey owner = new(invitation.Sender, context.Region);
        ResourceShare? share = context.Draft.Partition(owner).Table<ResourceShare>().Find(invitation.ShareKey);
        IEnumerable<AwsRam.Resource> rows = share is null || request.ResourceRegionScope == "GLOBAL"
            ? []
            : ResourcesOf(context, new SeenShare(invitation.Sender, share));
        Page<AwsRam.Resource> page = PageOf(rows, request.MaxResults, request.NextToken, r => r.Arn!);
        return new AwsRam.ListPendingInvitationResourcesResponse { Resources = [.. page.Rows], NextToken = page.NextToken };
    }

    private static ShareInvitation Invitation(CommandContext context, string? arn)
    {
        (string account, string key) = RamArns.ParseInvitation(context, arn);
        return (account == context.Account ? context.Here.Table<ShareInvitation>().Find(key) : null) ?? throw RamFaults.UnknownInvitation(arn!);
    }

    /// <summary>An invitation that can be answered.</summary>
    private static ShareInvitation PendingInvitation(CommandContext context, string? arn)
    {
        ShareInvitation invitation = Invitation(context, arn);
        RefuseUnless(context, invitation, arn!, allowed: null);
        return invitation;
    }

    /// <param name="allowed">A state that is as good as pending; null where none is.</param>
    private static void RefuseUnless(CommandContext context, ShareInvitation invitation, string arn, string? allowed)
    {
        string status = invitation.StatusAt(context.Now);
        if (status == Pending || status == allowed)
        {
            return;
        }

        throw status switch
        {
            Accepted => new Fault(
                "ResourceShareInvitationAlreadyAcceptedException", $"ResourceShareInvitation {arn} was already accepted."),
            Rejected => new Fault(
                "ResourceShareInvitationAlreadyRejectedException", $"ResourceShareInvitation {arn} was already rejected."),
            _ => new Fault("ResourceShareInvitationExpiredException", $"ResourceShareInvitation {arn} has expired."),
        };
    }

    /// <summary>Writes an answer into the share, in its owner's rows.</summary>
    private static void Answered(CommandContext context, ShareInvitation invitation, ShareAssociationState state)
    {
        CommandContext owner = context.At(new PartitionKey(invitation.Sender, context.Region));
        ResourceShare share = owner.Here.Get(new Id<ResourceShare>(invitation.ShareKey));
        SharePrincipal principal = share.Principals.Single(p => p.Account == context.Account);
        PutShare(owner, share with
        {
            Principals = share.Principals.Replace(principal, principal with { State = state, LastUpdatedTime = context.Now }),
        });
    }

    private static AwsRam.ResourceShareInvitation ToWire(CommandContext context, ShareInvitation invitation) => new()
    {
        ResourceShareInvitationArn = RamArns.Invitation(context, invitation.Key),
        ResourceShareName = invitation.ShareName,
        ResourceShareArn = RamArns.Share(invitation.Sender, context.Region, invitation.ShareKey),
        SenderAccountId = invitation.Sender,
        ReceiverAccountId = context.Account,
        InvitationTimestamp = invitation.InvitedAt,
        Status = invitation.StatusAt(context.Now),
    };
}
