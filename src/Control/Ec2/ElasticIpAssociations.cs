using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Elastic IPs on private addresses. Source: EC2 API, AssociateAddress, DisassociateAddress.</summary>
public sealed partial class Ec2Service
{
    public Aws.AssociateAddressResult AssociateAddress(CommandContext context, Aws.AssociateAddressRequest request)
    {
        if (request.AllocationId is null && request.PublicIp is not null)
        {
            throw Fault.Combination("You must specify an allocation id when mapping an address to a VPC instance");
        }

        ElasticIp eip = ElasticIpIds.Get(context, request.AllocationId);
        RefuseTogether(("networkInterfaceId", request.NetworkInterfaceId is not null), ("instanceId", request.InstanceId is not null));
        NetworkInterface eni = request.NetworkInterfaceId is not null
            ? InterfaceIds.Get(context, request.NetworkInterfaceId)
            : OnlyInterfaceOf(context, request.InstanceId ?? throw Fault.Missing("instanceId or networkInterfaceId"));
        RefuseManaged(eni);
        IpAddress address = PrivateAddressOf(eni, request.PrivateIpAddress);
        if (!context.Here.By<InternetGateway>(eni.VpcId.Value).Any())
        {
            throw new Fault("Gateway.NotAttached", $"Network {eni.VpcId} is not attached to any internet gateway");
        }

        if (eip.Association is { } same && same.NetworkInterfaceId == eni.Id && same.PrivateIp == address)
        {
            return new Aws.AssociateAddressResult { AssociationId = same.Id };
        }

        MakeRoom(context, eip, eni, address, request.AllowReassociation != false);
        return new Aws.AssociateAddressResult { AssociationId = Bind(context, context.Here.Get(eip.Id), eni.Id, address).Association!.Id };
    }

    public Aws.DisassociateAddressResult DisassociateAddress(CommandContext context, Aws.DisassociateAddressRequest request)
    {
        if (request.AssociationId is null && request.PublicIp is not null)
        {
            throw Fault.Combination("You must specify an association id when unmapping an address from a VPC instance");
        }

        string id = Door.Required(request.AssociationId, "AssociationId");
        if (!id.StartsWith("eipassoc-", StringComparison.Ordinal))
        {
            throw new Fault("InvalidAssociationID.Malformed", $"Invalid id: \"{id}\" (expecting \"eipassoc-...\")");
        }

        ElasticIp eip = context.Here.By<ElasticIp>(id).FirstOrDefault(e => e.Association?.Id == id)
            ?? throw new Fault("InvalidAssociationID.NotFound", $"The association ID '{id}' does not exist");
        RefuseManaged(context.Here.Get(eip.Association!.NetworkInterfaceId));
        Unbind(context, eip);
        return new Aws.DisassociateAddressResult();
    }

    /// <summary>Binds an Elastic IP to a private address; the automatic public address that was there is taken back.</summary>
    /// <remarks>NAT gateways and load balancers come here too, for the interfaces that they manage.</remarks>
    internal static ElasticIp Bind(CommandContext context, ElasticIp eip, Id<NetworkInterface> interfaceId, IpAddress address)
    {
        NetworkInterface eni = context.Here.Get(interfaceId);
        if (eni.PrivateAddresses.Any(a => a.Ip == address && a.AutoPublicIp is not null))
        {
            context.Put(eni with
            {
                PrivateAddresses = [.. eni.PrivateAddresses.Select(a => a.Ip == address ? a with { AutoPublicIp = null } : a)],
            });
        }

        return context.Put(eip with { Association = new ElasticIpAssociation(context.NewId("eipassoc"), interfaceId, address) });
    }

    /// <summary>
    /// Frees an Elastic IP; the running instance that had it is given an automatic public address again, where it had asked for one.
    /// </summary>
    internal static ElasticIp Unbind(CommandContext context, ElasticIp eip)
    {
        Id<Instance>? holder = InstanceOf(context.Here, eip);
        ElasticIp free = context.Put(eip with { Association = null });
        if (holder is { } id && context.Here.Find(id) is { State: InstanceState.Running } instance)
        {
            AssignAutoPublicIps(context, instance);
        }

        return free;
    }

    /// <summary>Frees the Elastic IP from where it is, and the address from the Elastic IP that it has, or refuses.</summary>
    private static void MakeRoom(CommandContext context, ElasticIp eip, NetworkInterface eni, IpAddress address, bool allowed)
    {
        if (eip.Association is { } association)
        {
            RefuseTaken(allowed, eip.Id.Value, association.Id);
            RefuseManaged(context.Here.Get(association.NetworkInterfaceId));
            Unbind(context, eip);
        }

        if (ElasticIpOf(context.Here, eni, address) is { } other)
        {
            RefuseTaken(allowed, eni.Id.Value, other.Association!.Id);
            context.Put(other with { Association = null });
        }
    }

    private static void RefuseTaken(bool allowed, string resource, string association)
    {
        if (!allowed)
        {
            throw new Fault("Resource.AlreadyAssociated", $"resource {resource} is already associated with associate-id {association}");
        }
    }

    private static NetworkInterface OnlyInterfaceOf(CommandContext context, string instanceId)
    {
        Instance instance = InstanceIds.Get(context, instanceId);
        if (instance.State is not (InstanceState.Running or InstanceState.Stopped))
        {
            string state = instance.State switch
            {
                InstanceState.Pending => "pending",
                InstanceState.Stopping => "stopping",
                InstanceState.ShuttingDown => "shutting-down",
                _ => "terminated",
            };
            throw new Fault("InvalidInstanceID", $"The {state} instance '{instance.Id}' is not in a valid state for this operation.");
        }

        List<NetworkInterface> interfaces = [.. context.Here.By<NetworkInterface>(instance.Id.Value)];
        return interfaces is [var only]
            ? only
            : throw new Fault(
                "InvalidInstanceID",
                $"There are multiple interfaces attached to instance '{instance.Id}'. "
                + "Please specify an interface ID for the operation instead.");
    }

    private static IpAddress PrivateAddressOf(NetworkInterface eni, string? text)
    {
        if (text is null)
        {
            return eni.PrimaryIp ?? throw Fault.Invalid($"The interface {eni.Id} has no private IPv4 address.");
        }

        IpAddress address = Door.Ipv4(text, "privateIpAddress");
        return eni.PrivateAddresses.Any(a => a.Ip == address)
            ? address
            : throw Fault.Invalid($"Invalid value '{address}' for privateIpAddress. The address is not assigned to interface {eni.Id}.");
    }
}
