using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Reverse DNS names of Elastic IPs. Source: AWS, "Use reverse DNS for email applications"; EC2 API, ModifyAddressAttribute.</summary>
public sealed partial class Ec2Service
{
    public Aws.DescribeAddressesAttributeResult DescribeAddressesAttribute(
        CommandContext context, Aws.DescribeAddressesAttributeRequest request)
    {
        Door.OneOf(request.Attribute, "attribute", "domain-name");
        IEnumerable<ElasticIp> rows = ElasticIpIds.GetAll(context, request.AllocationIds).Where(e => e.PtrRecord is not null);
        Page<ElasticIp> page = Pager.Page(rows, request.MaxResults, request.NextToken, least: 1, most: 1000);
        return new Aws.DescribeAddressesAttributeResult
        {
            Addresses = [.. page.Rows.Select(e => AttributeOf(e, null))],
            NextToken = page.NextToken,
        };
    }

    public Aws.ModifyAddressAttributeResult ModifyAddressAttribute(CommandContext context, Aws.ModifyAddressAttributeRequest request)
    {
        ElasticIp eip = ElasticIpIds.Get(context, request.AllocationId);
        ElasticIp changed = context.Put(eip with { PtrRecord = DomainName(Door.Required(request.DomainName, "DomainName")) });
        return new Aws.ModifyAddressAttributeResult { Address = AttributeOf(eip, changed.PtrRecord) };
    }

    public Aws.ResetAddressAttributeResult ResetAddressAttribute(CommandContext context, Aws.ResetAddressAttributeRequest request)
    {
        ElasticIp eip = ElasticIpIds.Get(context, request.AllocationId);
        Door.OneOf(Door.Required(request.Attribute, "Attribute"), "attribute", "domain-name");
        context.Put(eip with { PtrRecord = null });
        return new Aws.ResetAddressAttributeResult { Address = AttributeOf(eip, "") };
    }

    /// <param name="pending">The name that is on its way; empty where the name is being taken away, null where nothing is under way.</param>
    private static Aws.AddressAttribute AttributeOf(ElasticIp eip, string? pending) => new()
    {
        PublicIp = eip.PublicIp.ToString(),
        AllocationId = eip.Id.Value,
        PtrRecord = eip.PtrRecord,
        PtrRecordUpdate = pending is null ? null : new Aws.PtrUpdateStatus { Value = pending, Status = "PENDING" },
    };

    /// <summary>A name of at least two labels (RFC 1035), given back with its closing dot.</summary>
    private static string DomainName(string text)
    {
        string name = text.EndsWith('.') ? text[..^1] : text;
        string[] labels = name.Split('.');
        bool valid = name.Length <= 253 && labels.Length >= 2 && labels.All(l =>
            l.Length is >= 1 and <= 63 && l[0] != '-' && l[^1] != '-' && l.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
        return valid ? name + "." : throw Fault.Invalid($"Value ({text}) for parameter domainName is invalid. Invalid domain name.");
    }
}
