using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Ec2;

public sealed class InstanceStateTests
{
    private readonly Lab lab = new();

    [Fact]
    public void Rule036_an_automatic_address_goes_with_a_stop_and_another_comes_with_a_start()
    {
        (_, string subnet) = lab.NewNetwork(publicIps: true);
        string id = lab.LaunchOne(Launches.Ask(subnet)).InstanceId!;
        string? before = lab.DescribedInstance(id).PublicIpAddress;
        Assert.NotNull(before);
        Aws.InstanceStateChange stopping = lab.Run((ec2, c) => ec2.StopInstances(c, new() { InstanceIds = [id] })).StoppingInstances!.Single();
        Assert.Equal(("stopping", "running"), (stopping.CurrentState!.Name, stopping.PreviousState!.Name));
        Aws.Instance stopped = lab.DescribedInstance(id);
        Assert.Equal("stopped", stopped.State!.Name);
        Assert.Null(stopped.PublicIpAddress);
        Assert.Equal("Client.UserInitiatedShutdown", stopped.StateReason!.Code);
        Assert.Equal("User initiated (2026-01-02 03:04:05 GMT)", stopped.StateTransitionReason);
        lab.Now = lab.Now.AddMinutes(5);
        Aws.InstanceStateChange starting = lab.Run((ec2, c) => ec2.StartInstances(c, new() { InstanceIds = [id] })).StartingInstances!.Single();
        Assert.Equal(("pending", "stopped"), (starting.CurrentState!.Name, starting.PreviousState!.Name));
        Aws.Instance started = lab.DescribedInstance(id);
        Assert.NotNull(started.PublicIpAddress);
        Assert.NotEqual(before, started.PublicIpAddress);
        Assert.Equal(stopped.PrivateIpAddress, started.PrivateIpAddress);
        Assert.Equal(lab.Now, started.LaunchTime);
        Assert.Null(started.StateReason);
    }

    [Fact]
    public void Rule036_with_a_second_interface_no_new_address_comes()
    {
        (_, string subnet) = lab.NewNetwork(publicIps: true);
        string id = lab.LaunchOne(Launches.Ask(subnet)).InstanceId!;
        string eni = lab.NewEni(subnet).NetworkInterfaceId!;
        lab.Run((ec2, c) => ec2.AttachNetworkInterface(c, new() { InstanceId = id, NetworkInterfaceId = eni, DeviceIndex = 1 }));
        lab.Run((ec2, c) => ec2.StopInstances(c, new() { InstanceIds = [id] }));
        lab.Run((ec2, c) => ec2.StartInstances(c, new() { InstanceIds = [id] }));
        Assert.Null(lab.DescribedInstance(id).PublicIpAddress);
    }

    [Fact]
    public void Rule038_an_elastic_ip_stays_over_a_stop()
    {
        (_, string subnet) = lab.NewNetwork(publicIps: true);
        string id = lab.LaunchOne(Launches.Ask(subnet)).InstanceId!;
        string eip = lab.NewEip();
        lab.Run((ec2, c) => ec2.AssociateAddress(c, new() { AllocationId = eip, InstanceId = id }));
        string? address = lab.DescribedInstance(id).PublicIpAddress;
        Assert.Equal(lab.DescribedEip(eip).PublicIp, address);
        lab.Run((ec2, c) => ec2.StopInstances(c, new() { InstanceIds = [id] }));
        Assert.Equal(address, lab.DescribedInstance(id).PublicIpAddress);
    }

    [Fact]
    public void A_terminated_instance_holds_on_to_nothing_and_is_seen_for_an_hour()
    {
        (string vpc, string subnet) = lab.NewNetwork();
        string kept = lab.NewEni(subnet).NetworkInterfaceId!;
        Aws.Instance launched = lab.LaunchOne(Launches.Ask() with { NetworkInterfaces = [Launches.Spec(0, subnet), Launches.Spec(1, eni: kept)] });
        string id = launched.InstanceId!;
        string eip = lab.NewEip();
        string primary = launched.NetworkInterfaces![0].NetworkInterfaceId!;
        lab.Run((ec2, c) => ec2.AssociateAddress(c, new() { AllocationId = eip, NetworkInterfaceId = primary }));
        Aws.InstanceStateChange ending = lab.Run((ec2, c) => ec2.TerminateInstances(c, new() { InstanceIds = [id] })).TerminatingInstances!.Single();
        Assert.Equal(("shutting-down", "running"), (ending.CurrentState!.Name, ending.PreviousState!.Name));
        Aws.Instance ended = lab.DescribedInstance(id);
        Assert.Equal("terminated", ended.State!.Name);
        Assert.Null(ended.SubnetId);
        Assert.Null(ended.PrivateIpAddress);
        Assert.Empty(ended.NetworkInterfaces!);
        Assert.Null(lab.Here.Find(new Id<NetworkInterface>(primary)));
        Assert.Null(lab.Here.Get(new Id<NetworkInterface>(kept)).Attachment);
        Assert.Null(lab.DescribedEip(eip).AssociationId);
        Assert.Empty(lab.Here.All<Volume>());
        lab.Run((ec2, c) => ec2.DeleteNetworkInterface(c, new() { NetworkInterfaceId = kept }));
        lab.Run((ec2, c) => ec2.DeleteSubnet(c, new() { SubnetId = subnet }));
        Assert.Equal("IncorrectInstanceState", lab.Refused((ec2, c) => ec2.StartInstances(c, new() { InstanceIds = [id] })));
        Assert.Equal("IncorrectInstanceState", lab.Refused((ec2, c) => ec2.StopInstances(c, new() { InstanceIds = [id] })));
        Assert.Equal("terminated", lab.Run((ec2, c) => ec2.TerminateInstances(c, new() { InstanceIds = [id] }))
            .TerminatingInstances!.Single().CurrentState!.Name);
        Assert.NotEmpty(vpc);
        lab.Now = lab.Now.AddMinutes(61);
        Assert.Empty(lab.DescribedInstances(new()));
        Assert.Equal("InvalidInstanceID.NotFound", lab.Refused((ec2, c) => ec2.DescribeInstances(c, new() { InstanceIds = [id] })));
    }

    [Fact]
    public void Protection_refuses_until_it_is_taken_off()
    {
        string id = lab.LaunchOne(Launches.Ask() with { DisableApiTermination = true, DisableApiStop = true }).InstanceId!;
        Fault fault = lab.FaultOf((ec2, c) => ec2.TerminateInstances(c, new() { InstanceIds = [id] }));
        Assert.Equal("OperationNotPermitted", fault.Code);
        Assert.Equal(
            $"The instance '{id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.", fault.Message);
        Assert.Equal("OperationNotPermitted", lab.Refused((ec2, c) => ec2.StopInstances(c, new() { InstanceIds = [id] })));
        lab.Run((ec2, c) => ec2.ModifyInstanceAttribute(c, new() { InstanceId = id, DisableApiTermination = new() { Value = false } }));
        lab.Run((ec2, c) => ec2.TerminateInstances(c, new() { InstanceIds = [id] }));
    }

    [Fact]
    public void Ids_that_are_not_there_are_named()
    {
        Assert.Equal("MissingParameter", lab.Refused((ec2, c) => ec2.StopInstances(c, new())));
        Assert.Equal("InvalidInstanceID.Malformed", lab.Refused((ec2, c) => ec2.StopInstances(c, new() { InstanceIds = ["web"] })));
        Fault fault = lab.FaultOf((ec2, c) => ec2.RebootInstances(
            c, new() { InstanceIds = ["i-0123456789abcdef0", "i-0123456789abcdef1"] }));
        Assert.Equal("InvalidInstanceID.NotFound", fault.Code);
        Assert.Equal("The instance IDs 'i-0123456789abcdef0, i-0123456789abcdef1' do not exist", fault.Message);
    }

    [Fact]
    public void Hibernation_needs_to_be_configured()
    {
        string plain = lab.LaunchOne(Launches.Ask()).InstanceId!;
        Assert.Equal("UnsupportedHibernationConfiguration", lab.Refused((ec2, c) => ec2.StopInstances(
            c, new() { InstanceIds = [plain], Hibernate = true })));
        string able = lab.LaunchOne(Launches.Ask() with
        {
            HibernationOptions = new() { Configured = true },
            BlockDeviceMappings = [new() { DeviceName = "/dev/xvda", Ebs = new() { Encrypted = true } }],
        }).InstanceId!;
        lab.Run((ec2, c) => ec2.StopInstances(c, new() { InstanceIds = [able], Hibernate = true }));
        Assert.Equal("Client.UserInitiatedHibernate", lab.DescribedInstance(able).StateReason!.Code);
    }

    [Fact]
    public void Monitoring_is_turned_on_and_off()
    {
        string id = lab.LaunchOne(Launches.Ask()).InstanceId!;
        Assert.Equal("UnsupportedOperation", lab.Refused(
            (ec2, c) => ec2.MonitorInstances(c, new() { InstanceIds = [id], MetricCategoryIds = ["mc-1"] })));
        Assert.Equal("UnsupportedOperation", lab.Refused(
            (ec2, c) => ec2.UnmonitorInstances(c, new() { InstanceIds = [id], MetricCategoryIds = ["mc-1"] })));
        Assert.Equal("pending", lab.Run((ec2, c) => ec2.MonitorInstances(c, new() { InstanceIds = [id] })).InstanceMonitorings!.Single().Monitoring!.State);
        Assert.Equal("enabled", lab.DescribedInstance(id).Monitoring!.State);
        Assert.Equal("disabling", lab.Run((ec2, c) => ec2.UnmonitorInstances(c, new() { InstanceIds = [id] })).InstanceMonitorings!.Single().Monitoring!.State);
        Assert.Equal("disabled", lab.DescribedInstance(id).Monitoring!.State);
    }

    [Fact]
    public void Status_shows_running_instances_unless_all_are_asked_for()
    {
        string up = lab.LaunchOne(Launches.Ask()).InstanceId!;
        string down = lab.LaunchOne(Launches.Ask()).InstanceId!;
        lab.Run((ec2, c) => ec2.StopInstances(c, new() { InstanceIds = [down] }));
        Aws.InstanceStatus only = lab.Run((ec2, c) => ec2.DescribeInstanceStatus(c, new())).InstanceStatuses!.Single();
        Assert.Equal((up, "ok", "passed"), (only.InstanceId, only.InstanceStatusValue!.Status, only.SystemStatus!.Details!.Single().Status));
        IReadOnlyList<Aws.InstanceStatus> all =
            lab.Run((ec2, c) => ec2.DescribeInstanceStatus(c, new() { IncludeAllInstances = true })).InstanceStatuses!;
        Assert.Equal("not-applicable", all.Single(s => s.InstanceId == down).InstanceStatusValue!.Status);
    }
}
