using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Network interfaces. Source: AWS, "Elastic network interfaces"; EC2 API, CreateNetworkInterface, DeleteNetworkInterface.</summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<NetworkInterface> InterfaceIds = new(
        "NetworkInterfaceId", "InvalidNetworkInterfaceID.NotFound", "InvalidNetworkInterfaceId.Malformed",
        "The networkInterface ID '{0}' does not exist");

    public Aws.CreateNetworkInterfaceResult CreateNetworkInterface(CommandContext context, Aws.CreateNetworkInterfaceRequest request)
    {
        if (request.Operator is not null)
        {
            throw Fault.Unsupported("Operator");
        }

        RefuseTogetherV4(request);
        RefuseTogetherV6(request);
        Subnet subnet = SubnetIds.GetUsable(context, request.SubnetId);
        (IpAddress? primary, ImmutableArray<IpAddress> secondary) = NamedAddresses(request.PrivateIpAddress, request.PrivateIpAddresses);
        bool primaryIpv6 = request.EnablePrimaryIpv6 == true || request.Ipv6Addresses?.Any(a => a.IsPrimaryIpv6 == true) == true;
        NetworkInterface eni = InterfaceMaker.Create(context, new InterfaceWish
        {
            Subnet = subnet,
            Description = CheckedDescription(request.Description),
            Groups = request.Groups is { Count: > 0 } groups ? InterfaceMaker.CheckedGroups(context, subnet.VpcId, groups) : [],
            PrimaryIp = primary,
            SecondaryIps = secondary,
            SecondaryCount = Count(request.SecondaryPrivateIpAddressCount, "secondaryPrivateIpAddressCount"),
            Ipv6 = NamedIpv6(request.Ipv6Addresses),
            Ipv6Count = request.Ipv6AddressCount is { } count ? Count(count, "ipv6AddressCount") : null,
            Ipv4Prefixes = [.. (request.Ipv4Prefixes ?? []).Select(p => Door.Ipv4Cidr(p.Ipv4Prefix, "Ipv4Prefix"))],
            Ipv6Prefixes = [.. (request.Ipv6Prefixes ?? []).Select(p => Door.Ipv6Cidr(p.Ipv6Prefix, "Ipv6Prefix"))],
            Ipv4PrefixCount = Count(request.Ipv4PrefixCount, "ipv4PrefixCount"),
            Ipv6PrefixCount = Count(request.Ipv6PrefixCount, "ipv6PrefixCount"),
            InterfaceType = Door.OneOf(request.InterfaceType, "interfaceType", "interface", "efa", "efa-only", "branch", "trunk") ?? "interface",
            PrimaryIpv6 = primaryIpv6,
            Tracking = TrackingOf(request.ConnectionTrackingSpecification, null),
            Tags = TagRules.New<NetworkInterface>(request.TagSpecifications),
        });
        return new Aws.CreateNetworkInterfaceResult
        {
            NetworkInterface = ToWire(context, eni) with { Status = "pending" },
            ClientToken = request.ClientToken,
        };
    }

    public Aws.DeleteNetworkInterfaceResult DeleteNetworkInterface(CommandContext context, Aws.DeleteNetworkInterfaceRequest request)
    {
        NetworkInterface eni = InterfaceIds.Get(context, request.NetworkInterfaceId);
        if (eni.Attachment is not null)
        {
            throw Fault.Invalid($"Network interface '{eni.Id}' is currently in use.");
        }

        RefuseManaged(eni);
        RemoveInterface(context, eni);
        return new();
    }

    public Aws.DescribeNetworkInterfacesResult DescribeNetworkInterfaces(
        CommandContext context, Aws.DescribeNetworkInterfacesRequest request)
    {
        Pager.RefuseIdsWithPages(request.NetworkInterfaceIds, "networkInterfaceIds", request.MaxResults);
        IEnumerable<NetworkInterface> rows =
            InterfaceFilters.Apply(context, InterfaceIds.GetAll(context, request.NetworkInterfaceIds), request.Filters);
        Page<NetworkInterface> page = Pager.Page(rows, request.MaxResults, request.NextToken);
        return new Aws.DescribeNetworkInterfacesResult
        {
            NetworkInterfaces = [.. page.Rows.Select(e => ToWire(context, e))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>Takes an interface away with all that hangs on it: its Elastic IPs are freed, its permissions end.</summary>
    internal static void RemoveInterface(CommandContext context, NetworkInterface eni)
    {
        foreach (ElasticIp address in context.Here.By<ElasticIp>(eni.Id.Value).ToList())
        {
            context.Put(address with { Association = null });
        }

        foreach (NetworkInterfacePermission permission in context.Here.By<NetworkInterfacePermission>(eni.Id.Value).ToList())
        {
            context.Remove(permission.Id);
        }

        context.Remove(eni.Id);
    }

    /// <summary>An interface that AWS made for a service is that service's alone.</summary>
    internal static void RefuseManaged(NetworkInterface eni)
    {
        if (eni.RequesterManaged)
        {
            throw new Fault("AuthFailure", "You do not have permission to access the specified resource.");
        }
    }

    /// <summary>The primary and the secondary addresses that a request names; at most one may be primary.</summary>
    internal static (IpAddress? Primary, ImmutableArray<IpAddress> Secondary) NamedAddresses(
        string? single, IReadOnlyList<Aws.PrivateIpAddressSpecification>? list)
    {
        IpAddress? primary = single is null ? null : Door.Ipv4(single, "privateIpAddress");
        ImmutableArray<IpAddress>.Builder secondary = ImmutableArray.CreateBuilder<IpAddress>();
        foreach (Aws.PrivateIpAddressSpecification item in list ?? [])
        {
            IpAddress address = Door.Ipv4(item.PrivateIpAddress, "PrivateIpAddress");
            if (item.Primary != true)
            {
                secondary.Add(address);
            }
            else if (primary is null)
            {
                primary = address;
            }
            else
            {
                throw Fault.Combination("Only one primary private IP address can be specified.");
            }
        }

        return (primary, secondary.ToImmutable());
    }

    /// <summary>The IPv6 addresses that a request names, the primary one first.</summary>
    internal static ImmutableArray<IpAddress> NamedIpv6(IReadOnlyList<Aws.InstanceIpv6Address>? list)
    {
        if (list?.Count(a => a.IsPrimaryIpv6 == true) > 1)
        {
            throw Fault.Combination("Only one primary IPv6 address can be specified.");
        }

        return [.. (list ?? []).OrderBy(a => a.IsPrimaryIpv6 == true ? 0 : 1).Select(a => Door.Ipv6(a.Ipv6Address, "Ipv6Address"))];
    }

    /// <summary>A count of a request: none where it was left out, never negative.</summary>
    internal static int Count(int? asked, string parameter) => asked switch
    {
        null => 0,
        < 0 => throw Fault.InvalidValue(asked.ToString(), parameter),
        var count => count.Value,
    };

    /// <summary>Idle time-outs within AWS's bounds, in seconds, over those that already hold.</summary>
    internal static ConnectionTracking? TrackingOf(Aws.ConnectionTrackingSpecificationRequest? asked, ConnectionTracking? before)
    {
        if (asked is null)
        {
            return before;
        }

        CheckTimeout(asked.TcpEstablishedTimeout, "TcpEstablishedTimeout", 60, 432_000);
        CheckTimeout(asked.UdpStreamTimeout, "UdpStreamTimeout", 60, 180);
        CheckTimeout(asked.UdpTimeout, "UdpTimeout", 30, 60);
        return new ConnectionTracking(
            asked.TcpEstablishedTimeout ?? before?.TcpEstablished,
            asked.UdpStreamTimeout ?? before?.UdpStream,
            asked.UdpTimeout ?? before?.Udp);
    }

    internal static string CheckedDescription(string? description) => description switch
    {
        null => "",
        { Length: > 255 } => throw Fault.Invalid($"Value ({description}) for parameter description is invalid. Character limit is 255."),
        _ => description,
    };

    private static void CheckTimeout(int? seconds, string parameter, int least, int most)
    {
        if (seconds < least || seconds > most)
        {
            throw Fault.Invalid($"Value ({seconds}) for parameter {parameter} is invalid. Expecting a value between {least} and {most}.");
        }
    }

    private static void RefuseTogetherV4(Aws.CreateNetworkInterfaceRequest request) => RefuseTogether(
        ("privateIpAddresses", request.PrivateIpAddresses is { Count: > 0 } list && list.Any(a => a.Primary != true)),
        ("secondaryPrivateIpAddressCount", request.SecondaryPrivateIpAddressCount is > 0),
        ("ipv4Prefixes", request.Ipv4Prefixes is { Count: > 0 }),
        ("ipv4PrefixCount", request.Ipv4PrefixCount is > 0));

    private static void RefuseTogetherV6(Aws.CreateNetworkInterfaceRequest request) => RefuseTogether(
        ("ipv6Addresses", request.Ipv6Addresses is { Count: > 0 }),
        ("ipv6AddressCount", request.Ipv6AddressCount is > 0),
        ("ipv6Prefixes", request.Ipv6Prefixes is { Count: > 0 }),
        ("ipv6PrefixCount", request.Ipv6PrefixCount is > 0));

    /// <summary>Refuses a request that gives more than one of several parameters.</summary>
    internal static void RefuseTogether(params ReadOnlySpan<(string Name, bool Given)> parameters)
    {
        string? first = null;
        foreach ((string name, bool given) in parameters)
        {
            if (given && first is not null)
            {
                throw Fault.Combination($"The parameter {name} cannot be used with the parameter {first}");
            }

            first = given ? name : first;
        }
    }
}
