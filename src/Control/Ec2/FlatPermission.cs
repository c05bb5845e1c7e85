namespace Trunkline.Control.Ec2;

/// <summary>
/// The parameters by which one permission was given before IpPermissions were. Source: EC2 API, AuthorizeSecurityGroupIngress.
/// </summary>
internal sealed record FlatPermission(
    string? IpProtocol, int? FromPort, int? ToPort, string? CidrIp, string? SourceGroupName, string? SourceGroupOwner)
{
    /// <summary>The permissions of a request, in whichever way it gives them.</summary>
    public IReadOnlyList<Aws.IpPermission> Or(IReadOnlyList<Aws.IpPermission>? permissions) =>
        OrNull(permissions) is { Count: > 0 } given ? given : throw Fault.Missing("ipPermissions");

    /// <summary>The same; null where there are none.</summary>
    public IReadOnlyList<Aws.IpPermission>? OrNull(IReadOnlyList<Aws.IpPermission>? permissions)
    {
        if (FirstGiven() is not { } flat)
        {
            return permissions;
        }

        if (permissions is { Count: > 0 })
        {
            throw Fault.Combination($"The parameter 'ipPermissions' may not be used in combination with '{flat}'");
        }

        return SourceGroupName is null && SourceGroupOwner is null ? [OfBlock()] : [.. OfSourceGroup()];
    }

    private string? FirstGiven() =>
        IpProtocol is not null ? "ipProtocol"
        : FromPort is not null ? "fromPort"
        : ToPort is not null ? "toPort"
        : CidrIp is not null ? "cidrIp"
        : SourceGroupName is not null ? "sourceSecurityGroupName"
        : SourceGroupOwner is not null ? "sourceSecurityGroupOwnerId"
        : null;

    private Aws.IpPermission OfBlock() => new()
    {
        IpProtocol = Door.Required(IpProtocol, "ipProtocol"),
        FromPort = FromPort,
        ToPort = ToPort,
        IpRanges = [new Aws.IpRange { CidrIp = Door.Required(CidrIp, "cidrIp") }],
    };

    /// <summary>A source group by name stands for all of TCP, UDP and ICMP, and takes no other parameter beside it.</summary>
    private IEnumerable<Aws.IpPermission> OfSourceGroup()
    {
        if (FirstGiven() is { } other and ("ipProtocol" or "fromPort" or "toPort" or "cidrIp"))
        {
            throw Fault.Combination($"The parameter 'sourceSecurityGroupName' may not be used in combination with '{other}'");
        }

        IReadOnlyList<Aws.UserIdGroupPair> pair =
        [
            new Aws.UserIdGroupPair { GroupName = Door.Required(SourceGroupName, "sourceSecurityGroupName"), UserId = SourceGroupOwner },
        ];
        yield return new Aws.IpPermission { IpProtocol = "tcp", FromPort = 0, ToPort = 65535, UserIdGroupPairs = pair };
        yield return new Aws.IpPermission { IpProtocol = "udp", FromPort = 0, ToPort = 65535, UserIdGroupPairs = pair };
        yield return new Aws.IpPermission { IpProtocol = "icmp", FromPort = -1, ToPort = -1, UserIdGroupPairs = pair };
    }
}
