using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Ram;

/// <summary>A type of resource that can be shared here. Source: RAM User Guide, "Shareable AWS resources".</summary>
/// <param name="Name">As RAM writes it: <c>ec2:Subnet</c>.</param>
/// <param name="KindName">The kind of its rows, which also stands in its ARN: <c>subnet</c>.</param>
/// <param name="OnlyWithinOrganization">Whether accounts outside of the owner's organization may not have it.</param>
/// <param name="Permission">The name of AWS's default permission for it.</param>
/// <param name="Actions">What that permission allows.</param>
public sealed record ShareableType(
    string Name, string KindName, bool OnlyWithinOrganization, string Permission, ImmutableArray<string> Actions)
{
    /// <summary>The service in front of an action: <c>ec2</c>.</summary>
    public string Service => Name[..Name.IndexOf(':')];
}

/// <summary>The catalogue of shareable types, and how an ARN of a request becomes one of them.</summary>
public static class ShareableTypes
{
    public static ImmutableArray<ShareableType> All { get; } =
    [
        new(Sharing.PrefixListType, "prefix-list", false, "AWSRAMDefaultPermissionPrefixList",
        [
            "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries", "ec2:GetManagedPrefixListAssociations",
        ]),
        new(Sharing.SubnetType, "subnet", true, "AWSRAMDefaultPermissionSubnet",
        [
            "ec2:CreateNetworkInterface", "ec2:CreateSecurityGroup", "ec2:DescribeNetworkAcls", "ec2:DescribeRouteTables",
            "ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:RunInstances",
        ]),
        new(Sharing.TransitGatewayType, "transit-gateway", false, "AWSRAMDefaultPermissionTransitGateway",
        [
            "ec2:CreateTransitGatewayVpcAttachment", "ec2:DeleteTransitGatewayVpcAttachment", "ec2:DescribeTransitGateways",
            "ec2:ModifyTransitGatewayVpcAttachment",
        ]),
    ];

    /// <summary>The type of that name, whatever its case; null where there is none.</summary>
    public static ShareableType? Named(string name) =>
        All.FirstOrDefault(t => t.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The type of a resource of the caller's that is there and may be shared.</summary>
    /// <exception cref="Fault">
    /// MalformedArnException; InvalidParameterException for a type or a subnet that cannot be shared, or another account's or region's
    /// resource; UnknownResourceException where there is none.
    /// </exception>
    public static ShareableType Checked(CommandContext context, string arn)
    {
        string[] fields = arn.Split(':', 6);
        if (fields.Length != 6 || fields[0] != "arn" || fields[1].Length == 0 || fields[2].Length == 0)
        {
            throw RamFaults.MalformedArn(arn);
        }

        int slash = fields[5].IndexOf('/');
        string kindName = slash < 0 ? "" : fields[5][..slash];
        ShareableType type = All.FirstOrDefault(t => t.Service == fields[2] && t.KindName == kindName)
            ?? throw RamFaults.Invalid($"The resource type of {arn} cannot be shared.");
        if (fields[4] != context.Account || fields[3] != context.Region)
        {
            throw RamFaults.Invalid($"Resource {arn} is not owned by account {context.Account} in {context.Region}.");
        }

        string id = fields[5][(slash + 1)..];
        IResource row = Kinds.Named(kindName) is { } kind && context.Here.Table(kind).FindRow(id) is { } found
            ? found
            : throw RamFaults.UnknownResource(arn);
        if (row is Subnet subnet && context.Here.Get(subnet.VpcId).IsDefault)
        {
            throw RamFaults.Invalid($"Subnets of a default VPC cannot be shared: {arn}.");
        }

        return type;
    }
}
