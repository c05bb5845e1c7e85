namespace Trunkline.Cloud;

/// <summary>Lets a security group be used in another VPC of its region. Source: EC2 API, SecurityGroupVpcAssociation.</summary>
public sealed record SecurityGroupVpcAssociation : IResource<SecurityGroupVpcAssociation>
{
    public static string Kind => "security-group-vpc-association";

    public static string IdPrefix => "";

    public required Id<SecurityGroup> GroupId { get; init; }

    /// <summary>The other VPC, of the same account and region.</summary>
    public required Id<Vpc> VpcId { get; init; }

    public string Key => KeyOf(GroupId, VpcId);

    public IEnumerable<string> Keys => [GroupId.Value, VpcId.Value];

    public static string KeyOf(Id<SecurityGroup> group, Id<Vpc> vpc) => $"{group}/{vpc}";

    /// <summary>Whether interfaces of a VPC may bear a group: it is the VPC's own or associated with it.</summary>
    public static bool Usable(Partition partition, SecurityGroup group, Id<Vpc> vpc) =>
        group.VpcId == vpc || partition.Table<SecurityGroupVpcAssociation>().Find(KeyOf(group.Id, vpc)) is not null;
}
