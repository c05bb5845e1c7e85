using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Who may make endpoints to a service. Source: AWS PrivateLink, "Manage permissions"; EC2 API, ModifyVpcEndpointServicePermissions,
/// DescribeVpcEndpointServicePermissions.
/// </summary>
public sealed partial class Ec2Service
{
    internal const string PermissionPrefix = "vpce-svc-perm-";

    internal const string PermissionKind = "vpc-endpoint-service-permission";

    private static readonly FilterTable<ServicePermission> PermissionFilters = new()
    {
        { "principal", row => row.Of.Principal },
        { "principal-type", row => PrincipalTypeOf(row.Of.Principal) },
    };

    public Aws.ModifyVpcEndpointServicePermissionsResult ModifyVpcEndpointServicePermissions(
        CommandContext context, Aws.ModifyVpcEndpointServicePermissionsRequest request)
    {
        VpcEndpointService service = EndpointServiceIds.Get(context, request.ServiceId);
        HashSet<string> gone = [.. (request.RemoveAllowedPrincipals ?? []).Select(CheckedPrincipal)];
        List<AllowedPrincipal> kept = [.. service.AllowedPrincipals.Where(p => !gone.Contains(p.Principal))];
        List<AllowedPrincipal> added = [];
        foreach (string principal in (request.AddAllowedPrincipals ?? []).Select(CheckedPrincipal).Distinct(StringComparer.Ordinal))
        {
            if (!kept.Exists(p => p.Principal == principal))
            {
                added.Add(new AllowedPrincipal(context.NewId(PermissionPrefix[..^1]), principal));
            }
        }

        context.Put(service with { AllowedPrincipals = [.. kept, .. added] });
        return new Aws.ModifyVpcEndpointServicePermissionsResult
        {
            ReturnValue = true,
            AddedPrincipals =
            [
                .. added.Select(p => new Aws.AddedPrincipal
                {
                    ServiceId = service.Id.Value,
                    ServicePermissionId = p.Id,
                    Principal = p.Principal,
                    PrincipalType = PrincipalTypeOf(p.Principal),
                }),
            ],
        };
    }

    public Aws.DescribeVpcEndpointServicePermissionsResult DescribeVpcEndpointServicePermissions(
        CommandContext context, Aws.DescribeVpcEndpointServicePermissionsRequest request)
    {
        VpcEndpointService service = EndpointServiceIds.Get(context, request.ServiceId);
        IEnumerable<ServicePermission> rows = PermissionFilters.Apply(
            context,
            service.AllowedPrincipals.Select(p => new ServicePermission(service, p)).OrderBy(p => p.Key, StringComparer.Ordinal),
            request.Filters);
        Page<ServicePermission> page = Pager.Page(rows, AtMost(request.MaxResults, EndpointsPerPage), request.NextToken);
        return new Aws.DescribeVpcEndpointServicePermissionsResult
        {
            AllowedPrincipals =
            [
                .. page.Rows.Select(row => new Aws.AllowedPrincipal
                {
                    ServiceId = service.Id.Value,
                    ServicePermissionId = row.Key,
                    Principal = row.Of.Principal,
                    PrincipalType = PrincipalTypeOf(row.Of.Principal),
                    Tags = TagRules.ToWire(row.Of.Tags),
                }),
            ],
            NextToken = page.NextToken,
        };
    }

    private static string CheckedPrincipal(string text) =>
        text == "*" || PrincipalForm().IsMatch(text)
            ? text
            : throw new Fault("InvalidPrincipal", $"Invalid Principal: '{text}'");

    private static string PrincipalTypeOf(string principal) =>
        principal == "*" ? "All"
        : principal.EndsWith(":root", StringComparison.Ordinal) ? "Account"
        : principal.Contains(":user/", StringComparison.Ordinal) ? "User"
        : principal.Contains(":role/", StringComparison.Ordinal) ? "Role"
        : principal.Contains(":ou/", StringComparison.Ordinal) ? "OrganizationUnit"
        : "Service";

    /// <summary>An account, one of its users or roles without a path, an organizational unit, or a service of AWS's.</summary>
    [GeneratedRegex(
        @"^(arn:aws[a-z-]*:iam::[0-9]{12}:(root|(user|role)/[\w+=,.@-]{1,64})|arn:aws[a-z-]*:organizations::[0-9]{12}:ou/\S+|[a-z0-9.-]+\.amazonaws\.com)\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex PrincipalForm();

    /// <summary>One permission with its service: a row of DescribeVpcEndpointServicePermissions.</summary>
    private sealed record ServicePermission(VpcEndpointService Service, AllowedPrincipal Of) : ITagged
    {
        public string Key => Of.Id;

        public IEnumerable<string> Keys => [Service.Key];

        public ImmutableSortedDictionary<string, string> Tags => Of.Tags;

        public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Of = Of with { Tags = tags } };
    }
}
