using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>What an instance's machine would tell; no machine runs here, so each answer is AWS's for an instance that told nothing.</summary>
public sealed partial class Ec2Service
{
    /// <summary>Empty: AWS answers so until Windows has made its password, and for every other system.</summary>
    public Aws.GetPasswordDataResult GetPasswordData(CommandContext context, Aws.GetPasswordDataRequest request)
    {
        Instance instance = InstanceInSight(context, request.InstanceId);
        return new Aws.GetPasswordDataResult { InstanceId = instance.Key, Timestamp = instance.LaunchTime, PasswordData = "" };
    }

    /// <summary>Empty: nothing was written to the console yet.</summary>
    public Aws.GetConsoleOutputResult GetConsoleOutput(CommandContext context, Aws.GetConsoleOutputRequest request)
    {
        Instance instance = InstanceInSight(context, request.InstanceId);
        if (request.Latest == true && !InstanceTypeFacts.Of(instance.InstanceType).IsNitro)
        {
            throw new Fault(
                "UnsupportedOperation", $"The instance type {instance.InstanceType} does not support retrieving the latest console output.");
        }

        return new Aws.GetConsoleOutputResult { InstanceId = instance.Key, Timestamp = context.Now };
    }

    public Aws.GetInstanceUefiDataResult GetInstanceUefiData(CommandContext context, Aws.GetInstanceUefiDataRequest request)
    {
        Instance instance = InstanceInSight(context, request.InstanceId);
        string boot = BootModeOf(ImageOf(context.Here, instance), InstanceTypeFacts.Find(instance.InstanceType));
        return boot == "uefi" ? new Aws.GetInstanceUefiDataResult { InstanceId = instance.Key, UefiData = "" } : throw new Fault(
            "UnsupportedOperation", $"The instance '{instance.Id}' does not boot in UEFI mode.");
    }
}
