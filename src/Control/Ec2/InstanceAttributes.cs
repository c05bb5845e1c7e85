using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Attributes of instances. Source: EC2 API, DescribeInstanceAttribute, ModifyInstanceAttribute, ResetInstanceAttribute.</summary>
public sealed partial class Ec2Service
{
    public Aws.InstanceAttribute DescribeInstanceAttribute(CommandContext context, Aws.DescribeInstanceAttributeRequest request)
    {
        Instance instance = InstanceInSight(context, request.InstanceId);
        Partition here = context.Here;
        Aws.InstanceAttribute shown = new() { InstanceId = instance.Key };
        string attribute = Door.Required(request.Attribute, "attribute");
        return attribute switch
        {
            "instanceType" => shown with { InstanceType = new() { Value = instance.InstanceType } },
            "kernel" => shown with { KernelId = new() },
            "ramdisk" => shown with { RamdiskId = new() },
            "userData" => shown with { UserData = new() { Value = instance.UserData } },
            "disableApiTermination" => shown with { DisableApiTermination = new() { Value = instance.DisableApiTermination } },
            "disableApiStop" => shown with { DisableApiStop = new() { Value = instance.DisableApiStop } },
            "instanceInitiatedShutdownBehavior" =>
                shown with { InstanceInitiatedShutdownBehavior = new() { Value = instance.ShutdownBehavior } },
            "rootDeviceName" => shown with { RootDeviceName = new() { Value = instance.RootDeviceName } },
            "blockDeviceMapping" => shown with { BlockDeviceMappings = DevicesOf(here, instance) },
            "productCodes" => shown with { ProductCodes = [] },
            "sourceDestCheck" => shown with { SourceDestCheck = new() { Value = SoleInterface(here, instance).SourceDestCheck } },
            "groupSet" => shown with { Groups = GroupsToWire(here, SoleInterface(here, instance)) },
            "ebsOptimized" => shown with { EbsOptimized = new() { Value = instance.EbsOptimized } },
            "sriovNetSupport" => shown with { SriovNetSupport = new() },
            "enaSupport" => shown with { EnaSupport = new() { Value = instance.EnaSupport } },
            "enclaveOptions" => shown with { EnclaveOptions = new() { Enabled = instance.EnclaveEnabled } },
            _ => throw Fault.InvalidValue(attribute, "attribute"),
        };
    }

    public Aws.ModifyInstanceAttributeResult ModifyInstanceAttribute(
        CommandContext context, Aws.ModifyInstanceAttributeRequest request)
    {
        Instance instance = InstanceInSight(context, request.InstanceId);
        if (instance.State == InstanceState.Terminated)
        {
            throw IncorrectState(instance, "modified");
        }

        Aws.ModifyInstanceAttributeRequest asked = request.Attribute is null ? request : ByName(request);
        OneAttribute<Instance> change = new();
        change.Add("disableApiTermination", asked.DisableApiTermination, (row, on) => row with { DisableApiTermination = on });
        change.Add("disableApiStop", asked.DisableApiStop, (row, on) => row with { DisableApiStop = on });
        change.Add("sourceDestCheck", asked.SourceDestCheck, (row, on) => PutOnInterface(context, row, e => e with { SourceDestCheck = on }));
        change.Add("ebsOptimized", asked.EbsOptimized, (row, on) => Stopped(row) with
        {
            EbsOptimized = CheckedEbsOptimized(InstanceTypeFacts.Of(row.InstanceType), on),
        });
        change.Add("enaSupport", asked.EnaSupport, (row, on) => on
            ? Stopped(row) with { EnaSupport = true }
            : throw Fault.Combination("Enhanced networking with ENA can not be turned off once it is enabled."));
        change.Add("instanceType", asked.InstanceType, row => WithType(context, Stopped(row), asked.InstanceType?.Value));
        change.Add("userData", asked.UserData, row => Stopped(row) with { UserData = UserDataOf(asked.UserData) });
        change.Add("instanceInitiatedShutdownBehavior", asked.InstanceInitiatedShutdownBehavior, row => row with
        {
            ShutdownBehavior = Door.OneOf(
                Door.Required(asked.InstanceInitiatedShutdownBehavior?.Value, "instanceInitiatedShutdownBehavior"),
                "instanceInitiatedShutdownBehavior", "stop", "terminate")!,
        });
        change.Add("groupSet", asked.Groups is { Count: > 0 } ? asked.Groups : null, row => PutOnInterface(
            context, row, e => e with { Groups = InterfaceMaker.CheckedGroups(context, e.VpcId, asked.Groups) }));
        change.Add(
            "blockDeviceMapping", asked.BlockDeviceMappings is { Count: > 0 } ? asked.BlockDeviceMappings : null,
            row => WithDevices(context, row, asked.BlockDeviceMappings!));
        change.Add("kernel", asked.Kernel, _ => throw Fault.Unsupported("Kernel"));
        change.Add("ramdisk", asked.Ramdisk, _ => throw Fault.Unsupported("Ramdisk"));
        change.Add("sriovNetSupport", asked.SriovNetSupport, row => asked.SriovNetSupport?.Value == "simple"
            ? Stopped(row) : throw Fault.InvalidValue(asked.SriovNetSupport?.Value, "sriovNetSupport"));
        context.Put(change.Apply(instance));
        return new Aws.ModifyInstanceAttributeResult();
    }

    public Aws.ResetInstanceAttributeResult ResetInstanceAttribute(CommandContext context, Aws.ResetInstanceAttributeRequest request)
    {
        Instance instance = InstanceInSight(context, request.InstanceId);
        switch (request.Attribute)
        {
            case "sourceDestCheck":
                PutOnInterface(context, instance, e => e with { SourceDestCheck = true });
                return new Aws.ResetInstanceAttributeResult();
            case "kernel" or "ramdisk":
                throw Fault.Unsupported(request.Attribute);
            default:
                throw Fault.InvalidValue(request.Attribute, "attribute");
        }
    }

    /// <summary>The older form of the request: an attribute's name and its value as text.</summary>
    private static Aws.ModifyInstanceAttributeRequest ByName(Aws.ModifyInstanceAttributeRequest request)
    {
        if (request.BlockDeviceMappings is { Count: > 0 } || request.Groups is { Count: > 0 })
        {
            return request;
        }

        string value = Door.Required(request.Value, "value");
        Aws.AttributeValue text = new() { Value = value };
        return request.Attribute switch
        {
            "instanceType" => request with { InstanceType = text },
            "kernel" => request with { Kernel = text },
            "ramdisk" => request with { Ramdisk = text },
            "userData" => request with { UserData = new() { Value = System.Text.Encoding.UTF8.GetBytes(value) } },
            "disableApiTermination" => request with { DisableApiTermination = BoolOf(value) },
            "disableApiStop" => request with { DisableApiStop = BoolOf(value) },
            "instanceInitiatedShutdownBehavior" => request with { InstanceInitiatedShutdownBehavior = text },
            "sourceDestCheck" => request with { SourceDestCheck = BoolOf(value) },
            "ebsOptimized" => request with { EbsOptimized = BoolOf(value) },
            "sriovNetSupport" => request with { SriovNetSupport = text },
            "enaSupport" => request with { EnaSupport = BoolOf(value) },
            "groupSet" => request with { Groups = [value] },
            _ => throw Fault.InvalidValue(request.Attribute, "attribute"),
        };
    }

    private static Aws.AttributeBooleanValue BoolOf(string value) => value.ToLowerInvariant() switch
    {
        "true" => new() { Value = true },
        "false" => new() { Value = false },
        _ => throw Fault.InvalidValue(value, "value"),
    };

    private static Instance Stopped(Instance instance) => instance.State == InstanceState.Stopped ? instance : throw new Fault(
        "IncorrectInstanceState", $"The instance '{instance.Id}' is not in the 'stopped' state.");

    /// <summary>The wire has undone the base64 of a blob; the row keeps user data in base64, as RunInstances takes it.</summary>
    private static string? UserDataOf(Aws.SecureBlobAttributeValue? asked)
    {
        byte[] bytes = asked?.Value ?? [];
        return bytes.Length <= MostUserData
            ? bytes.Length == 0 ? null : Convert.ToBase64String(bytes)
            : throw Fault.Invalid($"User data is limited to {MostUserData} bytes");
    }

    private static Instance WithType(CommandContext context, Instance instance, string? name)
    {
        InstanceTypeFacts type = CheckedType(name);
        RefuseOtherArchitecture(ImageOf(context.Here, instance), type);
        List<NetworkInterface> interfaces = InterfacesOf(context.Here, instance);
        if (interfaces.Count > type.Interfaces)
        {
            throw new Fault("AttachmentLimitExceeded", $"Interface count {interfaces.Count} exceeds the limit for {type.Name}");
        }

        Instance changed = instance with
        {
            InstanceType = type.Name,
            CpuCredits = type.Burstable ? instance.CpuCredits ?? type.DefaultCredits : null,
            CpuCoreCount = null,
            CpuThreadsPerCore = null,
            EbsOptimized = instance.EbsOptimized && type.Family.EbsOptimized != "unsupported",
        };
        foreach (NetworkInterface eni in interfaces)
        {
            InterfaceLimits.CheckAddresses(changed, eni);
        }

        return changed;
    }

    /// <summary>The instance's only interface; with more, the interface itself must be named.</summary>
    private static NetworkInterface SoleInterface(Partition here, Instance instance) => InterfacesOf(here, instance) switch
    {
        [var only] => only,
        [] => throw new Fault("IncorrectInstanceState", $"The instance '{instance.Id}' has no network interface."),
        _ => throw new Fault(
            "InvalidInstanceID",
            $"There are multiple interfaces attached to instance '{instance.Id}'. Please specify an interface ID for the operation instead."),
    };

    private static Instance PutOnInterface(CommandContext context, Instance instance, Func<NetworkInterface, NetworkInterface> change)
    {
        context.Put(change(SoleInterface(context.Here, instance)));
        return instance;
    }

    private static Instance WithDevices(
        CommandContext context, Instance instance, IReadOnlyList<Aws.InstanceBlockDeviceMappingSpecification> mappings)
    {
        foreach (Aws.InstanceBlockDeviceMappingSpecification mapping in mappings)
        {
            string device = Door.Required(mapping.DeviceName, "deviceName");
            if (mapping.NoDevice is not null || mapping.VirtualName is not null)
            {
                throw Fault.Unsupported(mapping.NoDevice is null ? "BlockDeviceMapping.VirtualName" : "BlockDeviceMapping.NoDevice");
            }

            Volume volume = context.Here.By<Volume>(instance.Key)
                .FirstOrDefault(v => v.Attachments.Any(a => a.InstanceId == instance.Id && a.Device == device))
                ?? throw new Fault("InvalidInstanceAttributeValue", $"No device is currently mapped at {device}");
            if (mapping.Ebs?.VolumeId is { } id && id != volume.Key)
            {
                throw new Fault("InvalidInstanceAttributeValue", $"Volume '{id}' is not mapped at {device}");
            }

            if (mapping.Ebs?.DeleteOnTermination is { } delete)
            {
                ImmutableArray<VolumeAttachment> attachments =
                    [.. volume.Attachments.Select(a => a.InstanceId == instance.Id ? a with { DeleteOnTermination = delete } : a)];
                context.Put(volume with { Attachments = attachments });
            }
        }

        return instance;
    }
}
