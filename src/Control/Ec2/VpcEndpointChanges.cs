using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>VPC endpoints changed. Source: EC2 API, ModifyVpcEndpoint.</summary>
public sealed partial class Ec2Service
{
    public Aws.ModifyVpcEndpointResult ModifyVpcEndpoint(CommandContext context, Aws.ModifyVpcEndpointRequest request)
    {
        VpcEndpoint endpoint = VpcEndpointIds.Get(context, request.VpcEndpointId);
        if (endpoint.State is VpcEndpointState.Rejected or VpcEndpointState.Failed)
        {
            throw new Fault("IncorrectState", $"The VPC endpoint '{endpoint.Id}' is in the state {VpcEndpointViews.StateOf(endpoint.State)}.");
        }

        RefuseOthers(request, endpoint.Type);
        EndpointServiceChoice service = EndpointServiceChoice.Of(context, endpoint);
        VpcEndpoint next = context.Put(endpoint with { PolicyDocument = PolicyOf(endpoint, service, request) });
        if (endpoint.Type == VpcEndpointType.Gateway)
        {
            ChangeTables(context, next, service.OfAws!.PrefixListId!, request);
        }
        else
        {
            ChangeInterfaces(context, next, service, request);
        }

        return new Aws.ModifyVpcEndpointResult { Return = true };
    }

    private static void RefuseOthers(Aws.ModifyVpcEndpointRequest request, VpcEndpointType type)
    {
        VpcEndpointRules.RefuseUnsupported(request.DnsOptions);
        VpcEndpointRules.RefuseTables(type, request.AddRouteTableIds);
        VpcEndpointRules.RefuseTables(type, request.RemoveRouteTableIds);
        VpcEndpointRules.RefuseGroups(type, request.AddSecurityGroupIds);
        VpcEndpointRules.RefuseGroups(type, request.RemoveSecurityGroupIds);
        VpcEndpointRules.RefuseSubnets(type, request.AddSubnetIds, request.SubnetConfigurations);
        VpcEndpointRules.RefuseSubnets(type, request.RemoveSubnetIds, null);
        VpcEndpointRules.RefusePrivateDns(type, request.PrivateDnsEnabled, request.DnsOptions);
        if (type == VpcEndpointType.Gateway && request.IpAddressType is not (null or "ipv4"))
        {
            throw Fault.Unsupported($"IpAddressType={request.IpAddressType}");
        }
    }

    private static string? PolicyOf(VpcEndpoint endpoint, EndpointServiceChoice service, Aws.ModifyVpcEndpointRequest request)
    {
        if (request is { ResetPolicy: true, PolicyDocument: not null })
        {
            throw Fault.Combination("The parameter policyDocument cannot be used with the parameter resetPolicy");
        }

        return request.ResetPolicy == true ? null
            : request.PolicyDocument is { } policy ? VpcEndpointRules.CheckedPolicy(service, policy)
            : endpoint.PolicyDocument;
    }

    private static void ChangeTables(
        CommandContext context, VpcEndpoint endpoint, string prefixListId, Aws.ModifyVpcEndpointRequest request)
    {
        ImmutableArray<Id<RouteTable>> gone = [.. (request.RemoveRouteTableIds ?? []).Distinct(StringComparer.Ordinal).Select(id => new Id<RouteTable>(id))];
        if (gone.FirstOrDefault(id => !endpoint.RouteTableIds.Contains(id)) is { Value: { } stranger })
        {
            throw new Fault(
                "InvalidRouteTableId.NotFound", $"The route table '{stranger}' is not associated with the VPC endpoint '{endpoint.Id}'.");
        }

        VpcEndpoint next = VpcEndpointMaker.RemoveTables(context, endpoint, gone);
        VpcEndpointMaker.AddTables(context, next, prefixListId, request.AddRouteTableIds ?? []);
    }

    private static void ChangeInterfaces(
        CommandContext context, VpcEndpoint endpoint, EndpointServiceChoice service, Aws.ModifyVpcEndpointRequest request)
    {
        Vpc vpc = context.Here.Get(endpoint.VpcId);
        VpcEndpoint next = endpoint with
        {
            IpAddressType = request.IpAddressType is null
                ? endpoint.IpAddressType
                : VpcEndpointRules.IpAddressTypeOf(service, request.IpAddressType),
        };
        next = WithoutSubnets(context, next, request);
        next = next with
        {
            Subnets = VpcEndpointMaker.Places(context, next, service, request.AddSubnetIds ?? [], request.SubnetConfigurations),
            Groups = ChangedGroups(context, next, request),
        };
        if (endpoint.Type == VpcEndpointType.Interface)
        {
            next = WithDns(context, vpc, next, service, request);
        }

        context.Put(next);
        FollowGroups(context, next);
        if (next.State == VpcEndpointState.Available)
        {
            VpcEndpointMaker.WithInterfaces(context, next);
        }
    }

    /// <summary>Places that are given up, and places that get another address: their interfaces are made anew.</summary>
    private static VpcEndpoint WithoutSubnets(CommandContext context, VpcEndpoint endpoint, Aws.ModifyVpcEndpointRequest request)
    {
        HashSet<string> again = [.. (request.SubnetConfigurations ?? []).Select(c => c.SubnetId ?? "")];
        bool otherType = request.IpAddressType is { } type && type != context.Here.Get(endpoint.Id).IpAddressType;
        List<VpcEndpointSubnet> kept = [];
        HashSet<string> gone = [.. request.RemoveSubnetIds ?? []];
        foreach (VpcEndpointSubnet place in endpoint.Subnets)
        {
            bool leaves = gone.Remove(place.SubnetId.Value);
            if (!leaves && !again.Contains(place.SubnetId.Value) && !otherType)
            {
                kept.Add(place);
                continue;
            }

            VpcEndpointMaker.RemoveInterface(context, place);
            if (!leaves && otherType && !again.Contains(place.SubnetId.Value))
            {
                kept.Add(place with { NetworkInterfaceId = null, Ipv4 = null, Ipv6 = null });
            }
        }

        return gone.Count == 0
            ? endpoint with { Subnets = [.. kept] }
            : throw new Fault(
                "InvalidSubnetId.NotFound", $"The subnet '{gone.First()}' is not associated with the VPC endpoint '{endpoint.Id}'.");
    }

    private static ImmutableArray<Id<SecurityGroup>> ChangedGroups(
        CommandContext context, VpcEndpoint endpoint, Aws.ModifyVpcEndpointRequest request)
    {
        if (request.AddSecurityGroupIds is not { Count: > 0 } && request.RemoveSecurityGroupIds is not { Count: > 0 })
        {
            return endpoint.Groups;
        }

        HashSet<string> gone = [.. request.RemoveSecurityGroupIds ?? []];
        if (gone.FirstOrDefault(id => endpoint.Groups.All(g => g.Value != id)) is { } stranger)
        {
            throw new Fault("InvalidGroup.NotFound", $"The security group '{stranger}' is not associated with the VPC endpoint '{endpoint.Id}'.");
        }

        List<string> groups =
            [.. endpoint.Groups.Select(g => g.Value).Where(g => !gone.Contains(g)), .. request.AddSecurityGroupIds ?? []];
        return groups.Count == 0
            ? throw VpcEndpointRules.Invalid("An interface endpoint must have at least one security group.")
            : InterfaceMaker.CheckedGroups(context, endpoint.VpcId, groups);
    }

    private static VpcEndpoint WithDns(
        CommandContext context, Vpc vpc, VpcEndpoint endpoint, EndpointServiceChoice service, Aws.ModifyVpcEndpointRequest request)
    {
        bool? inbound = request.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint;
        VpcEndpoint next = endpoint with
        {
            DnsRecordIpType = request.DnsOptions?.DnsRecordIpType is { } type
                ? VpcEndpointRules.RecordTypeOf(type, endpoint.IpAddressType)
                : request.IpAddressType ?? endpoint.DnsRecordIpType,
        };
        if (request.PrivateDnsEnabled is null && inbound is null)
        {
            return next;
        }

        bool on = request.PrivateDnsEnabled ?? next.PrivateDnsEnabled;
        bool? kept = inbound ?? (on && next.PrivateDnsEnabled ? next.PrivateDnsOnlyForInboundResolver : null);
        return VpcEndpointPrivateDns.Set(context, vpc, next, service, on, kept);
    }

    /// <summary>The interfaces have the endpoint's groups.</summary>
    private static void FollowGroups(CommandContext context, VpcEndpoint endpoint)
    {
        foreach (Id<NetworkInterface> id in endpoint.NetworkInterfaceIds)
        {
            NetworkInterface eni = context.Here.Get(id);
            if (!eni.Groups.SequenceEqual(endpoint.Groups))
            {
                context.Put(eni with { Groups = endpoint.Groups });
            }
        }
    }
}
