using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Attributes of network interfaces, one in each request. Source: EC2 API, ModifyNetworkInterfaceAttribute.</summary>
public sealed partial class Ec2Service
{
    public Aws.DescribeNetworkInterfaceAttributeResult DescribeNetworkInterfaceAttribute(
        CommandContext context, Aws.DescribeNetworkInterfaceAttributeRequest request)
    {
        NetworkInterface eni = InterfaceIds.Get(context, request.NetworkInterfaceId);
        Aws.DescribeNetworkInterfaceAttributeResult result = new() { NetworkInterfaceId = eni.Id.Value };
        return Door.Required(request.Attribute, "attribute") switch
        {
            "description" => result with { Description = new Aws.AttributeValue { Value = eni.Description } },
            "groupSet" => result with { Groups = GroupsToWire(context.Here, eni) },
            "sourceDestCheck" => result with { SourceDestCheck = new Aws.AttributeBooleanValue { Value = eni.SourceDestCheck } },
            "attachment" => result with { Attachment = eni.Attachment is { } attachment ? ToWire(attachment) : null },
            "associatePublicIpAddress" => result with { AssociatePublicIpAddress = eni.AssociatePublicIp },
            _ => throw Fault.InvalidValue(request.Attribute, "attribute"),
        };
    }

    public Aws.ModifyNetworkInterfaceAttributeResult ModifyNetworkInterfaceAttribute(
        CommandContext context, Aws.ModifyNetworkInterfaceAttributeRequest request)
    {
        NetworkInterface eni = InterfaceIds.Get(context, request.NetworkInterfaceId);
        RefuseManaged(eni);
        string attribute = OneAttribute(
            ("description", request.Description is not null),
            ("groupSet", request.Groups is not null),
            ("sourceDestCheck", request.SourceDestCheck is not null),
            ("attachment", request.Attachment is not null),
            ("connectionTrackingSpecification", request.ConnectionTrackingSpecification is not null),
            ("enablePrimaryIpv6", request.EnablePrimaryIpv6 is not null),
            ("associatePublicIpAddress", request.AssociatePublicIpAddress is not null),
            ("EnaSrdSpecification", request.EnaSrdSpecification is not null),
            ("AssociatedSubnetIds", request.AssociatedSubnetIds is not null));
        if (attribute == "associatePublicIpAddress")
        {
            SetAssociatePublicIp(context, eni, request.AssociatePublicIpAddress == true);
            return new();
        }

        context.Put(attribute switch
        {
            "description" => eni with { Description = CheckedDescription(request.Description!.Value) },
            "groupSet" => eni with { Groups = InterfaceMaker.CheckedGroups(context, eni.VpcId, AtLeastOne(request.Groups!)) },
            "sourceDestCheck" => eni with { SourceDestCheck = Door.Required(request.SourceDestCheck!.Value, "SourceDestCheck.Value") },
            "attachment" => WithAttachment(eni, request.Attachment!),
            "connectionTrackingSpecification" =>
                eni with { Tracking = TrackingOf(request.ConnectionTrackingSpecification, eni.Tracking) },
            "enablePrimaryIpv6" => WithPrimaryIpv6(eni, request.EnablePrimaryIpv6 == true),
            _ => throw Fault.Unsupported(attribute),
        });
        return new();
    }

    public Aws.ResetNetworkInterfaceAttributeResult ResetNetworkInterfaceAttribute(
        CommandContext context, Aws.ResetNetworkInterfaceAttributeRequest request)
    {
        NetworkInterface eni = InterfaceIds.Get(context, request.NetworkInterfaceId);
        RefuseManaged(eni);
        if (request.SourceDestCheck is null)
        {
            throw Fault.Combination("No attributes specified.");
        }

        context.Put(eni with { SourceDestCheck = true });
        return new();
    }

    /// <summary>The one attribute that a request sets; none and several are refused.</summary>
    internal static string OneAttribute(params ReadOnlySpan<(string Name, bool Given)> attributes)
    {
        List<string> given = [];
        foreach ((string name, bool isGiven) in attributes)
        {
            if (isGiven)
            {
                given.Add(name);
            }
        }

        return given.Count switch
        {
            0 => throw Fault.Combination("No attributes specified."),
            1 => given[0],
            _ => throw Fault.Combination($"Fields for multiple attribute types specified: {string.Join(", ", given)}"),
        };
    }

    private static IReadOnlyList<string> AtLeastOne(IReadOnlyList<string> groups) =>
        groups.Count > 0 ? groups : throw Fault.Missing("SecurityGroupId");

    private static NetworkInterface WithAttachment(NetworkInterface eni, Aws.NetworkInterfaceAttachmentChanges changes)
    {
        if (changes.EnaQueueCount is not null || changes.DefaultEnaQueueCount is not null)
        {
            throw Fault.Unsupported(changes.EnaQueueCount is null ? "DefaultEnaQueueCount" : "EnaQueueCount");
        }

        string id = Door.Required(changes.AttachmentId, "AttachmentId");
        if (eni.Attachment is not { } attachment || attachment.Id != id)
        {
            throw NoSuchAttachment(id);
        }

        return eni with { Attachment = attachment with { DeleteOnTermination = changes.DeleteOnTermination ?? attachment.DeleteOnTermination } };
    }

    private static NetworkInterface WithPrimaryIpv6(NetworkInterface eni, bool enabled)
    {
        if (!enabled && eni.HasPrimaryIpv6)
        {
            throw new Fault("OperationNotPermitted", "The primary IPv6 address of a network interface cannot be disabled.");
        }

        return enabled && eni.Ipv6Addresses.IsEmpty
            ? throw Fault.Combination("A primary IPv6 address can be enabled only on a network interface that has an IPv6 address.")
            : eni with { HasPrimaryIpv6 = enabled };
    }

    /// <remarks>Acts at once on the primary interface of a running instance, on others at their next launch.</remarks>
    private static void SetAssociatePublicIp(CommandContext context, NetworkInterface eni, bool associate)
    {
        NetworkInterface changed = context.Put(eni with { AssociatePublicIp = associate });
        if (!associate)
        {
            ReleaseAutoPublicIps(context, changed);
        }
        else if (eni.Attachment?.InstanceId is { } id && context.Here.Find(id) is { State: InstanceState.Running } instance)
        {
            AssignAutoPublicIps(context, instance);
        }
    }
}
