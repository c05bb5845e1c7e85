using Trunkline.Cloud;
using AwsRam = Trunkline.Wire.Ram;

namespace Trunkline.Control.Ram;

/// <summary>
/// What is in a share and who has it. Source: RAM API, AssociateResourceShare, DisassociateResourceShare, GetResourceShareAssociations; RAM
/// User Guide, "Sharing your AWS resources".
/// </summary>
public sealed partial class RamService
{
    private const string PrincipalAssociation = "PRINCIPAL";
    private const string ResourceAssociation = "RESOURCE";

    public AwsRam.AssociateResourceShareResponse AssociateResourceShare(CommandContext context, AwsRam.AssociateResourceShareRequest request)
    {
        RefuseSources(request.Sources);
        ResourceShare share = OwnShare(context, request.ResourceShareArn);
        IReadOnlyList<string> arns = request.ResourceArns ?? [];
        IReadOnlyList<string> principals = request.Principals ?? [];
        RefuseNothing(arns, principals);
        ResourceShare next = PutShare(context, Associated(context, share, arns, principals) with { LastUpdatedTime = context.Now });
        return new AwsRam.AssociateResourceShareResponse
        {
            ResourceShareAssociations = NamedAssociations(context, next, arns, principals),
            ClientToken = request.ClientToken,
        };
    }

    /// <summary>The owner ends any association; an account that was invited may leave the share itself.</summary>
    public AwsRam.DisassociateResourceShareResponse DisassociateResourceShare(
        CommandContext context, AwsRam.DisassociateResourceShareRequest request)
    {
        RefuseSources(request.Sources);
        IReadOnlyList<string> arns = request.ResourceArns ?? [];
        IReadOnlyList<string> principals = request.Principals ?? [];
        RefuseNothing(arns, principals);
        (string owner, string key) = RamArns.ParseShare(context, request.ResourceShareArn);
        if (owner != context.Account)
        {
            return Leave(context, owner, key, request);
        }

        ResourceShare share = OwnShare(context, request.ResourceShareArn);
        foreach (string arn in arns.Distinct(StringComparer.Ordinal))
        {
            SharedResource resource = share.Resources.FirstOrDefault(r => r.Arn == arn && IsInPlace(r.State))
                ?? throw RamFaults.UnknownResource(arn);
            share = share with { Resources = share.Resources.Replace(resource, Ended(context, resource)) };
        }

        foreach (string account in principals.Select(AccountOf).Distinct(StringComparer.Ordinal))
        {
            if (!share.Principals.Any(p => p.Account == account && IsInPlace(p.State)))
            {
                throw RamFaults.UnknownResource(account);
            }

            share = WithoutPrincipal(context, share, account);
        }

        ResourceShare next = PutShare(context, share with { LastUpdatedTime = context.Now });
        return new AwsRam.DisassociateResourceShareResponse
        {
            ResourceShareAssociations = NamedAssociations(context, next, arns, principals),
            ClientToken = request.ClientToken,
        };
    }

    public AwsRam.GetResourceShareAssociationsResponse GetResourceShareAssociations(
        CommandContext context, AwsRam.GetResourceShareAssociationsRequest request)
    {
        bool ofPrincipals = request.AssociationType == PrincipalAssociation;
        if (request.ResourceArn is not null && ofPrincipals)
        {
            throw RamFaults.Invalid("You cannot specify a resource ARN when the association type is PRINCIPAL.");
        }

        if (request.Principal is not null && !ofPrincipals)
        {
            throw RamFaults.Invalid("You cannot specify a principal when the association type is not PRINCIPAL.");
        }

        string? account = request.Principal is { } principal ? AccountOf(principal) : null;
        IEnumerable<AwsRam.ResourceShareAssociation> rows = SharesOf(context, Self, request.ResourceShareArns)
            .SelectMany(s => request.AssociationType switch
            {
                PrincipalAssociation => s.Share.Principals.Where(p => account is null || p.Account == account)
                    .Where(p => IsShown(context, p.StateAt(context.Now), p.LastUpdatedTime)).Select(p => ToWire(context, s.Share, p)),
                ResourceAssociation => s.Share.Resources.Where(r => request.ResourceArn is null || r.Arn == request.ResourceArn)
                    .Where(r => IsShown(context, r.State, r.LastUpdatedTime)).Select(r => ToWire(context, s.Share, r)),
                _ => [],
            })
            .Where(a => request.AssociationStatus is null || a.Status == request.AssociationStatus);
        Page<AwsRam.ResourceShareAssociation> page = PageOf(
            rows, request.MaxResults, request.NextToken, a => $"{a.ResourceShareArn} {a.AssociatedEntity}");
        return new AwsRam.GetResourceShareAssociationsResponse { ResourceShareAssociations = [.. page.Rows], NextToken = page.NextToken };
    }

    /// <summary>The share with more resources and principals; writes what receivers get of it.</summary>
    private static ResourceShare Associated(
        CommandContext context, ResourceShare share, IReadOnlyList<string> arns, IReadOnlyList<string> principals)
    {
        bool inOrganization = ManagementAccount(context) is not null;
        ResourceShare next = WithoutEnded(context, share);
        foreach (string arn in arns.Distinct(StringComparer.Ordinal))
        {
            ShareableType type = ShareableTypes.Checked(context, arn);
            if (type.OnlyWithinOrganization && !inOrganization)
            {
                throw RamFaults.NotPermitted(
                    "The resource you are attempting to share can only be shared within your AWS Organization. This error may also occur if "
                    + "you have not enabled sharing with your AWS organization, or that onboarding is still in progress.");
            }

            if (!next.Permissions.Any(p => p.ResourceType == type.Name))
            {
                next = WithPermission(context, next, PermissionCatalogue.DefaultOf(type));
            }

            if (!next.Resources.Any(r => r.Arn == arn && IsInPlace(r.State)))
            {
                SharedResource added = new(arn, type.Name, ShareAssociationState.Associated, context.Now, context.Now);
                next = next with { Resources = next.Resources.RemoveAll(r => r.Arn == arn).Add(added) };
            }
        }

        foreach (string account in principals.Select(AccountOf).Distinct(StringComparer.Ordinal))
        {
            if (!next.Principals.Any(p => p.Account == account && IsInPlace(p.StateAt(context.Now))))
            {
                next = WithPrincipal(context, next, account, inOrganization);
            }
        }

        return next;
    }

    /// <summary>Writes a share, and what receivers have copies of.</summary>
    /// <param name="context">The owner's.</param>
    private static ResourceShare PutShare(CommandContext context, ResourceShare share)
    {
        ResourceShare? before = context.Here.Table<ResourceShare>().Find(share.Key);
        context.Put(share);
        string[] accounts = [.. share.Principals.Concat(before?.Principals ?? []).Select(p => p.Account).Distinct(StringComparer.Ordinal)];
        foreach (SharedResource resource in share.Resources)
        {
            string id = resource.Arn[(resource.Arn.LastIndexOf('/') + 1)..];
            foreach (string account in accounts)
            {
                if (resource.Type == Sharing.PrefixListType)
                {
                    Ec2.SharedPrefixLists.Refresh(context, id, account);
                }
                else if (resource.Type == Sharing.SubnetType)
                {
                    SharedNetworks.Refresh(context, new Id<Subnet>(id), account);
                }
            }
        }

        return share;
    }

    /// <summary>An account of the organization has the share at once; any other is invited.</summary>
    private static ResourceShare WithPrincipal(CommandContext context, ResourceShare share, string account, bool inOrganization)
    {
        if (account == context.Account)
        {
            throw RamFaults.Invalid($"Principal ID {account} owns the resource share.");
        }

        CommandContext receiver = context.At(new PartitionKey(account, context.Region));
        if (inOrganization)
        {
            receiver.Put(new ReceivedShare { Key = share.Key, Owner = context.Account });
        }
        else if (!share.AllowExternalPrincipals)
        {
            throw RamFaults.Invalid(
                $"Principal ID {account} is not in your AWS organization. You do not have permission to add external AWS accounts to a resource "
                + "share.");
        }
        else
        {
            receiver.Put(new ShareInvitation
            {
                Key = Uuids.New(context),
                ShareKey = share.Key,
                ShareName = share.Name,
                Sender = context.Account,
                InvitedAt = context.Now,
            });
        }

        ShareAssociationState state = inOrganization ? ShareAssociationState.Associated : ShareAssociationState.Associating;
        SharePrincipal added = new(account, !inOrganization, state, context.Now, context.Now);
        return share with { Principals = share.Principals.RemoveAll(p => p.Account == account).Add(added) };
    }

    /// <summary>Ends an account's association: it loses its row of the share, and an invitation that it did not answer.</summary>
    /// <param name="context">The owner's, wherever the request comes from.</param>
    private static ResourceShare WithoutPrincipal(CommandContext context, ResourceShare share, string account)
    {
        CommandContext receiver = context.At(new PartitionKey(account, context.Region));
        receiver.Remove(new Id<ReceivedShare>(share.Key));
        foreach (ShareInvitation invitation in receiver.Here.By<ShareInvitation>(ShareInvitation.ShareWord(share.Key))
            .Where(i => i.Status == Pending).ToList())
        {
            receiver.Remove(new Id<ShareInvitation>(invitation.Key));
        }

        SharePrincipal principal = share.Principals.Single(p => p.Account == account);
        return share with
        {
            Principals = share.Principals.Replace(
                principal, principal with { State = ShareAssociationState.Disassociated, LastUpdatedTime = context.Now }),
        };
    }

    private static AwsRam.DisassociateResourceShareResponse Leave(
        CommandContext context, string owner, string key, AwsRam.DisassociateResourceShareRequest request)
    {
        string arn = request.ResourceShareArn!;
        CommandContext theirs = context.At(new PartitionKey(owner, context.Region));
        ResourceShare share = context.Here.Table<ReceivedShare>().Find(key) is { } received && received.Owner == owner
            && theirs.Here.Table<ResourceShare>().Find(key) is { Status: not Deleted } found
            ? found
            : throw RamFaults.UnknownShare(arn);
        if (request.ResourceArns is { Count: > 0 } || request.Principals!.Any(p => AccountOf(p) != context.Account))
        {
            throw RamFaults.NotPermitted("You can disassociate only your own account from a resource share that another account owns.");
        }

        if (!share.Principals.Any(p => p.Account == context.Account && p.External))
        {
            throw RamFaults.NotPermitted("You cannot leave a resource share of your organization.");
        }

        ResourceShare next = PutShare(theirs, WithoutPrincipal(theirs, share, context.Account) with { LastUpdatedTime = context.Now });
        return new AwsRam.DisassociateResourceShareResponse
        {
            ResourceShareAssociations = NamedAssociations(theirs, next, [], [context.Account]),
            ClientToken = request.ClientToken,
        };
    }

    /// <summary>The account that a principal names: twelve digits, or the ARN of an account's root.</summary>
    /// <exception cref="Fault">InvalidParameterException; UnsupportedOperation for principals of an organization.</exception>
    private static string AccountOf(string principal)
    {
        if (IsAccount(principal))
        {
            return principal;
        }

        string[] fields = principal.Split(':', 6);
        if (fields.Length == 6 && fields[0] == "arn" && fields[2] == "organizations")
        {
            throw Fault.Unsupported("principals: organizations and organizational units, name accounts");
        }

        return fields.Length == 6 && fields[0] == "arn" && fields[2] == "iam" && fields[5] == "root" && IsAccount(fields[4])
            ? fields[4]
            : throw RamFaults.Invalid($"The principal {principal} has an invalid format, or the resource types cannot be shared with it.");
    }

    private static bool IsAccount(string text) => text.Length == 12 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    private static void RefuseNothing(IReadOnlyList<string> arns, IReadOnlyList<string> principals)
    {
        if (arns.Count == 0 && principals.Count == 0)
        {
            throw RamFaults.Invalid("At least one resource ARN or principal must be specified.");
        }
    }

    private static bool IsShown(CommandContext context, ShareAssociationState state, DateTimeOffset updated) =>
        IsInPlace(state) || context.Now - updated < ShownAfterEnd + ShareInvitation.GoodFor;

    private static ResourceShare WithoutEnded(CommandContext context, ResourceShare share) => share with
    {
        Resources = share.Resources.RemoveAll(r => !IsShown(context, r.State, r.LastUpdatedTime)),
        Principals = share.Principals.RemoveAll(p => !IsShown(context, p.StateAt(context.Now), p.LastUpdatedTime)),
    };

    private static SharedResource Ended(CommandContext context, SharedResource resource) => IsInPlace(resource.State)
        ? resource with { State = ShareAssociationState.Disassociated, LastUpdatedTime = context.Now }
        : resource;

    private static List<AwsRam.ResourceShareAssociation> NamedAssociations(
        CommandContext context, ResourceShare share, IReadOnlyList<string> arns, IReadOnlyList<string> principals) =>
    [
        .. share.Resources.Where(r => arns.Contains(r.Arn)).Select(r => ToWire(context, share, r)),
        .. share.Principals.Where(p => principals.Any(named => AccountOf(named) == p.Account)).Select(p => ToWire(context, share, p)),
    ];

    private static AwsRam.ResourceShareAssociation ToWire(CommandContext context, ResourceShare share, SharedResource resource) =>
        ToWire(context, share, resource.Arn, ResourceAssociation, resource.State, resource.CreationTime, resource.LastUpdatedTime);

    private static AwsRam.ResourceShareAssociation ToWire(CommandContext context, ResourceShare share, SharePrincipal principal) =>
        ToWire(
            context, share, principal.Account, PrincipalAssociation, principal.StateAt(context.Now), principal.CreationTime,
            principal.LastUpdatedTime) with
        {
            External = principal.External,
        };

    private static AwsRam.ResourceShareAssociation ToWire(
        CommandContext context, ResourceShare share, string entity, string type, ShareAssociationState state, DateTimeOffset created,
        DateTimeOffset updated) => new()
        {
            ResourceShareArn = RamArns.Share(context.Account, context.Region, share.Key),
            ResourceShareName = share.Name,
            AssociatedEntity = entity,
            AssociationType = type,
            Status = state.ToString().ToUpperInvariant(),
            CreationTime = created,
            LastUpdatedTime = updated,
            External = false,
        };
}
