using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Security groups in use beyond their VPC. Source: AWS, "Associate security groups with multiple VPCs"; EC2 API, AssociateSecurityGroupVpc,
/// GetSecurityGroupsForVpc; rule 67.
/// </summary>
public sealed partial class Ec2Service
{
    private static readonly FilterTable<SecurityGroupVpcAssociation> GroupVpcFilters = new()
    {
        { "group-id", a => a.GroupId.Value },
        { "group-owner-id", (here, _) => here.Account },
        { "state", _ => "associated" },
        { "vpc-id", a => a.VpcId.Value },
        { "vpc-owner-id", (here, _) => here.Account },
    };

    private static readonly FilterTable<SecurityGroup> GroupForVpcFilters = new()
    {
        { "description", g => g.Description },
        { "group-id", g => g.Id.Value },
        { "group-name", g => g.Name },
        { "owner-id", (here, _) => here.Account },
        { "primary-vpc-id", g => g.VpcId.Value },
    };

    public Aws.AssociateSecurityGroupVpcResult AssociateSecurityGroupVpc(CommandContext context, Aws.AssociateSecurityGroupVpcRequest request)
    {
        SecurityGroup group = SecurityGroupIds.Get(context, request.GroupId);
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        if (group.IsDefault)
        {
            throw new Fault("OperationNotPermitted", $"The default security group '{group.Id}' cannot be associated with another VPC.");
        }

        if (vpc.IsDefault)
        {
            throw new Fault("OperationNotPermitted", $"Security groups cannot be associated with the default VPC '{vpc.Id}'.");
        }

        if (group.VpcId == vpc.Id)
        {
            throw Fault.Invalid($"The security group '{group.Id}' was created in the VPC '{vpc.Id}'.");
        }

        RefuseSameName(context, group, vpc);
        context.Put(new SecurityGroupVpcAssociation { GroupId = group.Id, VpcId = vpc.Id });
        return new Aws.AssociateSecurityGroupVpcResult { State = "associating" };
    }

    /// <summary>Refused while an interface of the VPC bears the group.</summary>
    public Aws.DisassociateSecurityGroupVpcResult DisassociateSecurityGroupVpc(
        CommandContext context, Aws.DisassociateSecurityGroupVpcRequest request)
    {
        SecurityGroup group = SecurityGroupIds.Get(context, request.GroupId);
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        Id<SecurityGroupVpcAssociation> key = new(SecurityGroupVpcAssociation.KeyOf(group.Id, vpc.Id));
        if (context.Here.Find(key) is null)
        {
            throw new Fault("InvalidAssociation.NotFound", $"The security group '{group.Id}' is not associated with the VPC '{vpc.Id}'.");
        }

        if (context.Here.By<NetworkInterface>(group.Key).Any(e => e.VpcId == vpc.Id))
        {
            throw Fault.InUse($"resource {group.Id} has a dependent object");
        }

        context.Remove(key);
        return new Aws.DisassociateSecurityGroupVpcResult { State = "disassociating" };
    }

    public Aws.DescribeSecurityGroupVpcAssociationsResult DescribeSecurityGroupVpcAssociations(
        CommandContext context, Aws.DescribeSecurityGroupVpcAssociationsRequest request)
    {
        IEnumerable<SecurityGroupVpcAssociation> rows =
            GroupVpcFilters.Apply(context, context.Here.All<SecurityGroupVpcAssociation>(), request.Filters);
        Page<SecurityGroupVpcAssociation> page = Pager.Page(rows, request.MaxResults, request.NextToken);
        return new Aws.DescribeSecurityGroupVpcAssociationsResult
        {
            SecurityGroupVpcAssociations =
            [
                .. page.Rows.Select(a => new Aws.SecurityGroupVpcAssociation
                {
                    GroupId = a.GroupId.Value,
                    VpcId = a.VpcId.Value,
                    VpcOwnerId = context.Account,
                    State = "associated",
                    GroupOwnerId = context.Account,
                }),
            ],
            NextToken = page.NextToken,
        };
    }

    /// <summary>The VPC's own groups and those that are associated with it.</summary>
    public Aws.GetSecurityGroupsForVpcResult GetSecurityGroupsForVpc(CommandContext context, Aws.GetSecurityGroupsForVpcRequest request)
    {
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        IEnumerable<SecurityGroup> usable = context.Here.By<SecurityGroup>(vpc.Key)
            .Concat(context.Here.By<SecurityGroupVpcAssociation>(vpc.Key).Select(a => context.Here.Get(a.GroupId)))
            .OrderBy(g => g.Id);
        Page<SecurityGroup> page = Pager.Page(GroupForVpcFilters.Apply(context, usable, request.Filters), request.MaxResults, request.NextToken);
        return new Aws.GetSecurityGroupsForVpcResult
        {
            SecurityGroupForVpcs =
            [
                .. page.Rows.Select(g => new Aws.SecurityGroupForVpc
                {
                    Description = g.Description,
                    GroupName = g.Name,
                    OwnerId = context.Account,
                    GroupId = g.Id.Value,
                    Tags = TagRules.ToWire(g.Tags),
                    PrimaryVpcId = g.VpcId.Value,
                }),
            ],
            NextToken = page.NextToken,
        };
    }

    /// <summary>Names are unique in a VPC, those of its associated groups too.</summary>
    private static void RefuseSameName(CommandContext context, SecurityGroup group, Vpc vpc)
    {
        bool taken = context.Here.Table<SecurityGroup>().Any(SecurityGroup.NameWord(vpc.Id, group.Name))
            || context.Here.By<SecurityGroupVpcAssociation>(vpc.Key)
                .Any(a => a.GroupId != group.Id && context.Here.Get(a.GroupId).Name == group.Name);
        if (taken)
        {
            throw new Fault("InvalidGroup.Duplicate", $"The security group '{group.Name}' already exists for VPC '{vpc.Id}'");
        }
    }
}
