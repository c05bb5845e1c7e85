namespace Trunkline.Control.Ec2;

/// <summary>
/// References to prefix lists in transit gateway route tables. No transit gateway is served yet, so that no route table of one is ever found.
/// Source: EC2 API, CreateTransitGatewayPrefixListReference and its like.
/// </summary>
public sealed partial class Ec2Service
{
    public Aws.CreateTransitGatewayPrefixListReferenceResult CreateTransitGatewayPrefixListReference(
        CommandContext context, Aws.CreateTransitGatewayPrefixListReferenceRequest request) =>
        throw TransitGatewayRouteTableNotFound(request.TransitGatewayRouteTableId);

    public Aws.DeleteTransitGatewayPrefixListReferenceResult DeleteTransitGatewayPrefixListReference(
        CommandContext context, Aws.DeleteTransitGatewayPrefixListReferenceRequest request) =>
        throw TransitGatewayRouteTableNotFound(request.TransitGatewayRouteTableId);

    public Aws.GetTransitGatewayPrefixListReferencesResult GetTransitGatewayPrefixListReferences(
        CommandContext context, Aws.GetTransitGatewayPrefixListReferencesRequest request) =>
        throw TransitGatewayRouteTableNotFound(request.TransitGatewayRouteTableId);

    public Aws.ModifyTransitGatewayPrefixListReferenceResult ModifyTransitGatewayPrefixListReference(
        CommandContext context, Aws.ModifyTransitGatewayPrefixListReferenceRequest request) =>
        throw TransitGatewayRouteTableNotFound(request.TransitGatewayRouteTableId);

    private static Fault TransitGatewayRouteTableNotFound(string? id)
    {
        string text = Door.Required(id, "TransitGatewayRouteTableId");
        return text.StartsWith("tgw-rtb-", StringComparison.Ordinal)
            ? new("InvalidRouteTableID.NotFound", $"Transit Gateway Route Table {text} was deleted or does not exist.")
            : new("InvalidRouteTableId.Malformed", $"Invalid id: \"{text}\" (expecting \"tgw-rtb-...\")");
    }
}
