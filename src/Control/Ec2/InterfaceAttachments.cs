using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Interfaces on instances. Source: EC2 API, AttachNetworkInterface, DetachNetworkInterface.</summary>
public sealed partial class Ec2Service
{
    public Aws.AttachNetworkInterfaceResult AttachNetworkInterface(CommandContext context, Aws.AttachNetworkInterfaceRequest request)
    {
        if (request.EnaSrdSpecification is not null || request.EnaQueueCount is not null)
        {
            throw Fault.Unsupported(request.EnaQueueCount is null ? "EnaSrdSpecification" : "EnaQueueCount");
        }

        NetworkInterface eni = InterfaceIds.Get(context, request.NetworkInterfaceId);
        Instance instance = InstanceIds.Get(context, request.InstanceId);
        int device = Door.Required(request.DeviceIndex, "deviceIndex");
        int card = request.NetworkCardIndex ?? 0;
        RefuseManaged(eni);
        RefuseAttached(eni);
        CheckAttachable(context, eni, instance, device, card);
        InterfaceAttachment attachment = new(
            context.NewId("eni-attach"), instance.Id, context.Account, device, card, context.Now, DeleteOnTermination: false);
        context.Put(eni with { Attachment = attachment });
        return new Aws.AttachNetworkInterfaceResult { AttachmentId = attachment.Id, NetworkCardIndex = card };
    }

    /// <remarks>Force changes nothing here: a detachment is done at once.</remarks>
    public Aws.DetachNetworkInterfaceResult DetachNetworkInterface(CommandContext context, Aws.DetachNetworkInterfaceRequest request)
    {
        string id = Door.Required(request.AttachmentId, "attachmentId");
        if (id.StartsWith("ela-attach-", StringComparison.Ordinal))
        {
            throw new Fault("OperationNotPermitted", "You are not allowed to manage 'ela-attach' attachments.");
        }

        if (!id.StartsWith("eni-attach-", StringComparison.Ordinal))
        {
            throw new Fault("InvalidAttachmentID.Malformed", $"Invalid id: \"{id}\" (expecting \"eni-attach-...\")");
        }

        NetworkInterface eni = context.Here.By<NetworkInterface>(id).FirstOrDefault(e => e.Attachment?.Id == id) ?? throw NoSuchAttachment(id);
        RefuseManaged(eni);
        if (eni.Attachment is { DeviceIndex: 0, NetworkCardIndex: 0 })
        {
            throw new Fault("OperationNotPermitted", "The network interface at device index 0 and networkCard index 0 cannot be detached.");
        }

        context.Put(eni with { Attachment = null });
        return new();
    }

    /// <summary>Refuses an interface that something has already.</summary>
    internal static void RefuseAttached(NetworkInterface eni)
    {
        if (eni.Attachment is not null)
        {
            throw new Fault("InvalidNetworkInterface.InUse", $"Interface: [{eni.Id}] in use.");
        }
    }

    internal static Fault NoSuchAttachment(string id) =>
        new("InvalidAttachmentID.NotFound", $"The interface attachment '{id}' does not exist.");

    private static void CheckAttachable(CommandContext context, NetworkInterface eni, Instance instance, int device, int card)
    {
        if (instance.State is not (InstanceState.Running or InstanceState.Stopped))
        {
            throw new Fault("IncorrectState", $"Instance '{instance.Id}' is not 'running' or 'stopped'.");
        }

        if (context.Here.Get(eni.SubnetId).Zone != instance.Zone)
        {
            throw Fault.Combination(
                "You may not attach a network interface to an instance if they are not in the same availability zone");
        }

        if (device is < 0 or > 65_535)
        {
            throw Fault.InvalidValue(device.ToString(System.Globalization.CultureInfo.InvariantCulture), "deviceIndex");
        }

        List<NetworkInterface> present = [.. context.Here.By<NetworkInterface>(instance.Id.Value)];
        if (present.Any(e => e.Attachment is { } a && a.DeviceIndex == device && a.NetworkCardIndex == card))
        {
            throw Fault.Invalid($"Instance '{instance.Id}' already has an interface attached at device index '{device}'.");
        }

        InterfaceLimits.CheckAttach(instance, card, present.Count + 1);
        InterfaceLimits.CheckAddresses(instance, eni);
    }
}
