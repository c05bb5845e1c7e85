using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Forwarding;
using Trunkline.Store;

namespace Trunkline.Tests.Control;

public sealed class EngineTests
{
    private static readonly PartitionKey Home = new("000000000000", "us-east-1");

    [Fact]
    public async Task A_write_is_seen_by_reads_only_when_it_is_durable()
    {
        SlowStore store = new();
        Engine engine = EngineOver(store);
        ValueTask<Outcome> writing = engine.Execute(Put("igw-0aaaaaaaaaaaaaaaa"));
        Assert.False(writing.IsCompleted);
        Assert.Equal(1, engine.PendingWrites);
        Assert.DoesNotContain("igw-0aaaaaaaaaaaaaaaa", Gateways(engine));
        store.Finish();
        await writing;
        Assert.Contains("igw-0aaaaaaaaaaaaaaaa", Gateways(engine));
        Assert.Equal(0, engine.PendingWrites);
    }

    [Fact]
    public async Task A_later_write_builds_on_one_that_is_not_durable_yet()
    {
        SlowStore store = new();
        Engine engine = EngineOver(store);
        ValueTask<Outcome> first = engine.Execute(Put("igw-0aaaaaaaaaaaaaaaa"));
        ValueTask<Outcome> second = engine.Execute(Put("igw-0bbbbbbbbbbbbbbbb"));
        store.Finish();
        await first;
        await second;
        Assert.Superset(new HashSet<string> { "igw-0aaaaaaaaaaaaaaaa", "igw-0bbbbbbbbbbbbbbbb" }, Gateways(engine));
    }

    [Fact]
    public async Task A_read_beside_a_write_that_is_not_durable_takes_nothing_from_the_model()
    {
        SlowStore store = new();
        Engine engine = EngineOver(store);
        ForwardingState before = engine.Tracer.State;
        ValueTask<Outcome> writing = engine.Execute(Put("igw-0aaaaaaaaaaaaaaaa"));
        Outcome read = await engine.Execute(CommandOf(context => context.Tracer.State) with { IsRead = true });
        Assert.Same(before, read.Output);
        store.Finish();
        await writing;
        Assert.True(before.BorderOf(Home, "igw-0aaaaaaaaaaaaaaaa") < 0);
        Assert.True(engine.Tracer.State.BorderOf(Home, "igw-0aaaaaaaaaaaaaaaa") >= 0);
    }

    [Fact]
    public async Task A_refused_command_changes_nothing_and_keeps_nothing()
    {
        SlowStore store = new();
        Engine engine = EngineOver(store);
        CloudSnapshot before = engine.Published;
        Outcome outcome = await engine.Execute(CommandOf(context =>
        {
            context.Put(new InternetGateway { Id = new("igw-0aaaaaaaaaaaaaaaa") });
            throw new Fault("Refused", "no");
        }));
        Assert.Equal("Refused", outcome.Fault!.Code);
        Assert.Same(before, engine.Published);
        Assert.Empty(store.Batches);
    }

    [Fact]
    public async Task A_dry_run_is_carried_out_and_dropped()
    {
        SlowStore store = new();
        Engine engine = EngineOver(store);
        Outcome outcome = await engine.Execute(Put("igw-0aaaaaaaaaaaaaaaa") with { IsDryRun = true });
        Assert.Equal(("DryRunOperation", 412), (outcome.Fault!.Code, outcome.Fault.Status));
        Assert.Empty(store.Batches);
        Outcome refused = await engine.Execute(CommandOf(_ => throw new Fault("Refused", "no")) with { IsDryRun = true });
        Assert.Equal("Refused", refused.Fault!.Code);
    }

    [Fact]
    public async Task A_token_used_again_gives_the_first_answer_under_a_new_request_id()
    {
        SlowStore store = new();
        store.Finish();
        Engine engine = EngineOver(store);
        Command first = Put("igw-0aaaaaaaaaaaaaaaa", "request-1") with { ClientToken = "token", Render = _ => "<a>request-1</a>" };
        Assert.NotNull((await engine.Execute(first)).Output);
        Outcome again = await engine.Execute(first with { Caller = CallerOf("request-2") });
        Assert.Equal("<a>request-2</a>", again.Replay);
        Outcome other = await engine.Execute(first with { Parameters = () => "other" });
        Assert.Equal("IdempotentParameterMismatch", other.Fault!.Code);
        Assert.Single(store.Batches);
    }

    [Fact]
    public async Task What_the_store_cannot_keep_is_refused_and_never_shown()
    {
        SlowStore store = new();
        Engine engine = EngineOver(store);
        ValueTask<Outcome> writing = engine.Execute(Put("igw-0aaaaaaaaaaaaaaaa"));
        store.Fail(new StoreException("trunkline.db: the disk is full; make room and start again"));
        Outcome outcome = await writing;
        Assert.Equal(503, outcome.Fault!.Status);
        Assert.Contains("the disk is full", outcome.Fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("igw-0aaaaaaaaaaaaaaaa", Gateways(engine));
    }

    [Fact]
    public async Task A_read_that_writes_is_a_mistake_of_ours()
    {
        Engine engine = EngineOver(new SlowStore());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await engine.Execute(Put("igw-0aaaaaaaaaaaaaaaa") with { IsRead = true }));
    }

    [Fact]
    public async Task Reset_leaves_every_partition_as_new()
    {
        SlowStore store = new();
        store.Finish();
        Engine engine = EngineOver(store);
        await engine.Execute(Put("igw-0aaaaaaaaaaaaaaaa"));
        await engine.Reset(CallerOf("request"));
        Assert.Empty(engine.Published.Partitions);
        Assert.All(store.Batches[^1].Changes, c => Assert.Null(c.After));
        Assert.Contains(store.Batches[^1].Changes, c => c.Key == "igw-0aaaaaaaaaaaaaaaa");
    }

    [Fact]
    public async Task What_is_over_is_ended_by_a_command_of_its_own()
    {
        SlowStore store = new();
        store.Finish();
        SetClock clock = new();
        Engine engine = new(store, clock, () => 7, Quotas.Off);
        RegisteredTarget target = new("10.0.0.9", 80, null, clock.Now);
        await engine.Execute(CommandOf(context => context.Put(new TargetGroup
        {
            Key = "web/0123456789abcdef",
            Name = "web",
            Protocol = "TCP",
            Port = 80,
            HealthCheck = new HealthCheck(true, "TCP", "traffic-port", null, 30, 10, 5, 2, null),
            Draining = [new DrainingTarget(target, clock.Now.AddSeconds(60))],
            CreatedTime = clock.Now,
        })));
        await EndingsClock.EndOverdue(engine, Assert.Fail);
        Assert.Single(store.Batches);
        clock.Now = clock.Now.AddSeconds(60);
        await EndingsClock.EndOverdue(engine, Assert.Fail);
        Assert.Equal(2, store.Batches.Count);
        Assert.Empty(engine.Published.Partition(Home).All<TargetGroup>().Single().Draining);
        await EndingsClock.EndOverdue(engine, Assert.Fail);
        Assert.Equal(2, store.Batches.Count);
    }

    [Fact]
    public async Task What_cannot_be_ended_for_a_mistake_is_told_and_keeps_nothing_else_from_its_end()
    {
        SetClock clock = new();
        SlowStore store = new();
        store.Finish();
        Engine engine = new(store, clock, () => 7, Quotas.Off);
        foreach (string account in (string[])["111111111111", "222222222222"])
        {
            await engine.Execute(CommandOf(context => context.At(Home with { Account = account }).Put(new TargetGroup
            {
                Key = "web/0123456789abcdef",
                Name = "web",
                Protocol = "TCP",
                Port = 80,
                HealthCheck = new HealthCheck(true, "TCP", "traffic-port", null, 30, 10, 5, 2, null),
                Draining = [new DrainingTarget(new RegisteredTarget("10.0.0.9", 80, null, clock.Now), clock.Now.AddSeconds(60))],
                CreatedTime = clock.Now,
            })));
        }

        clock.Now = clock.Now.AddSeconds(60);
        store.FailsOnce = true;
        List<string> told = [];
        await EndingsClock.EndOverdue(engine, told.Add);
        Assert.Matches("^trunkline:EndDraining in (111111111111|222222222222) us-east-1: InvalidOperationException: once$", Assert.Single(told));
        Assert.Single(engine.Published.Partitions.Values, p => p.All<TargetGroup>().Any(g => g.Draining.IsEmpty));
        await EndingsClock.EndOverdue(engine, Assert.Fail);
        Assert.All(engine.Published.Partitions.Values, p => Assert.All(p.All<TargetGroup>(), g => Assert.Empty(g.Draining)));
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private static Engine EngineOver(IStore store) => new(store, TimeProvider.System, () => 7, Quotas.Off);

    private static HashSet<string> Gateways(Engine engine) => [.. engine.Published.Partition(Home).All<InternetGateway>().Select(g => g.Key)];

    private static Caller CallerOf(string requestId) => new(Home, "test", requestId);

    private static Command Put(string id, string requestId = "request") =>
        CommandOf(context => context.Put(new InternetGateway { Id = new(id) }), requestId);

    private static Command CommandOf(Func<CommandContext, object> run, string requestId = "request") =>
        new(CallerOf(requestId), "test:Put", IsRead: false, IsDryRun: false, ClientToken: null, () => "parameters", run, _ => "");

    /// <summary>A store whose disk answers when the test says so.</summary>
    private sealed class SlowStore : IStore
    {
        private readonly TaskCompletionSource disk = new();

        public List<Batch> Batches { get; } = [];

        public void Finish() => disk.SetResult();

        public void Fail(StoreException e) => disk.SetException(e);

        public CloudSnapshot Load() => CloudSnapshot.Empty;

        /// <summary>Whether the next batch ends in a mistake.</summary>
        public bool FailsOnce { get; set; }

        public ValueTask Append(Batch batch)
        {
            if (FailsOnce)
            {
                FailsOnce = false;
                throw new InvalidOperationException("once");
            }

            Batches.Add(batch);
            return new ValueTask(disk.Task);
        }

        public ValueTask<IReadOnlyList<AuditLine>> Audit(int limit) => ValueTask.FromResult<IReadOnlyList<AuditLine>>([]);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
