using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Address ranges of the account's own. Source: AWS, "Bring your own IP addresses (BYOIP) to Amazon EC2"; EC2 API, ProvisionByoipCidr.
/// </summary>
/// <remarks>A range is in one region of one account at a time, and is reachable only while it is advertised. No registry is asked.</remarks>
public sealed partial class Ec2Service
{
    public Aws.ProvisionByoipCidrResult ProvisionByoipCidr(CommandContext context, Aws.ProvisionByoipCidrRequest request)
    {
        if (request.MultiRegion == true)
        {
            throw Fault.Unsupported("MultiRegion");
        }

        CheckBorderGroup(context, request.NetworkBorderGroup);
        Prefix cidr = CheckedByoipCidr(request.Cidr, request.PubliclyAdvertisable);
        CheckAuthorization(context, cidr, request.CidrAuthorizationContext);
        foreach (Partition partition in context.Draft.Next.Partitions.Values)
        {
            if (partition.All<ByoipCidr>().Any(known => known.Cidr.Overlaps(cidr)))
            {
                throw Fault.Invalid($"The CIDR {cidr} overlaps a CIDR that is already provisioned.");
            }
        }

        context.Quotas.Check(Quotas.ByoipCidrsPerRegion, context.Here.Table<ByoipCidr>().Count + 1);
        ByoipCidr row = context.Put(new ByoipCidr
        {
            Cidr = cidr,
            Description = request.Description,
            State = request.PubliclyAdvertisable == false ? "provisioned-not-publicly-advertisable" : "provisioned",
            NetworkBorderGroup = context.Region,
        });
        PutPool(context, row, request.PoolTagSpecifications);
        return new Aws.ProvisionByoipCidrResult { ByoipCidr = ToWire(row) with { State = "pending-provision" } };
    }

    public Aws.AdvertiseByoipCidrResult AdvertiseByoipCidr(CommandContext context, Aws.AdvertiseByoipCidrRequest request)
    {
        CheckBorderGroup(context, request.NetworkBorderGroup);
        ByoipCidr row = InState(ByoipCidrOf(context, request.Cidr), "provisioned", "advertise");
        ByoipCidr changed = context.Put(row with { State = "advertised", Asn = request.Asn is null ? row.Asn : PublicAsn(request.Asn) });
        return new Aws.AdvertiseByoipCidrResult { ByoipCidr = ToWire(changed) with { State = "pending-advertising" } };
    }

    public Aws.WithdrawByoipCidrResult WithdrawByoipCidr(CommandContext context, Aws.WithdrawByoipCidrRequest request)
    {
        ByoipCidr row = InState(ByoipCidrOf(context, request.Cidr), "advertised", "withdraw");
        ByoipCidr changed = context.Put(row with { State = "provisioned" });
        return new Aws.WithdrawByoipCidrResult { ByoipCidr = ToWire(changed) with { State = "pending-withdrawal" } };
    }

    public Aws.DeprovisionByoipCidrResult DeprovisionByoipCidr(CommandContext context, Aws.DeprovisionByoipCidrRequest request)
    {
        ByoipCidr row = ByoipCidrOf(context, request.Cidr);
        if (row.IsAdvertised)
        {
            throw new Fault("IncorrectState", $"The CIDR {row.Cidr} is advertised. Withdraw it before you deprovision it.");
        }

        RemoveFromPools(context, row.Cidr);
        context.Draft.Remove(context.Caller.Partition, new Id<ByoipCidr>(row.Key));
        return new Aws.DeprovisionByoipCidrResult { ByoipCidr = ToWire(row) with { State = "pending-deprovision" } };
    }

    public Aws.DescribeByoipCidrsResult DescribeByoipCidrs(CommandContext context, Aws.DescribeByoipCidrsRequest request)
    {
        int size = Door.Required(request.MaxResults, "MaxResults");
        Page<ByoipCidr> page = Pager.Page(context.Here.All<ByoipCidr>(), size, request.NextToken, least: 1, most: 100);
        return new Aws.DescribeByoipCidrsResult { ByoipCidrs = [.. page.Rows.Select(ToWire)], NextToken = page.NextToken };
    }

    private static ByoipCidr ByoipCidrOf(CommandContext context, string? text)
    {
        Prefix cidr = Door.AnyCidr(text, "cidr");
        return context.Here.Find(new Id<ByoipCidr>(cidr.ToString()))
            ?? throw Fault.Invalid($"The CIDR {cidr} is not provisioned in this account and region.");
    }

    private static ByoipCidr InState(ByoipCidr row, string wanted, string action) => row.State == wanted
        ? row
        : throw new Fault("IncorrectState", $"The CIDR {row.Cidr} is in the state '{row.State}': cannot {action} it.");

    /// <summary>IPv4 up to /24; IPv6 up to /48, or up to /60 where it is never advertised. Public addresses only, none of Amazon's.</summary>
    private static Prefix CheckedByoipCidr(string? text, bool? advertisable)
    {
        string given = Door.Required(text, "Cidr");
        if (!Prefix.TryParse(given, out Prefix cidr, out bool strict) || !strict)
        {
            throw Fault.Invalid($"Value ({given}) for parameter cidr is invalid. This is not a valid CIDR block.");
        }

        if (cidr.IsV4 && advertisable == false)
        {
            throw Fault.Combination("The parameter publiclyAdvertisable can be used with an IPv6 CIDR only.");
        }

        int most = cidr.IsV4 ? 24 : advertisable == false ? 60 : 48;
        bool isPublic = cidr.IsV4
            ? !NotPublicV4.Any(cidr.Overlaps) && !PublicPool.Whole.Overlaps(cidr)
            : GlobalUnicastV6.Contains(cidr) && !Ipv6Pool.Whole.Overlaps(cidr);
        return cidr.Length <= most && cidr.Length >= (cidr.IsV4 ? 8 : 16) && isPublic
            ? cidr
            : throw Fault.Invalid($"Value ({given}) for parameter cidr is invalid. The CIDR must be a public range of at most /{most}.");
    }

    private static readonly Prefix GlobalUnicastV6 = Prefix.Parse("2000::/3");

    /// <summary>IPv4 blocks that nobody announces on the internet. Source: IANA, "IPv4 Special-Purpose Address Registry".</summary>
    private static readonly ImmutableArray<Prefix> NotPublicV4 =
    [
        WellKnown.Ten, WellKnown.OneSevenTwo, WellKnown.OneNineTwo, WellKnown.Shared, WellKnown.LinkLocalV4,
        Prefix.Parse("0.0.0.0/8"), Prefix.Parse("127.0.0.0/8"), Prefix.Parse("224.0.0.0/3"),
    ];

    /// <summary>The signed message names this account and this range: <c>1|aws|ACCOUNT|CIDR|DATE|SHA256|RSAPSS</c>.</summary>
    private static void CheckAuthorization(CommandContext context, Prefix cidr, Aws.CidrAuthorizationContext? authorization)
    {
        if (authorization is null)
        {
            return;
        }

        Door.Required(authorization.Signature, "CidrAuthorizationContext.Signature");
        string[] parts = Door.Required(authorization.Message, "CidrAuthorizationContext.Message").Split('|');
        bool valid = parts is ["1", "aws", var account, var range, { Length: 8 } date, "SHA256", "RSAPSS"]
            && account == context.Account && range == cidr.ToString()
            && DateTimeOffset.TryParseExact(
                date, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset expires)
            && expires > context.Now.AddDays(-1);
        if (!valid)
        {
            throw Fault.Invalid("The CidrAuthorizationContext message is not valid for this account and CIDR.");
        }
    }

    /// <summary>A public AS number of two or four bytes. Source: IANA, "Special-Purpose AS Numbers".</summary>
    private static string PublicAsn(string text)
    {
        bool valid = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint asn)
            && asn is > 0 and not 23456 and not (>= 64496 and <= 131071) and < 4200000000;
        return valid ? asn.ToString(CultureInfo.InvariantCulture) : throw Fault.InvalidValue(text, "asn");
    }

    private static Aws.ByoipCidr ToWire(ByoipCidr row) => new()
    {
        Cidr = row.Cidr.ToString(),
        Description = row.Description,
        State = row.State,
        StatusMessage = row.StatusMessage,
        NetworkBorderGroup = row.NetworkBorderGroup,
        AsnAssociations = row.Asn is null
            ? null : [new Aws.AsnAssociation { Asn = row.Asn, Cidr = row.Cidr.ToString(), State = "associated" }],
    };
}
