using Trunkline.Cloud;
using AwsIam = Trunkline.Wire.Iam;

namespace Trunkline.Control.Iam;

/// <summary>
/// Policies of roles, inline and managed. Source: IAM API Reference, PutRolePolicy, GetRolePolicy, DeleteRolePolicy, ListRolePolicies,
/// AttachRolePolicy, DetachRolePolicy, ListAttachedRolePolicies.
/// </summary>
public sealed partial class IamService
{
    public AwsIam.PutRolePolicyResult PutRolePolicy(CommandContext context, AwsIam.PutRolePolicyRequest request)
    {
        string name = IamNames.Policy(request.PolicyName);
        IamRole role = OwnRole(context, request.RoleName);
        string document = PolicyDocuments.Inline(
            request.PolicyDocument, role.Name, role.InlinePolicies.Where(p => p.Key != name).Select(p => p.Value));
        context.Global.Put(role with { InlinePolicies = role.InlinePolicies.SetItem(name, document) });
        return new AwsIam.PutRolePolicyResult();
    }

    public AwsIam.GetRolePolicyResponse GetRolePolicy(CommandContext context, AwsIam.GetRolePolicyRequest request)
    {
        string name = IamNames.Policy(request.PolicyName);
        IamRole role = RoleOf(context, request.RoleName);
        return new AwsIam.GetRolePolicyResponse
        {
            RoleName = role.Name,
            PolicyName = name,
            PolicyDocument = Uri.EscapeDataString(role.InlinePolicies.GetValueOrDefault(name) ?? throw NoInlinePolicy(name)),
        };
    }

    public AwsIam.DeleteRolePolicyResult DeleteRolePolicy(CommandContext context, AwsIam.DeleteRolePolicyRequest request)
    {
        string name = IamNames.Policy(request.PolicyName);
        IamRole role = OwnRole(context, request.RoleName);
        if (!role.InlinePolicies.ContainsKey(name))
        {
            throw NoInlinePolicy(name);
        }

        context.Global.Put(role with { InlinePolicies = role.InlinePolicies.Remove(name) });
        return new AwsIam.DeleteRolePolicyResult();
    }

    public AwsIam.ListRolePoliciesResponse ListRolePolicies(CommandContext context, AwsIam.ListRolePoliciesRequest request)
    {
        IamRole role = RoleOf(context, request.RoleName);
        Page<string> page = IamNames.Page(role.InlinePolicies.Keys, request.MaxItems, request.Marker, name => name);
        return new AwsIam.ListRolePoliciesResponse
        {
            PolicyNames = page.Rows,
            IsTruncated = page.NextToken is not null,
            Marker = page.NextToken,
        };
    }

    /// <remarks>A policy that is attached already stays so.</remarks>
    public AwsIam.AttachRolePolicyResult AttachRolePolicy(CommandContext context, AwsIam.AttachRolePolicyRequest request)
    {
        string arn = IamNames.Arn(request.PolicyArn, "PolicyArn", "policyArn");
        IamRole role = OwnRole(context, request.RoleName);
        ManagedPolicy policy = ManagedPolicyOf(context, arn)
            ?? throw IamFaults.NoSuchEntity($"Policy {arn} does not exist or is not attachable.");
        if (!policy.IsAttachable)
        {
            throw new Fault("PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role.");
        }

        if (!role.AttachedPolicies.Contains(policy.Arn))
        {
            context.Quotas.Check(Quotas.IamPoliciesPerRole, role.AttachedPolicies.Length + 1);
            context.Global.Put(role with { AttachedPolicies = role.AttachedPolicies.Add(policy.Arn) });
        }

        return new AwsIam.AttachRolePolicyResult();
    }

    public AwsIam.DetachRolePolicyResult DetachRolePolicy(CommandContext context, AwsIam.DetachRolePolicyRequest request)
    {
        string arn = IamNames.Arn(request.PolicyArn, "PolicyArn", "policyArn");
        IamRole role = OwnRole(context, request.RoleName);
        if (!role.AttachedPolicies.Contains(arn))
        {
            throw IamFaults.NoSuchPolicy(arn);
        }

        context.Global.Put(role with { AttachedPolicies = role.AttachedPolicies.Remove(arn) });
        return new AwsIam.DetachRolePolicyResult();
    }

    public AwsIam.ListAttachedRolePoliciesResponse ListAttachedRolePolicies(
        CommandContext context, AwsIam.ListAttachedRolePoliciesRequest request)
    {
        IamRole role = RoleOf(context, request.RoleName);
        string prefix = IamNames.PolicyPath(request.PathPrefix);
        IEnumerable<ManagedPolicy> attached = role.AttachedPolicies
            .Select(arn => ManagedPolicyOf(context, arn) ?? throw new InvalidOperationException($"{arn} is attached and not there"))
            .Where(p => p.Path.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(PageKeyOf, StringComparer.Ordinal);
        Page<ManagedPolicy> page = IamNames.Page(attached, request.MaxItems, request.Marker, PageKeyOf);
        return new AwsIam.ListAttachedRolePoliciesResponse
        {
            AttachedPolicies = [.. page.Rows.Select(p => new AwsIam.AttachedPolicy { PolicyName = p.Name, PolicyArn = p.Arn })],
            IsTruncated = page.NextToken is not null,
            Marker = page.NextToken,
        };
    }

    /// <summary>
    /// A policy's place in a list, the account's own first. Its ARN would be too long for a marker, which has 320 characters at most: a path
    /// alone may have 512. AWS may have a policy of the same name as the account.
    /// </summary>
    private static string PageKeyOf(ManagedPolicy policy) => $"{(policy.IsAws ? 1 : 0)}/{policy.Name}";

    private static Fault NoInlinePolicy(string name) => IamFaults.NoSuchEntity($"The role policy with name {name} cannot be found.");
}
