using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Own;
using Trunkline.Forwarding;
using Trunkline.Store;
using Trunkline.Tests.Control.Ec2;
using Trunkline.Tests.Control.Ram;
using Trunkline.Tracing;

namespace Trunkline.Tests.Control.Own;

/// <summary>The cloud's clock ahead of the machine's and back, and what runs out then: requests for peerings between two accounts.</summary>
public sealed class WorldClockTests
{
    private const string Other = "111111111112";

    private readonly Lab lab = new();
    private readonly SetClock clock = new();
    private readonly List<Batch> batches = [];
    private readonly string peering;
    private readonly string peer;
    private readonly NetworkInterface ours;

    public WorldClockTests()
    {
        string vpc = lab.NewVpc().VpcId!;
        ours = lab.NewInstance(lab.NewSubnet(vpc, "10.0.1.0/24").SubnetId!).Eni;
        peer = lab.Run((ec2, c) => ec2.CreateVpc(c, new() { CidrBlock = "10.1.0.0/16" }), Other).Vpc!.VpcId!;
        peering = lab.Run((ec2, c) => ec2.CreateVpcPeeringConnection(c, new() { VpcId = vpc, PeerVpcId = peer, PeerOwnerId = Other }))
            .VpcPeeringConnection!.VpcPeeringConnectionId!;
        string table = lab.MainTable(vpc).Key;
        lab.Run((ec2, c) => ec2.CreateRoute(c, new() { RouteTableId = table, DestinationCidrBlock = "10.1.0.0/16", VpcPeeringConnectionId = peering }));
        clock.Now = lab.Now;
    }

    [Fact]
    public async Task Commands_and_reads_have_the_clouds_time_and_the_log_the_machines()
    {
        Engine engine = Begin();
        Assert.Equal(clock.Now, engine.Now);
        await Put(engine, "90m");
        Assert.Equal(clock.Now.AddMinutes(90), engine.Now);
        DateTimeOffset written = default;
        DateTimeOffset read = default;
        await Do(engine, c => written = c.Now);
        await Do(engine, c => read = c.Now, isRead: true);
        Assert.Equal((clock.Now.AddMinutes(90), clock.Now.AddMinutes(90)), (written, read));
        string made = Assert.IsType<Aws.CreateNatGatewayResult>(await Do(engine, c => lab.Ec2.CreateNatGateway(
            c, new() { SubnetId = ours.SubnetId.Value, ConnectivityType = "private" }))).NatGateway!.NatGatewayId!;
        Assert.Equal(clock.Now.AddMinutes(90), engine.Published.Partition(lab.Home).Get(new Id<NatGateway>(made)).CreateTime);
        Assert.All(batches, b => Assert.Equal(clock.Now, b.Audit.Time));
    }

    [Fact]
    public async Task A_request_runs_out_in_the_command_that_moves_the_clock_at_both_sides()
    {
        Engine engine = Begin();
        await Put(engine, "167h");
        Assert.Equal(("pending-acceptance", "pending-acceptance"), (await Status(engine), await Status(engine, Other)));
        await Put(engine, "7d");
        Batch last = batches[^1];
        Assert.Equal(TimeSpan.FromDays(7), last.World!.Ahead);
        Assert.Equal(
            [lab.Home, lab.Home with { Account = Other }],
            last.Changes.Where(c => c.Key == peering).Select(c => c.Partition).Order());
        Assert.All(last.Changes, c => Assert.Equal(PeeringStatus.Expired, Assert.IsType<VpcPeeringConnection>(c.After).Status));
        Assert.Equal(("expired", "expired"), (await Status(engine), await Status(engine, Other)));
        Fault late = (await Execute(engine, c => lab.Ec2.AcceptVpcPeeringConnection(c, new() { VpcPeeringConnectionId = peering }), Other)).Fault!;
        Assert.Equal(
            ("InvalidStateTransition", $"Invalid state transition for {peering}, attempted to transition from expired to active"), (late.Code, late.Message));
        Assert.Equal(ExplanationCode.BAD_STATE_ROUTE, CodeOf(engine));
        Assert.Equal(ExplanationCode.BAD_STATE_ROUTE, new Tracer(Compiler.Compile(engine.Published)).Evaluate(Asked(engine)).Code);
    }

    [Fact]
    public async Task What_has_ended_stays_ended_when_the_clock_goes_back_and_others_may_ask_again()
    {
        Engine engine = Begin();
        await Put(engine, "8d");
        await Put(engine, null);
        Assert.Equal(clock.Now, engine.Now);
        Assert.Equal(("expired", "expired"), (await Status(engine), await Status(engine, Other)));
        Aws.VpcPeeringConnection again = Assert.IsType<Aws.CreateVpcPeeringConnectionResult>(await Do(engine, c => lab.Ec2.CreateVpcPeeringConnection(
            c, new() { VpcId = ours.VpcId.Value, PeerVpcId = peer, PeerOwnerId = Other }))).VpcPeeringConnection!;
        Assert.Equal(clock.Now.AddDays(7), again.ExpirationTime);
    }

    [Fact]
    public async Task Shown_for_two_days_after_it_has_run_out()
    {
        Engine engine = Begin();
        await Put(engine, "8d");
        clock.Now = clock.Now.AddHours(23);
        Assert.Equal("expired", await Status(engine));
        clock.Now = clock.Now.AddHours(1);
        Assert.Equal(
            "InvalidVpcPeeringConnectionID.NotFound",
            (await Execute(engine, c => lab.Ec2.DescribeVpcPeeringConnections(c, new() { VpcPeeringConnectionIds = [peering] }))).Fault!.Code);
    }

    [Fact]
    public async Task Seven_days_by_the_machines_own_clock_do_the_same_once_somebody_looks()
    {
        Engine engine = Begin();
        clock.Now = clock.Now.AddDays(7).AddTicks(-1);
        await EndingsClock.EndOverdue(engine, Assert.Fail);
        Assert.Empty(batches);
        clock.Now = clock.Now.AddTicks(1);
        Assert.Equal("expired", await Status(engine));
        await EndingsClock.EndOverdue(engine, Assert.Fail);
        Batch batch = Assert.Single(batches);
        Assert.Equal("trunkline:EndPeeringRequests", batch.Audit.Action);
        Assert.Equal(2, batch.Changes.Count);
        Assert.Equal(PeeringStatus.Expired, engine.Published.Partition(lab.Home with { Account = Other }).All<VpcPeeringConnection>().Single().Status);
        Assert.Equal(("expired", "expired"), (await Status(engine), await Status(engine, Other)));
        Assert.Equal(ExplanationCode.BAD_STATE_ROUTE, CodeOf(engine));
        await EndingsClock.EndOverdue(engine, Assert.Fail);
        Assert.Single(batches);
    }

    [Fact]
    public async Task What_was_accepted_or_rejected_in_time_does_not_run_out()
    {
        lab.Run((ec2, c) => ec2.AcceptVpcPeeringConnection(c, new() { VpcPeeringConnectionId = peering }), Other);
        Engine engine = Begin();
        await Put(engine, "8d");
        Assert.Empty(batches[^1].Changes);
        Assert.Equal("active", await Status(engine));
    }

    [Fact]
    public async Task What_drains_ends_with_the_same_command()
    {
        lab.Put(new TargetGroup
        {
            Key = "web/0123456789abcdef",
            Name = "web",
            Protocol = "TCP",
            Port = 80,
            HealthCheck = new HealthCheck(true, "TCP", "traffic-port", null, 30, 10, 5, 2, null),
            Draining = [new DrainingTarget(new RegisteredTarget("10.0.0.9", 80, null, lab.Now), lab.Now.AddSeconds(300))],
            CreatedTime = lab.Now,
        });
        Engine engine = Begin();
        await Put(engine, "299s");
        Assert.Single(engine.Published.Partition(lab.Home).All<TargetGroup>().Single().Draining);
        await Put(engine, "5m");
        Assert.Empty(engine.Published.Partition(lab.Home).All<TargetGroup>().Single().Draining);
    }

    [Fact]
    public void An_offer_that_has_run_out_does_not_come_back_with_the_old_time()
    {
        string eip = lab.NewEip();
        lab.Run((ec2, c) => ec2.EnableAddressTransfer(c, new() { AllocationId = eip, TransferAccountId = Other }));
        lab.Do(c => WorldChange.Put(c, World.Default with { Ahead = TimeSpan.FromDays(6) }));
        Assert.Single(lab.Run((ec2, c) => ec2.DescribeAddressTransfers(c, new())).AddressTransfers!);
        lab.Do(c => WorldChange.Put(c, World.Default));
        Assert.Single(lab.Run((ec2, c) => ec2.DescribeAddressTransfers(c, new())).AddressTransfers!);
        lab.Do(c => WorldChange.Put(c, World.Default with { Ahead = TimeSpan.FromDays(7) }));
        lab.Do(c => WorldChange.Put(c, World.Default));
        Assert.Empty(lab.Run((ec2, c) => ec2.DescribeAddressTransfers(c, new())).AddressTransfers!);
    }

    [Fact]
    public void An_invitation_that_has_run_out_does_not_either()
    {
        string share = lab.Share(lab.List());
        string invitation = lab.Invitation(share);
        lab.Do(c => WorldChange.Put(c, World.Default with { Ahead = TimeSpan.FromHours(12) }));
        lab.Do(c => WorldChange.Put(c, World.Default));
        Assert.Equal(invitation, lab.Invitation(share));
        lab.Do(c => WorldChange.Put(c, World.Default with { Ahead = TimeSpan.FromHours(13) }));
        lab.Do(c => WorldChange.Put(c, World.Default));
        Assert.Equal("ResourceShareInvitationExpiredException", lab.RefusedByRam(
            (s, c) => s.AcceptResourceShareInvitation(c, new() { ResourceShareInvitationArn = invitation }), RamLab.Receiver));
        Assert.Equal(ShareAssociationState.Disassociated, Assert.Single(lab.Here.All<ResourceShare>().Single().Principals).State);
        lab.Ram((s, c) => s.AssociateResourceShare(c, new() { ResourceShareArn = share, Principals = [RamLab.Receiver] }));
        lab.Accept(share);
        Assert.Equal(ShareAssociationState.Associated, Assert.Single(lab.Here.All<ResourceShare>().Single().Principals).State);
    }

    [Fact]
    public async Task A_restart_keeps_the_clock_and_a_reset_takes_it_back()
    {
        string folder = Directory.CreateTempSubdirectory("trunkline-clock-").FullName;
        await using (SqliteStore disk = SqliteStore.Open(folder))
        {
            await Put(EngineOver(disk), "8d");
        }

        await using (SqliteStore disk = SqliteStore.Open(folder))
        {
            Engine engine = EngineOver(disk);
            Assert.Equal(clock.Now.AddDays(8), engine.Now);
            await engine.Reset(new Caller(lab.Home, "test", "request"));
            Assert.Equal(clock.Now, engine.Now);
        }

        await using (SqliteStore disk = SqliteStore.Open(folder))
        {
            Assert.Null(disk.Load().World.Ahead);
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>An engine that begins with the lab's cloud, and whose store remembers what was added.</summary>
    private Engine Begin() => EngineOver(new KeptStore(lab.Cloud, batches));

    private Engine EngineOver(IStore kept) => new(kept, clock, () => 7, Quotas.Off);

    private async Task Put(Engine engine, string? ahead)
    {
        World world = new WorldDocument { Ahead = ahead }.ToWorld(lab.Home);
        await Do(engine, c => WorldChange.Put(c, world));
    }

    private async Task<string> Status(Engine engine, string? account = null) =>
        Assert.IsType<Aws.DescribeVpcPeeringConnectionsResult>((await Execute(
            engine, c => lab.Ec2.DescribeVpcPeeringConnections(c, new() { VpcPeeringConnectionIds = [peering] }), account, isRead: true)).Output)
            .VpcPeeringConnections!.Single().Status!.Code!;

    private async Task<object> Do(Engine engine, Func<CommandContext, object> run, bool isRead = false)
    {
        Outcome outcome = await Execute(engine, run, isRead: isRead);
        Assert.Null(outcome.Fault);
        return outcome.Output!;
    }

    private ValueTask<Outcome> Execute(Engine engine, Func<CommandContext, object> run, string? account = null, bool isRead = false) =>
        engine.Execute(new Command(
            new Caller(account is null ? lab.Home : lab.Home with { Account = account }, "test", "request"), "test:Do", isRead, IsDryRun: false,
            ClientToken: null, () => "", run, _ => ""));

    private ExplanationCode CodeOf(Engine engine) => engine.Tracer.Evaluate(Asked(engine)).Code;

    private Flow Asked(Engine engine) =>
        Flow.Tcp(Origin.OfNic(engine.Tracer.State.NicOf(lab.Home, ours.Key)), ours.PrimaryIp!.Value, IpAddress.Parse("10.1.0.10"), 443);

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class KeptStore(CloudSnapshot start, List<Batch> batches) : IStore
    {
        public CloudSnapshot Load() => start;

        public ValueTask Append(Batch batch)
        {
            batches.Add(batch);
            return ValueTask.CompletedTask;
        }

        public ValueTask<IReadOnlyList<AuditLine>> Audit(int limit) => ValueTask.FromResult<IReadOnlyList<AuditLine>>([]);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
