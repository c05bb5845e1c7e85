using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Secondary addresses of NAT gateways. Source: AWS, "Edit secondary IP address associations"; EC2 API, AssociateNatGatewayAddress,
/// DisassociateNatGatewayAddress, AssignPrivateNatGatewayAddress, UnassignPrivateNatGatewayAddress.
/// </summary>
/// <remarks>Connections drain at once: an address that is taken away is gone when the request is answered.</remarks>
public sealed partial class Ec2Service
{
    public Aws.AssociateNatGatewayAddressResult AssociateNatGatewayAddress(
        CommandContext context, Aws.AssociateNatGatewayAddressRequest request)
    {
        if ((request.AvailabilityZone ?? request.AvailabilityZoneId) is not null)
        {
            throw Fault.Combination("An Availability Zone can be specified only for a regional NAT gateway");
        }

        NatGateway gateway = ChangeableGateway(context, request.NatGatewayId, isPublic: true);
        List<ElasticIp> elastics =
            [.. Distinct(request.AllocationIds, "AllocationIds").Select(id => NatGatewayElasticIps.Get(context, id))];
        if (elastics.Find(e => e.Association is not null) is { } taken)
        {
            throw new Fault("Resource.AlreadyAssociated", $"Elastic IP address {taken.Id} is already associated");
        }

        List<IpAddress> named = [.. (request.PrivateIpAddresses ?? []).Select(a => Door.Ipv4(a, "privateIpAddresses"))];
        if (named.Count > 0 && named.Count != elastics.Count)
        {
            throw Fault.Combination("The number of private IP addresses must match the number of allocation IDs");
        }

        ImmutableArray<NatGatewayAddress> added = AddAddresses(context, gateway, named, named.Count > 0 ? 0 : elastics.Count, elastics);
        return new Aws.AssociateNatGatewayAddressResult
        {
            NatGatewayId = gateway.Key,
            NatGatewayAddresses = [.. added.Select(a => ToWire(a, "associating"))],
        };
    }

    public Aws.DisassociateNatGatewayAddressResult DisassociateNatGatewayAddress(
        CommandContext context, Aws.DisassociateNatGatewayAddressRequest request)
    {
        NatGateway gateway = ChangeableGateway(context, request.NatGatewayId, isPublic: true);
        CheckDrain(request.MaxDrainDurationSeconds);
        List<NatGatewayAddress> gone =
        [
            .. Distinct(request.AssociationIds, "AssociationIds").Select(id => AssociationId(id, "eipassoc")).Select(
                id => gateway.Addresses.FirstOrDefault(a => a.AssociationId == id) ?? throw AssociationNotFound(id)),
        ];
        RemoveAddresses(context, gateway, gone);
        return new Aws.DisassociateNatGatewayAddressResult
        {
            NatGatewayId = gateway.Key,
            NatGatewayAddresses = [.. gone.Select(a => ToWire(a, "disassociating"))],
        };
    }

    public Aws.AssignPrivateNatGatewayAddressResult AssignPrivateNatGatewayAddress(
        CommandContext context, Aws.AssignPrivateNatGatewayAddressRequest request)
    {
        NatGateway gateway = ChangeableGateway(context, request.NatGatewayId, isPublic: false);
        List<IpAddress> named = [.. (request.PrivateIpAddresses ?? []).Select(a => Door.Ipv4(a, "privateIpAddresses"))];
        if (named.Count > 0 && request.PrivateIpAddressCount is not null)
        {
            throw Fault.Combination("The parameter privateIpAddressCount cannot be used with the parameter privateIpAddresses");
        }

        int picked = named.Count > 0
            ? 0
            : CheckedCount(
                Door.Required(request.PrivateIpAddressCount, "privateIpAddresses or privateIpAddressCount"), "privateIpAddressCount");
        ImmutableArray<NatGatewayAddress> added = AddAddresses(context, gateway, named, picked, []);
        return new Aws.AssignPrivateNatGatewayAddressResult
        {
            NatGatewayId = gateway.Key,
            NatGatewayAddresses = [.. added.Select(a => ToWire(a, "assigning"))],
        };
    }

    public Aws.UnassignPrivateNatGatewayAddressResult UnassignPrivateNatGatewayAddress(
        CommandContext context, Aws.UnassignPrivateNatGatewayAddressRequest request)
    {
        NatGateway gateway = ChangeableGateway(context, request.NatGatewayId, isPublic: false);
        CheckDrain(request.MaxDrainDurationSeconds);
        List<NatGatewayAddress> gone = [];
        foreach (string text in Distinct(request.PrivateIpAddresses, "PrivateIpAddresses"))
        {
            IpAddress ip = Door.Ipv4(text, "privateIpAddresses");
            gone.Add(gateway.Addresses.FirstOrDefault(a => a.PrivateIp == ip)
                ?? throw Fault.Invalid($"The private IP address {ip} is not assigned to NAT gateway {gateway.Id}"));
        }

        RemoveAddresses(context, gateway, gone);
        return new Aws.UnassignPrivateNatGatewayAddressResult
        {
            NatGatewayId = gateway.Key,
            NatGatewayAddresses = [.. gone.Select(a => ToWire(a, "unassigning"))],
        };
    }

    /// <summary>A gateway whose addresses may change, of the kind that the operation is for.</summary>
    private static NatGateway ChangeableGateway(CommandContext context, string? id, bool isPublic)
    {
        NatGateway gateway = NatGatewayIds.Get(context, id);
        if (gateway.State != NatGatewayState.Available)
        {
            throw gateway.State == NatGatewayState.Deleted
                ? NatGatewayIds.NotFound(gateway.Key)
                : new Fault("IncorrectState", $"NAT gateway {gateway.Id} is in state {StateOf(gateway)} and cannot be modified");
        }

        return gateway.IsPublic == isPublic
            ? gateway
            : throw Fault.Combination(
                $"The operation is supported only for {(isPublic ? "public" : "private")} NAT gateways; {gateway.Id} is "
                + $"{(isPublic ? "private" : "public")}");
    }

    /// <summary>Puts further addresses on the gateway's interface, named ones first, and binds the Elastic IPs to them in turn.</summary>
    private static ImmutableArray<NatGatewayAddress> AddAddresses(
        CommandContext context, NatGateway gateway, List<IpAddress> named, int picked, List<ElasticIp> elastics)
    {
        CheckAddressLimit(gateway.Addresses.Length + named.Count + picked);
        NetworkInterface eni = context.Here.Get(gateway.Addresses[0].NetworkInterfaceId);
        InterfaceAddresses addresses = new(context, context.Here.Get(eni.SubnetId));
        List<IpAddress> ips = [.. named.Select(addresses.Take)];
        ips.AddRange(addresses.PickIpv4(picked));
        context.Put(eni with { PrivateAddresses = [.. eni.PrivateAddresses, .. ips.Select(ip => new InterfaceAddress(ip))] });
        ImmutableArray<NatGatewayAddress> added =
            [.. ips.Select((ip, i) => NewAddress(context, eni.Id, ip, i < elastics.Count ? elastics[i] : null, isPrimary: false))];
        context.Put(gateway with { Addresses = gateway.Addresses.AddRange(added) });
        return added;
    }

    private static void RemoveAddresses(CommandContext context, NatGateway gateway, List<NatGatewayAddress> gone)
    {
        if (gone.Find(a => a.IsPrimary) is { } primary)
        {
            throw Fault.Invalid($"The primary IP address {primary.PrivateIp} of NAT gateway {gateway.Id} cannot be removed");
        }

        foreach (NatGatewayAddress address in gone)
        {
            Release(context, address);
        }

        NetworkInterface eni = context.Here.Get(gateway.Addresses[0].NetworkInterfaceId);
        context.Put(eni with { PrivateAddresses = eni.PrivateAddresses.RemoveAll(a => gone.Exists(g => g.PrivateIp == a.Ip)) });
        context.Put(gateway with { Addresses = gateway.Addresses.RemoveRange(gone) });
    }

    private static IReadOnlyList<string> Distinct(IReadOnlyList<string>? values, string parameter) =>
        values is { Count: > 0 } given ? [.. given.Distinct(StringComparer.Ordinal)] : throw Fault.Missing(parameter);

    private static int CheckedCount(int count, string parameter) =>
        count is >= 1 and <= 31
            ? count
            : throw Fault.Invalid($"Value ({count}) for parameter {parameter} is invalid. It must be between 1 and 31.");

    private static void CheckAddressLimit(int count)
    {
        if (count > AddressesPerNatGateway)
        {
            throw new Fault(
                "PrivateIpAddressLimitExceeded", $"A NAT gateway can have at most {AddressesPerNatGateway} private IPv4 addresses");
        }
    }

    /// <summary>1 to 4000 seconds. Source: EC2 API, DisassociateNatGatewayAddress.</summary>
    private static void CheckDrain(int? seconds)
    {
        if (seconds is < 1 or > 4000)
        {
            throw Fault.Invalid($"Value ({seconds}) for parameter maxDrainDurationSeconds is invalid. It must be between 1 and 4000.");
        }
    }
}
