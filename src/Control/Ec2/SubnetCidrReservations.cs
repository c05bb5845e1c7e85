using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Subnet CIDR reservations: ranges that AWS does not pick addresses from by itself. Addresses in use stay so. Source: AWS, "Subnet CIDR
/// reservations"; EC2 API, CreateSubnetCidrReservation, DeleteSubnetCidrReservation, GetSubnetCidrReservations.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<SubnetCidrReservation> SubnetCidrReservationIds = new(
        "SubnetCidrReservationId", "InvalidSubnetCidrReservationID.NotFound", "InvalidSubnetCidrReservationID.Malformed",
        "The subnet CIDR reservation ID '{0}' does not exist");

    private static readonly FilterTable<SubnetCidrReservation> SubnetCidrReservationFilters = new()
    {
        { "reservationType", row => TypeOf(row) },
        { "subnet-id", row => row.SubnetId.Value },
    };

    public Aws.CreateSubnetCidrReservationResult CreateSubnetCidrReservation(
        CommandContext context, Aws.CreateSubnetCidrReservationRequest request)
    {
        Subnet subnet = SubnetIds.Get(context, request.SubnetId);
        string type = Door.OneOf(Door.Required(request.ReservationType, "ReservationType"), "ReservationType", "prefix", "explicit")!;
        Prefix cidr = Door.AnyCidr(request.Cidr, "Cidr");
        bool inside = cidr.IsV4
            ? subnet.Cidr is { } block && block.Contains(cidr)
            : subnet.Ipv6Cidrs.Any(a => a.Cidr.Contains(cidr));
        if (!inside)
        {
            throw new Fault("InvalidParameterValue", $"The CIDR '{cidr}' is not within the CIDR blocks of the subnet '{subnet.Id}'.");
        }

        if (context.Here.By<SubnetCidrReservation>(subnet.Key).FirstOrDefault(r => r.Cidr.Overlaps(cidr)) is { } other)
        {
            throw new Fault("InvalidParameterValue", $"The CIDR '{cidr}' overlaps the CIDR reservation '{other.Id}' of the subnet.");
        }

        SubnetCidrReservation row = context.Put(new SubnetCidrReservation
        {
            Id = new(context.NewId(SubnetCidrReservation.IdPrefix)),
            SubnetId = subnet.Id,
            Cidr = cidr,
            IsExplicit = type == "explicit",
            Description = request.Description,
            Tags = TagRules.New<SubnetCidrReservation>(request.TagSpecifications),
        });
        return new Aws.CreateSubnetCidrReservationResult { SubnetCidrReservation = ToWire(context, row) };
    }

    public Aws.DeleteSubnetCidrReservationResult DeleteSubnetCidrReservation(
        CommandContext context, Aws.DeleteSubnetCidrReservationRequest request)
    {
        SubnetCidrReservation row = SubnetCidrReservationIds.Get(context, request.SubnetCidrReservationId);
        context.Remove(row.Id);
        return new Aws.DeleteSubnetCidrReservationResult { DeletedSubnetCidrReservation = ToWire(context, row) };
    }

    public Aws.GetSubnetCidrReservationsResult GetSubnetCidrReservations(
        CommandContext context, Aws.GetSubnetCidrReservationsRequest request)
    {
        Subnet subnet = SubnetIds.Get(context, request.SubnetId);
        IEnumerable<SubnetCidrReservation> rows = SubnetCidrReservationFilters.Apply(
            context, context.Here.By<SubnetCidrReservation>(subnet.Key).OrderBy(r => r.Id), request.Filters);
        Page<SubnetCidrReservation> page = Pager.Page(rows, request.MaxResults, request.NextToken);
        return new Aws.GetSubnetCidrReservationsResult
        {
            SubnetIpv4CidrReservations = [.. page.Rows.Where(r => r.Cidr.IsV4).Select(r => ToWire(context, r))],
            SubnetIpv6CidrReservations = [.. page.Rows.Where(r => !r.Cidr.IsV4).Select(r => ToWire(context, r))],
            NextToken = page.NextToken,
        };
    }

    private static string TypeOf(SubnetCidrReservation row) => row.IsExplicit ? "explicit" : "prefix";

    private static Aws.SubnetCidrReservation ToWire(CommandContext context, SubnetCidrReservation row) => new()
    {
        SubnetCidrReservationId = row.Id.Value,
        SubnetId = row.SubnetId.Value,
        Cidr = row.Cidr.ToString(),
        ReservationType = TypeOf(row),
        OwnerId = context.Account,
        Description = row.Description,
        Tags = TagRules.ToWire(row.Tags),
    };
}
