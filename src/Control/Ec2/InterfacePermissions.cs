using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Permissions on network interfaces for other accounts. Source: EC2 API, CreateNetworkInterfacePermission.</summary>
public sealed partial class Ec2Service
{
    private static readonly IdRules<NetworkInterfacePermission> InterfacePermissionIds = new(
        "NetworkInterfacePermissionId", "InvalidPermissionID.NotFound", "InvalidPermissionID.Malformed",
        "The network interface permission '{0}' does not exist");

    private static readonly FilterTable<NetworkInterfacePermission> InterfacePermissionFilters = new()
    {
        { "network-interface-permission.network-interface-permission-id", p => p.Id.Value },
        { "network-interface-permission.network-interface-id", p => p.NetworkInterfaceId.Value },
        { "network-interface-permission.aws-account-id", p => p.AccountId },
        { "network-interface-permission.aws-service", _ => (string?)null },
        { "network-interface-permission.permission", p => p.Permission },
    };

    public Aws.CreateNetworkInterfacePermissionResult CreateNetworkInterfacePermission(
        CommandContext context, Aws.CreateNetworkInterfacePermissionRequest request)
    {
        if (request.AwsService is not null)
        {
            throw Fault.Unsupported("AwsService");
        }

        NetworkInterface eni = InterfaceIds.Get(context, request.NetworkInterfaceId);
        RefuseManaged(eni);
        string account = AccountId(request.AwsAccountId, "AwsAccountId");
        string permission = Door.OneOf(
            Door.Required(request.Permission, "Permission"), "Permission", "INSTANCE-ATTACH", "EIP-ASSOCIATE")!;
        NetworkInterfacePermission row = context.Here.By<NetworkInterfacePermission>(eni.Id.Value)
            .FirstOrDefault(p => p.AccountId == account && p.Permission == permission)
            ?? context.Put(new NetworkInterfacePermission
            {
                Id = new(context.NewId(NetworkInterfacePermission.IdPrefix)),
                NetworkInterfaceId = eni.Id,
                AccountId = account,
                Permission = permission,
            });
        return new Aws.CreateNetworkInterfacePermissionResult { InterfacePermission = ToWire(row) };
    }

    /// <remarks>Force changes nothing here: no interface is ever held by another account.</remarks>
    public Aws.DeleteNetworkInterfacePermissionResult DeleteNetworkInterfacePermission(
        CommandContext context, Aws.DeleteNetworkInterfacePermissionRequest request)
    {
        context.Remove(InterfacePermissionIds.Get(context, request.NetworkInterfacePermissionId).Id);
        return new Aws.DeleteNetworkInterfacePermissionResult { Return = true };
    }

    public Aws.DescribeNetworkInterfacePermissionsResult DescribeNetworkInterfacePermissions(
        CommandContext context, Aws.DescribeNetworkInterfacePermissionsRequest request)
    {
        Pager.RefuseIdsWithPages(request.NetworkInterfacePermissionIds, "networkInterfacePermissionIds", request.MaxResults);
        IEnumerable<NetworkInterfacePermission> rows = InterfacePermissionFilters.Apply(
            context, InterfacePermissionIds.GetAll(context, request.NetworkInterfacePermissionIds), request.Filters);
        Page<NetworkInterfacePermission> page = Pager.Page(rows, request.MaxResults, request.NextToken, least: 5, most: 255);
        return new Aws.DescribeNetworkInterfacePermissionsResult
        {
            NetworkInterfacePermissions = [.. page.Rows.Select(ToWire)],
            NextToken = page.NextToken,
        };
    }

    /// <summary>An account's number: twelve digits.</summary>
    internal static string AccountId(string? text, string parameter)
    {
        string account = Door.Required(text, parameter);
        return account.Length == 12 && !account.AsSpan().ContainsAnyExceptInRange('0', '9')
            ? account
            : throw new Fault("InvalidAccountID.Malformed", $"Value ({account}) for parameter {parameter} is invalid. Invalid account id.");
    }

    private static Aws.NetworkInterfacePermission ToWire(NetworkInterfacePermission permission) => new()
    {
        NetworkInterfacePermissionId = permission.Id.Value,
        NetworkInterfaceId = permission.NetworkInterfaceId.Value,
        AwsAccountId = permission.AccountId,
        Permission = permission.Permission,
        PermissionState = new Aws.NetworkInterfacePermissionState { State = "granted" },
    };
}
