using System.Text.Json.Nodes;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Ec2;
using Trunkline.Planes;
using Trunkline.Store;

namespace Trunkline.Tests.Control;

/// <summary>The loop that makes a plane carry what is durable, on a plane in memory that counts what is written.</summary>
public sealed class PlaneFollowerTests : IAsyncDisposable
{
    private static readonly PartitionKey Home = new("000000000000", "us-east-1");
    private static readonly CancellationToken Stop = CancellationToken.None;

    private readonly Ec2Service ec2 = new();
    private readonly FakePlane plane = new();
    private readonly Engine engine;
    private readonly PlaneFollower follower;
    private ulong seed;

    public PlaneFollowerTests()
    {
        engine = new Engine(new NoStore(), TimeProvider.System, () => ++seed, Quotas.Off);
        follower = new PlaneFollower(plane, engine, TimeProvider.System, "a test asked for it", ["no sea"]);
    }

    public async ValueTask DisposeAsync()
    {
        await follower.DisposeAsync();
        await plane.DisposeAsync();
    }

    [Fact]
    public async Task What_is_durable_is_carried_and_what_is_gone_is_removed()
    {
        follower.Start();
        string id = await Create();
        await follower.Settled(Stop);
        Assert.Contains(id, plane.Objects.Keys);
        await Run(context => ec2.DeleteNetworkInterface(context, new() { NetworkInterfaceId = id }));
        PlaneStatus status = await follower.Settled(Stop);
        Assert.DoesNotContain(id, plane.Objects.Keys);
        Assert.True(status.IsSettled);
        Assert.Equal((0, 0), (status.ObjectsDesired, status.ObjectsThere));
        Assert.Equal("a test asked for it", status.Why);
    }

    [Fact]
    public async Task A_version_that_changes_nothing_here_writes_nothing()
    {
        follower.Start();
        await Create();
        await follower.Settled(Stop);
        long writes = plane.Writes;
        await Run(context => context.Put(new InternetGateway { Id = new("igw-0aaaaaaaaaaaaaaaa") }));
        PlaneStatus status = await follower.Settled(Stop);
        Assert.True(status.IsSettled);
        Assert.Equal((writes, 1L), (plane.Writes, plane.Writes));
        Assert.Equal(1, plane.Applications);
        Assert.Equal(1, status.Writes);
    }

    [Fact]
    public async Task A_new_server_adopts_what_is_there_and_writes_nothing()
    {
        follower.Start();
        await Create();
        await follower.Settled(Stop);
        await follower.DisposeAsync();
        Engine next = new(new Kept(engine.Published), TimeProvider.System, () => ++seed, Quotas.Off);
        await using PlaneFollower second = new(plane, next, TimeProvider.System, "again", []);
        second.Start();
        PlaneStatus status = await second.Settled(Stop);
        Assert.True(status.IsSettled);
        Assert.Equal(1, plane.Writes);
        Assert.Equal(0, status.Writes);
    }

    [Fact]
    public async Task A_burst_is_one_step_and_no_request_waits()
    {
        follower.Start();
        await follower.Settled(Stop);
        await plane.Brake.WaitAsync(Stop);
        await Create();
        await Until(() => follower.Status.DesiredVersion == 1);
        for (int i = 0; i < 30; i++)
        {
            await Create();
        }

        Assert.Equal(0, plane.Writes);
        plane.Brake.Release();
        await follower.Settled(Stop);
        Assert.Equal(31, plane.Objects.Count);
        Assert.Equal(31, plane.Writes);
        Assert.InRange(plane.Applications, 2, 3);
    }

    [Fact]
    public async Task What_fails_is_told_with_its_reason_and_tried_again_until_it_holds()
    {
        plane.FailWhere(step => $"no room for {step.Place}");
        follower.Start();
        string id = await Create();
        PlaneStatus failed = await follower.Settled(Stop);
        Assert.False(failed.IsSettled);
        Assert.Equal($"no room for {id}", Assert.Single(failed.Failures).Why);
        Assert.True(failed.Attempts >= 3);
        Assert.True(failed.AppliedVersion < failed.DesiredVersion);
        Fault told = await Assert.ThrowsAsync<Fault>(async () => await follower.Ask(Home, "settle", [], null, Stop));
        Assert.Contains($"no room for {id}", told.Message, StringComparison.Ordinal);
        plane.FailWhere(_ => null);
        await Until(() => follower.Status.IsSettled);
        Assert.Contains(id, plane.Objects.Keys);
        Assert.Equal(0, follower.Status.Attempts);
    }

    [Fact]
    public async Task An_instance_without_its_network_fails_its_status_checks()
    {
        follower.Start();
        await Run(context => ec2.RunInstances(context, new() { ImageId = Image(context), InstanceType = "t3.micro", MinCount = 1, MaxCount = 1 }));
        await follower.Settled(Stop);
        Aws.InstanceStatus well = await StatusOf([]);
        Assert.Equal(("ok", "passed"), (well.SystemStatus!.Status, well.SystemStatus.Details![0].Status));
        plane.FailWhere(_ => "no room", machine: well.InstanceId);
        await Create();
        await Until(() => follower.Status.Failures.Count > 0);
        Aws.InstanceStatus ill = await StatusOf([new Aws.Filter { Name = "system-status.status", Values = ["impaired"] }]);
        Assert.Equal(("impaired", "failed"), (ill.SystemStatus!.Status, ill.SystemStatus.Details![0].Status));
        plane.FailWhere(_ => null);
        await Until(() => follower.Status.IsSettled);
        Assert.Equal("ok", (await StatusOf([])).SystemStatus!.Status);
    }

    [Fact]
    public async Task What_another_hand_removes_is_put_back()
    {
        follower.Start();
        string id = await Create();
        await follower.Settled(Stop);
        plane.Lose(id);
        await Until(() => plane.Objects.ContainsKey(id));
        Assert.Equal(2, plane.Writes);
    }

    [Fact]
    public async Task The_status_is_told_as_json()
    {
        follower.Start();
        JsonNode status = (await follower.Ask(Home, "settle", [], null, Stop))!;
        Assert.Equal("fake", (string?)status["name"]);
        Assert.Equal("no sea", (string?)status["lacks"]![0]);
        Assert.True((bool)status["settled"]!);
        Fault unknown = await Assert.ThrowsAsync<Fault>(async () => await follower.Ask(Home, "exec", [], null, Stop));
        Assert.Contains("does not answer 'exec'", unknown.Message, StringComparison.Ordinal);
    }

    private string Image(CommandContext context) => ec2.DescribeImages(context, new() { Owners = ["amazon"] }).Images![0].ImageId!;

    private async Task<Aws.InstanceStatus> StatusOf(IReadOnlyList<Aws.Filter> filters)
    {
        Outcome outcome = await Run(context => ec2.DescribeInstanceStatus(context, new() { Filters = filters }), isRead: true);
        return Assert.Single(((Aws.DescribeInstanceStatusResult)outcome.Output!).InstanceStatuses!);
    }

    private async Task<string> Create()
    {
        string subnet = engine.Published.Partition(Home).All<Subnet>().First().Key;
        Outcome outcome = await Run(context => ec2.CreateNetworkInterface(context, new() { SubnetId = subnet }));
        return ((Aws.CreateNetworkInterfaceResult)outcome.Output!).NetworkInterface!.NetworkInterfaceId!;
    }

    private async Task<Outcome> Run(Func<CommandContext, object> run, bool isRead = false)
    {
        Caller caller = new(Home, "test", "request");
        Outcome outcome = await engine.Execute(
            new Command(caller, "test:Run", isRead, IsDryRun: false, ClientToken: null, () => "", run, _ => ""));
        Assert.Null(outcome.Fault);
        return outcome;
    }

    private static async Task Until(Func<bool> condition)
    {
        long deadline = Environment.TickCount64 + 10_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "not in time");
            await Task.Delay(5);
        }
    }

    /// <summary>A store that has a cloud already.</summary>
    private sealed class Kept(CloudSnapshot cloud) : IStore
    {
        public CloudSnapshot Load() => cloud;

        public ValueTask Append(Batch batch) => ValueTask.CompletedTask;

        public ValueTask<IReadOnlyList<AuditLine>> Audit(int limit) => ValueTask.FromResult<IReadOnlyList<AuditLine>>([]);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
