using Trunkline.Cloud;
using AwsNm = Trunkline.Wire.Networkmanager;

namespace Trunkline.Control.NetworkManager;

/// <summary>
/// Transit gateways and customer gateways in a global network. Source: Network Manager API, RegisterTransitGateway, AssociateCustomerGateway and
/// their like.
/// </summary>
public sealed partial class NetworkManagerService
{
    private const string TransitGatewayType = "transit-gateway";
    private const string CustomerGatewayType = "customer-gateway";

    /// <summary>A transit gateway belongs to one global network at most.</summary>
    public AwsNm.RegisterTransitGatewayResponse RegisterTransitGateway(CommandContext context, AwsNm.RegisterTransitGatewayRequest request)
    {
        GlobalNetwork network = Network(context, request.GlobalNetworkId);
        string arn = CheckedArn(context, request.TransitGatewayArn, TransitGatewayType, "transitGatewayArn", out PartitionKey at, out string id);
        if (context.Draft.Partition(at).Table<TransitGateway>().Find(id) is null)
        {
            throw NmFaults.NotFound(TransitGatewayType, arn);
        }

        if (context.Global.Here.Table<TransitGatewayRegistration>().Find(arn) is { } there)
        {
            throw NmFaults.Conflict(TransitGatewayType, arn, $"The transit gateway is already registered in {there.GlobalNetworkKey}.");
        }

        TransitGatewayRegistration registration = context.Global.Put(new TransitGatewayRegistration
        {
            GlobalNetworkKey = network.Key,
            TransitGatewayArn = arn,
        });
        return new AwsNm.RegisterTransitGatewayResponse { TransitGatewayRegistration = ToWire(registration) };
    }

    /// <summary>The associations of customer gateways that are reached through it alone go with it.</summary>
    public AwsNm.DeregisterTransitGatewayResponse DeregisterTransitGateway(
        CommandContext context, AwsNm.DeregisterTransitGatewayRequest request)
    {
        GlobalNetwork network = Network(context, request.GlobalNetworkId);
        string arn = request.TransitGatewayArn ?? "";
        TransitGatewayRegistration registration =
            context.Global.Here.Table<TransitGatewayRegistration>().Find(arn) is { } found && found.GlobalNetworkKey == network.Key
                ? found
                : throw NmFaults.NotFound(TransitGatewayType, arn);
        GoneGateways.Deregister(context, context.Global, registration);
        return new AwsNm.DeregisterTransitGatewayResponse { TransitGatewayRegistration = ToWire(registration, Deleting) };
    }

    public AwsNm.GetTransitGatewayRegistrationsResponse GetTransitGatewayRegistrations(
        CommandContext context, AwsNm.GetTransitGatewayRegistrationsRequest request)
    {
        IEnumerable<TransitGatewayRegistration> rows = Named(
            In<TransitGatewayRegistration>(context, Network(context, request.GlobalNetworkId)), request.TransitGatewayArns);
        Page<TransitGatewayRegistration> page = PageOf(rows, request.MaxResults, request.NextToken);
        return new AwsNm.GetTransitGatewayRegistrationsResponse
        {
            TransitGatewayRegistrations = [.. page.Rows.Select(r => ToWire(r))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>The gateway must have a VPN connection to a transit gateway that is registered in the global network.</summary>
    public AwsNm.AssociateCustomerGatewayResponse AssociateCustomerGateway(
        CommandContext context, AwsNm.AssociateCustomerGatewayRequest request)
    {
        GlobalNetwork network = Network(context, request.GlobalNetworkId);
        string arn = CheckedArn(context, request.CustomerGatewayArn, CustomerGatewayType, "customerGatewayArn", out PartitionKey at, out string id);
        if (context.Draft.Partition(at).Table<CustomerGateway>().Find(id) is not { State: not VpnState.Deleted })
        {
            throw NmFaults.NotFound(CustomerGatewayType, arn);
        }

        NmDevice device = Get<NmDevice>(context, network.Key, request.DeviceId, DeviceType);
        string? link = LinkOf(context, device, request.LinkId, "linkId");
        if (!GoneGateways.IsReached(context.Draft, context.Global, network.Key, arn))
        {
            throw NmFaults.Field(
                "customerGatewayArn", "The customer gateway must be connected to a VPN attachment on a registered transit gateway.");
        }

        if (context.Global.Here.Table<NmCustomerGatewayAssociation>().Find(arn) is { } there)
        {
            throw NmFaults.Conflict(CustomerGatewayType, arn, $"The customer gateway is already associated with {there.DeviceKey}.");
        }

        NmCustomerGatewayAssociation association = context.Global.Put(new NmCustomerGatewayAssociation
        {
            CustomerGatewayArn = arn,
            GlobalNetworkKey = network.Key,
            DeviceKey = device.Key,
            LinkKey = link,
        });
        return new AwsNm.AssociateCustomerGatewayResponse { CustomerGatewayAssociation = ToWire(association) };
    }

    public AwsNm.DisassociateCustomerGatewayResponse DisassociateCustomerGateway(
        CommandContext context, AwsNm.DisassociateCustomerGatewayRequest request)
    {
        GlobalNetwork network = Network(context, request.GlobalNetworkId);
        string arn = request.CustomerGatewayArn ?? "";
        NmCustomerGatewayAssociation association =
            context.Global.Here.Table<NmCustomerGatewayAssociation>().Find(arn) is { } found && found.GlobalNetworkKey == network.Key
                ? found
                : throw NmFaults.NotFound(CustomerGatewayType, arn);
        context.Global.Remove(new Id<NmCustomerGatewayAssociation>(association.Key));
        return new AwsNm.DisassociateCustomerGatewayResponse { CustomerGatewayAssociation = ToWire(association) with { State = Deleting } };
    }

    public AwsNm.GetCustomerGatewayAssociationsResponse GetCustomerGatewayAssociations(
        CommandContext context, AwsNm.GetCustomerGatewayAssociationsRequest request)
    {
        IEnumerable<NmCustomerGatewayAssociation> rows = Named(
            In<NmCustomerGatewayAssociation>(context, Network(context, request.GlobalNetworkId)), request.CustomerGatewayArns);
        Page<NmCustomerGatewayAssociation> page = PageOf(rows, request.MaxResults, request.NextToken);
        return new AwsNm.GetCustomerGatewayAssociationsResponse
        {
            CustomerGatewayAssociations = [.. page.Rows.Select(ToWire)],
            NextToken = page.NextToken,
        };
    }

    /// <summary>The ARN of a resource of EC2's in the caller's account, in any region.</summary>
    private static string CheckedArn(
        CommandContext context, string? arn, string type, string name, out PartitionKey at, out string id)
    {
        string text = string.IsNullOrEmpty(arn) ? throw NmFaults.Missing(name) : arn;
        string[] fields = text.Split(':', 6);
        if (fields.Length != 6 || fields[0] != "arn" || fields[2] != "ec2" || fields[3].Length == 0
            || !fields[5].StartsWith(type + "/", StringComparison.Ordinal))
        {
            throw NmFaults.Field(name, "Incorrect input.");
        }

        at = new PartitionKey(fields[4], fields[3]);
        id = fields[5][(type.Length + 1)..];
        return fields[4] == context.Account
            ? text
            : throw new Fault("AccessDeniedException", $"The {type} {text} belongs to another account.", 403);
    }

    private static AwsNm.TransitGatewayRegistration ToWire(TransitGatewayRegistration registration, string state = Available) => new()
    {
        GlobalNetworkId = registration.GlobalNetworkKey,
        TransitGatewayArn = registration.TransitGatewayArn,
        State = new AwsNm.TransitGatewayRegistrationStateReason { Code = state },
    };

    private static AwsNm.CustomerGatewayAssociation ToWire(NmCustomerGatewayAssociation association) => new()
    {
        CustomerGatewayArn = association.CustomerGatewayArn,
        GlobalNetworkId = association.GlobalNetworkKey,
        DeviceId = association.DeviceKey,
        LinkId = association.LinkKey,
        State = Available,
    };
}
