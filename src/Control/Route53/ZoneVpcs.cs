using System.Collections.Immutable;
using Trunkline.Cloud;
using AwsR53 = Trunkline.Wire.Route53;

namespace Trunkline.Control.Route53;

/// <summary>
/// Which VPCs ask a private zone, those of other accounts too. Source: Route 53 API, AssociateVPCWithHostedZone; Route 53 Developer Guide,
/// "Associating an Amazon VPC and a private hosted zone that you created with different AWS accounts".
/// </summary>
public sealed partial class Route53Service
{
    private const int AuthorizationsMax = 1000;
    private const int AuthorizationPageMax = 50;

    /// <summary>Asked by the VPC's owner; where the zone is another account's, that account has authorised it before.</summary>
    public AwsR53.AssociateVPCWithHostedZoneResponse AssociateVPCWithHostedZone(
        CommandContext context, AwsR53.AssociateVPCWithHostedZoneRequest request)
    {
        (PartitionKey at, HostedZone zone) = AnyZone(context, request.HostedZoneId);
        ZoneVpc vpc = OwnVpc(context, request.VPC);
        if (at != context.Global.Key && !zone.Authorized.Contains(vpc))
        {
            throw new Fault(
                "NotAuthorizedException", $"The VPC: {vpc.VpcId} has not authorized to associate with your hosted zone.", 401);
        }

        if (!zone.Private)
        {
            throw new Fault(
                "PublicZoneVPCAssociation",
                "You're trying to associate a VPC with a public hosted zone. Amazon Route 53 doesn't support associating a VPC with a public hosted zone.");
        }

        RefuseSameDomain(context, vpc, zone.Name);
        context.Quotas.Check(Quotas.VpcsPerHostedZone, zone.Vpcs.Length + 1);
        context.Draft.Put(at, zone with { Vpcs = zone.Vpcs.Add(vpc) });
        return new AwsR53.AssociateVPCWithHostedZoneResponse { ChangeInfo = Changed(context, request.Comment) };
    }

    /// <summary>Asked by the zone's owner or the VPC's; the last VPC stays.</summary>
    public AwsR53.DisassociateVPCFromHostedZoneResponse DisassociateVPCFromHostedZone(
        CommandContext context, AwsR53.DisassociateVPCFromHostedZoneRequest request)
    {
        (PartitionKey at, HostedZone zone) = AnyZone(context, request.HostedZoneId);
        (string region, Id<Vpc> id) = Named(request.VPC);
        ZoneVpc? vpc = zone.Vpcs.FirstOrDefault(v => v.Region == region && v.VpcId == id);
        if (vpc is null || (at != context.Global.Key && vpc.Account != context.Account))
        {
            throw new Fault("VPCAssociationNotFound", "The specified VPC and hosted zone are not currently associated.", 404);
        }

        if (zone.Vpcs.Length == 1)
        {
            throw new Fault(
                "LastVPCAssociation",
                "The VPC that you're trying to disassociate from the private hosted zone is the last VPC that is associated with the hosted zone. "
                + "Amazon Route 53 doesn't support disassociating the last VPC from a hosted zone.");
        }

        context.Draft.Put(at, zone with { Vpcs = zone.Vpcs.Remove(vpc) });
        return new AwsR53.DisassociateVPCFromHostedZoneResponse { ChangeInfo = Changed(context, request.Comment) };
    }

    public AwsR53.CreateVPCAssociationAuthorizationResponse CreateVPCAssociationAuthorization(
        CommandContext context, AwsR53.CreateVPCAssociationAuthorizationRequest request)
    {
        HostedZone zone = Zone(context, request.HostedZoneId);
        ZoneVpc vpc = SomeVpc(context, request.VPC);
        if (!zone.Private)
        {
            throw InvalidInput($"The hosted zone {zone.Id} is a public one; only VPCs of a private hosted zone are authorized.");
        }

        if (zone.Authorized.Length >= AuthorizationsMax)
        {
            throw new Fault(
                "TooManyVPCAssociationAuthorizations",
                "You've created the maximum number of authorizations that can be created for the specified hosted zone.");
        }

        if (!zone.Authorized.Contains(vpc))
        {
            zone = context.Global.Put(zone with { Authorized = zone.Authorized.Add(vpc) });
        }

        return new AwsR53.CreateVPCAssociationAuthorizationResponse { HostedZoneId = zone.Key, VPC = ToWire(vpc) };
    }

    public AwsR53.DeleteVPCAssociationAuthorizationResponse DeleteVPCAssociationAuthorization(
        CommandContext context, AwsR53.DeleteVPCAssociationAuthorizationRequest request)
    {
        HostedZone zone = Zone(context, request.HostedZoneId);
        (string region, Id<Vpc> id) = Named(request.VPC);
        ImmutableArray<ZoneVpc> left = zone.Authorized.RemoveAll(v => v.Region == region && v.VpcId == id);
        if (left.Length == zone.Authorized.Length)
        {
            throw new Fault(
                "VPCAssociationAuthorizationNotFound", "The VPC that you specified is not authorized to be associated with the hosted zone.", 404);
        }

        context.Global.Put(zone with { Authorized = left });
        return new AwsR53.DeleteVPCAssociationAuthorizationResponse();
    }

    public AwsR53.ListVPCAssociationAuthorizationsResponse ListVPCAssociationAuthorizations(
        CommandContext context, AwsR53.ListVPCAssociationAuthorizationsRequest request)
    {
        HostedZone zone = Zone(context, request.HostedZoneId);
        Page<ZoneVpc> page = Page(
            zone.Authorized, v => $"{v.Region}/{v.VpcId}", PageSize(request.MaxResults, AuthorizationPageMax), request.NextToken);
        return new AwsR53.ListVPCAssociationAuthorizationsResponse
        {
            HostedZoneId = zone.Key,
            VPCs = [.. page.Rows.Select(ToWire)],
            NextToken = page.NextToken,
        };
    }

    /// <summary>Private zones of any account that the caller's VPC asks.</summary>
    public AwsR53.ListHostedZonesByVPCResponse ListHostedZonesByVPC(CommandContext context, AwsR53.ListHostedZonesByVPCRequest request)
    {
        ZoneVpc vpc = OwnVpc(context, new AwsR53.VPC { VPCId = request.VPCId, VPCRegion = request.VPCRegion });
        int size = PageSize(request.MaxItems);
        string word = HostedZone.VpcWord(vpc.Region, vpc.VpcId);
        List<(string Owner, HostedZone Zone)> zones =
        [
            .. context.Draft.Next.Partitions.Values
                .SelectMany(p => p.By<HostedZone>(word).Select(z => (p.Account, z)))
                .OrderBy(z => z.z.Key, StringComparer.Ordinal),
        ];
        Page<(string Owner, HostedZone Zone)> page = Page(zones, z => z.Zone.Key, size, request.NextToken);
        return new AwsR53.ListHostedZonesByVPCResponse
        {
            HostedZoneSummaries =
            [
                .. page.Rows.Select(z => new AwsR53.HostedZoneSummary
                {
                    HostedZoneId = z.Zone.Key,
                    Name = z.Zone.Name,
                    Owner = new AwsR53.HostedZoneOwner { OwningAccount = z.Owner },
                }),
            ],
            MaxItems = Text(size),
            NextToken = page.NextToken,
        };
    }

    private static (string Region, Id<Vpc> Id) Named(AwsR53.VPC? vpc) =>
        vpc is { VPCId: { } id, VPCRegion: { } region } ? (region, new Id<Vpc>(id)) : throw InvalidInput("VPCId and VPCRegion are required.");

    private static Fault InvalidVpc(Id<Vpc> id) => new(
        "InvalidVPCId", $"The VPC ID {id} isn't a valid ID, or the current account is not authorized to access this VPC.");

    /// <summary>A VPC of the caller's.</summary>
    private static ZoneVpc OwnVpc(CommandContext context, AwsR53.VPC? asked)
    {
        (string region, Id<Vpc> id) = Named(asked);
        return context.Draft.Partition(new PartitionKey(context.Account, region)).Find(id) is null
            ? throw InvalidVpc(id)
            : new ZoneVpc(context.Account, region, id);
    }

    /// <summary>A VPC of anybody's.</summary>
    private static ZoneVpc SomeVpc(CommandContext context, AwsR53.VPC? asked)
    {
        (string region, Id<Vpc> id) = Named(asked);
        if (context.Draft.Partition(new PartitionKey(context.Account, region)).Find(id) is not null)
        {
            return new ZoneVpc(context.Account, region, id);
        }

        foreach (Partition partition in context.Draft.Next.Partitions.Values)
        {
            if (partition.Region == region && partition.Find(id) is not null)
            {
                return new ZoneVpc(partition.Account, region, id);
            }
        }

        throw InvalidVpc(id);
    }

    /// <summary>A VPC asks one zone of a name at most.</summary>
    private static void RefuseSameDomain(CommandContext context, ZoneVpc vpc, string name)
    {
        string word = HostedZone.VpcWord(vpc.Region, vpc.VpcId);
        if (context.Draft.Next.Partitions.Values.SelectMany(p => p.By<HostedZone>(word)).FirstOrDefault(z => z.Name == name) is { } there)
        {
            throw new Fault(
                "ConflictingDomainExists",
                $"The VPC {vpc.VpcId} in region {vpc.Region} has already been associated with the hosted zone {there.Id} with the same domain name.");
        }
    }

    /// <summary>Rows after the one that the token names, in order of their words.</summary>
    private static Page<T> Page<T>(IEnumerable<T> rows, Func<T, string> wordOf, int size, string? token) => Pager.Page(
        rows.OrderBy(wordOf, StringComparer.Ordinal), size, token, wordOf, least: 1, most: PageMax, tokenFault: "InvalidPaginationToken");

    private static AwsR53.VPC ToWire(ZoneVpc vpc) => new() { VPCRegion = vpc.Region, VPCId = vpc.VpcId.Value };
}
