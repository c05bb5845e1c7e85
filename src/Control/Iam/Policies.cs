using System.Collections.Immutable;
using Trunkline.Cloud;
using AwsIam = Trunkline.Wire.Iam;

namespace Trunkline.Control.Iam;

/// <summary>
/// Managed policies: the account's own and those of AWS. A policy has one version, since CreatePolicyVersion is not served.
/// Source: IAM API Reference, CreatePolicy, DeletePolicy, GetPolicy, GetPolicyVersion, ListPolicyVersions.
/// </summary>
public sealed partial class IamService
{
    private const string FirstVersion = "v1";

    public AwsIam.CreatePolicyResponse CreatePolicy(CommandContext context, AwsIam.CreatePolicyRequest request)
    {
        string name = IamNames.Policy(request.PolicyName);
        string path = IamNames.PolicyPath(request.Path);
        new Constraints().Length(request.Description, "description", 0, 1000).Check();
        string document = PolicyDocuments.Managed(request.PolicyDocument);
        ImmutableSortedDictionary<string, string> tags = IamTags.New(request.Tags);
        if (context.Global.Here.Table<IamPolicy>().Any(IamPolicy.NameWord(name)))
        {
            throw IamFaults.AlreadyExists($"A policy called {name} already exists. Duplicate names are not allowed.");
        }

        context.Quotas.Check(Quotas.IamPolicies, context.Global.Here.Table<IamPolicy>().Count + 1);
        IamPolicy policy = context.Global.Put(new IamPolicy
        {
            Name = name,
            PolicyId = IamNames.NewId(context, "ANPA"),
            Path = path,
            Description = string.IsNullOrEmpty(request.Description) ? null : request.Description,
            Document = document,
            CreateDate = context.Now,
            Tags = tags,
        });

        // AWS leaves the description out of this answer.
        return new AwsIam.CreatePolicyResponse { Policy = ToWire(context, OwnPolicy(context, policy)) with { Description = null } };
    }

    public AwsIam.DeletePolicyResult DeletePolicy(CommandContext context, AwsIam.DeletePolicyRequest request)
    {
        string arn = IamNames.Arn(request.PolicyArn, "PolicyArn", "policyArn");
        ManagedPolicy policy = PolicyOf(context, arn);
        if (policy.IsAws)
        {
            throw new Fault("AccessDenied", $"User: arn:aws:iam::{context.Account}:root is not authorized to perform: iam:DeletePolicy on {arn}", 403);
        }

        if (AttachmentsOf(context, arn) > 0 || BoundariesOf(context, arn) > 0)
        {
            throw IamFaults.DeleteConflict("Cannot delete a policy attached to entities.");
        }

        context.Global.Remove(new Id<IamPolicy>(policy.Name));
        return new AwsIam.DeletePolicyResult();
    }

    public AwsIam.GetPolicyResponse GetPolicy(CommandContext context, AwsIam.GetPolicyRequest request) => new()
    {
        Policy = ToWire(context, PolicyOf(context, IamNames.Arn(request.PolicyArn, "PolicyArn", "policyArn"))),
    };

    public AwsIam.GetPolicyVersionResponse GetPolicyVersion(CommandContext context, AwsIam.GetPolicyVersionRequest request)
    {
        string arn = IamNames.Arn(request.PolicyArn, "PolicyArn", "policyArn");
        ManagedPolicy policy = PolicyOf(context, arn);
        string version = Door.Required(request.VersionId, "VersionId");
        return version == policy.Version
            ? new AwsIam.GetPolicyVersionResponse { PolicyVersion = VersionOf(policy, withDocument: true) }
            : throw IamFaults.NoSuchEntity($"Policy {arn} version {version} does not exist or is not attachable.");
    }

    public AwsIam.ListPolicyVersionsResponse ListPolicyVersions(CommandContext context, AwsIam.ListPolicyVersionsRequest request)
    {
        ManagedPolicy policy = PolicyOf(context, IamNames.Arn(request.PolicyArn, "PolicyArn", "policyArn"));
        Page<ManagedPolicy> page = IamNames.Page([policy], request.MaxItems, request.Marker, p => p.Version);
        return new AwsIam.ListPolicyVersionsResponse
        {
            Versions = [.. page.Rows.Select(p => VersionOf(p, withDocument: false))],
            IsTruncated = page.NextToken is not null,
            Marker = page.NextToken,
        };
    }

    /// <summary>A policy of the account, or one of AWS's; null where there is none.</summary>
    private static ManagedPolicy? ManagedPolicyOf(CommandContext context, string arn)
    {
        if (ManagedPolicies.Find(arn) is { } ofAws)
        {
            return ofAws;
        }

        string name = arn[(arn.LastIndexOf('/') + 1)..];
        return context.Global.Here.By<IamPolicy>(IamPolicy.NameWord(name)).FirstOrDefault() is { } policy && policy.ArnIn(context.Account) == arn
            ? OwnPolicy(context, policy)
            : null;
    }

    private static ManagedPolicy PolicyOf(CommandContext context, string arn) =>
        ManagedPolicyOf(context, arn) ?? throw IamFaults.NoSuchPolicy(arn);

    private static ManagedPolicy OwnPolicy(CommandContext context, IamPolicy policy) => new(
        policy.ArnIn(context.Account), policy.Name, policy.Path, policy.PolicyId, FirstVersion, policy.Document, policy.Description,
        policy.CreateDate, policy.Tags);

    private static int AttachmentsOf(CommandContext context, string arn) => context.Global.Here.By<IamRole>(arn).Count();

    private static int BoundariesOf(CommandContext context, string arn) => context.Global.Here.By<IamRole>(IamRole.BoundaryWord(arn)).Count();

    private static AwsIam.Policy ToWire(CommandContext context, ManagedPolicy policy) => new()
    {
        PolicyName = policy.Name,
        PolicyId = policy.PolicyId,
        Arn = policy.Arn,
        Path = policy.Path,
        DefaultVersionId = policy.Version,
        AttachmentCount = AttachmentsOf(context, policy.Arn),
        PermissionsBoundaryUsageCount = BoundariesOf(context, policy.Arn),
        IsAttachable = true,
        Description = policy.Description,
        CreateDate = policy.CreateDate,
        UpdateDate = policy.CreateDate,
        Tags = IamTags.ToWire(policy.Tags),
    };

    private static AwsIam.PolicyVersion VersionOf(ManagedPolicy policy, bool withDocument) => new()
    {
        Document = withDocument ? Uri.EscapeDataString(policy.Document) : null,
        VersionId = policy.Version,
        IsDefaultVersion = true,
        CreateDate = policy.CreateDate,
    };
}
