using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Network ACLs and what they serve. Source: AWS, "Control subnet traffic with network access control lists"; EC2 API, CreateNetworkAcl,
/// DeleteNetworkAcl, DescribeNetworkAcls, ReplaceNetworkAclAssociation.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<NetworkAcl> NetworkAclIds = new(
        "NetworkAclId", "InvalidNetworkAclID.NotFound", "InvalidNetworkAclID.Malformed", "The networkAcl ID '{0}' does not exist");

    private static readonly FilterTable<NetworkAcl> NetworkAclFilters = new()
    {
        { "association.association-id", acl => acl.Associations.Select(a => a.Id) },
        { "association.network-acl-id", acl => acl.Associations.Select(_ => acl.Id.Value) },
        { "association.subnet-id", acl => acl.Associations.Select(a => a.SubnetId.Value) },
        { "default", acl => acl.IsDefault },
        { "entry.cidr", acl => acl.Entries.Select(e => e.Cidr.IsV4 ? e.Cidr.ToString() : null) },
        { "entry.icmp.code", acl => acl.Entries.Select(e => NumberText(e.Icmp?.Code)) },
        { "entry.icmp.type", acl => acl.Entries.Select(e => NumberText(e.Icmp?.Type)) },
        { "entry.ipv6-cidr", acl => acl.Entries.Select(e => e.Cidr.IsV4 ? null : e.Cidr.ToString()) },
        { "entry.port-range.from", acl => acl.Entries.Select(e => NumberText(e.Ports?.From)) },
        { "entry.port-range.to", acl => acl.Entries.Select(e => NumberText(e.Ports?.To)) },
        { "entry.protocol", acl => acl.Entries.SelectMany(e => new[] { Door.ProtocolName(e.Protocol), NumberText(e.Protocol) }) },
        { "entry.rule-action", acl => acl.Entries.Select(e => e.Allows ? "allow" : "deny") },
        { "entry.egress", acl => acl.Entries.Select(e => FilterTable<NetworkAcl>.Text(e.IsEgress)) },
        { "entry.rule-number", acl => acl.Entries.Select(e => NumberText(e.Number)) },
        { "network-acl-id", acl => acl.Id.Value },
        { "owner-id", (here, _) => here.Account },
        { "vpc-id", acl => acl.VpcId.Value },
    };

    public Aws.CreateNetworkAclResult CreateNetworkAcl(CommandContext context, Aws.CreateNetworkAclRequest request)
    {
        Vpc vpc = VpcIds.Get(context, request.VpcId);
        context.Quotas.Check(Quotas.NetworkAclsPerVpc, context.Here.By<NetworkAcl>(vpc.Key).Count() + 1);
        NetworkAcl acl = context.Put(new NetworkAcl
        {
            Id = new(context.NewId(NetworkAcl.IdPrefix)),
            VpcId = vpc.Id,
            Entries =
            [
                .. VpcParts.AclEntries(isEgress: false, Family.V4, allow: false),
                .. vpc.Ipv6Cidrs.IsEmpty ? [] : VpcParts.AclEntries(isEgress: false, Family.V6, allow: false),
                .. VpcParts.AclEntries(isEgress: true, Family.V4, allow: false),
                .. vpc.Ipv6Cidrs.IsEmpty ? [] : VpcParts.AclEntries(isEgress: true, Family.V6, allow: false),
            ],
            Tags = TagRules.New<NetworkAcl>(request.TagSpecifications),
        });
        return new Aws.CreateNetworkAclResult { NetworkAcl = ToWire(context, acl), ClientToken = request.ClientToken };
    }

    public Aws.DeleteNetworkAclResult DeleteNetworkAcl(CommandContext context, Aws.DeleteNetworkAclRequest request)
    {
        NetworkAcl acl = NetworkAclIds.Get(context, request.NetworkAclId);
        if (acl.IsDefault)
        {
            throw Fault.Invalid($"cannot delete default network ACL {acl.Id}");
        }

        if (!acl.Associations.IsEmpty)
        {
            throw Fault.InUse($"The networkAcl '{acl.Id}' has dependencies and cannot be deleted.");
        }

        context.Remove(acl.Id);
        return new Aws.DeleteNetworkAclResult();
    }

    public Aws.DescribeNetworkAclsResult DescribeNetworkAcls(CommandContext context, Aws.DescribeNetworkAclsRequest request)
    {
        Pager.RefuseIdsWithPages(request.NetworkAclIds, "networkAclIds", request.MaxResults);
        IEnumerable<NetworkAcl> rows = NetworkAclFilters.Apply(
            context, NetworkAclIds.GetAll(context, request.NetworkAclIds), request.Filters);
        Page<NetworkAcl> page = Pager.Page(rows, request.MaxResults, request.NextToken);
        return new Aws.DescribeNetworkAclsResult
        {
            NetworkAcls = [.. page.Rows.Select(a => ToWire(context, a))],
            NextToken = page.NextToken,
        };
    }

    public Aws.ReplaceNetworkAclAssociationResult ReplaceNetworkAclAssociation(
        CommandContext context, Aws.ReplaceNetworkAclAssociationRequest request)
    {
        string id = AssociationId(request.AssociationId, "aclassoc");
        NetworkAcl wanted = NetworkAclIds.Get(context, request.NetworkAclId);
        NetworkAcl before = context.Here.By<NetworkAcl>(id).FirstOrDefault() ?? throw AssociationNotFound(id);
        NetworkAclAssociation association = before.Associations.Single(a => a.Id == id);
        if (before.VpcId != wanted.VpcId)
        {
            throw Fault.Invalid($"Network ACL {wanted.Id} and subnet {association.SubnetId} belong to different networks");
        }

        NetworkAclAssociation next = association with { Id = context.NewId("aclassoc") };
        context.Put(before with { Associations = before.Associations.Remove(association) });
        NetworkAcl after = context.Here.Get(wanted.Id);
        context.Put(after with { Associations = after.Associations.Add(next) });
        return new Aws.ReplaceNetworkAclAssociationResult { NewAssociationId = next.Id };
    }

    /// <summary>The id of an association, which is no resource of its own.</summary>
    private static string AssociationId(string? text, string prefix)
    {
        string id = Door.Required(text, "AssociationId");
        return id.StartsWith(prefix + "-", StringComparison.Ordinal)
            ? id
            : throw new Fault("InvalidAssociationID.Malformed", $"Invalid id: \"{id}\" (expecting \"{prefix}-...\")");
    }

    private static Fault AssociationNotFound(string id) =>
        new("InvalidAssociationID.NotFound", $"The association ID '{id}' does not exist");

    private static Aws.NetworkAcl ToWire(CommandContext context, NetworkAcl acl) => new()
    {
        NetworkAclId = acl.Id.Value,
        VpcId = acl.VpcId.Value,
        OwnerId = context.Account,
        IsDefault = acl.IsDefault,
        Associations =
        [
            .. acl.Associations.Select(a => new Aws.NetworkAclAssociation
            {
                NetworkAclAssociationId = a.Id, NetworkAclId = acl.Id.Value, SubnetId = a.SubnetId.Value,
            }),
        ],
        Entries = [.. acl.Entries.Select(ToWire)],
        Tags = TagRules.ToWire(acl.Tags),
    };

    /// <remarks>Network ACLs print protocols as numbers, unlike security groups.</remarks>
    private static Aws.NetworkAclEntry ToWire(NetworkAclEntry entry) => new()
    {
        RuleNumber = entry.Number,
        Egress = entry.IsEgress,
        RuleAction = entry.Allows ? "allow" : "deny",
        Protocol = NumberText(entry.Protocol),
        CidrBlock = entry.Cidr.IsV4 ? entry.Cidr.ToString() : null,
        Ipv6CidrBlock = entry.Cidr.IsV4 ? null : entry.Cidr.ToString(),
        PortRange = entry.Ports is { } ports ? new Aws.PortRange { From = ports.From, To = ports.To } : null,
        IcmpTypeCode = entry.Icmp is { } icmp ? new Aws.IcmpTypeCode { Type = icmp.Type, Code = icmp.Code } : null,
    };
}
