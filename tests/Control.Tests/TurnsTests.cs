using Trunkline.Control;

namespace Trunkline.Tests.Control;

/// <summary>Turns are taken one at a time, in the order they were asked for, whoever carries them out.</summary>
public sealed class TurnsTests
{
    [Fact]
    public void Who_finds_nobody_at_work_does_its_own_at_once()
    {
        Turns turns = new();
        bool own = false;
        int thread = 0;
        turns.Enter(new Act(isOwn => (own, thread) = (isOwn, Environment.CurrentManagedThreadId)));
        Assert.True(own);
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }

    [Fact]
    public async Task What_is_left_meanwhile_is_done_in_its_order_by_whoever_is_at_work_and_then_by_others()
    {
        const int Many = 1000;
        Turns turns = new();
        List<int> done = [];
        HashSet<int> threads = [];
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int first = Environment.CurrentManagedThreadId;
        turns.Enter(new Act(_ =>
        {
            for (int i = 0; i < Many; i++)
            {
                int number = i;
                turns.Enter(new Act(isOwn =>
                {
                    Assert.False(isOwn);
                    done.Add(number);
                    threads.Add(Environment.CurrentManagedThreadId);
                    if (number == Many - 1)
                    {
                        all.SetResult();
                    }
                }));
            }

            // Asked for within a turn, they wait for its end.
            Assert.Empty(done);
        }));
        int doneByTheFirst = done.Count;
        await all.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, Many), done);
        Assert.Contains(first, threads);
        Assert.True(doneByTheFirst < Many || threads.Count > 1, "the first thread was kept for all the others' turns");
    }

    [Fact]
    public async Task Two_turns_never_overlap()
    {
        Turns turns = new();
        int inside = 0;
        int most = 0;
        int done = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 2000; i++)
            {
                turns.Enter(new Act(_ =>
                {
                    most = Math.Max(most, Interlocked.Increment(ref inside));
                    Interlocked.Increment(ref done);
                    Interlocked.Decrement(ref inside);
                }));
            }
        })));
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref done) == 16_000, TimeSpan.FromSeconds(30)));
        Assert.Equal(1, most);
    }

    private sealed class Act(Action<bool> action) : ITurn
    {
        public void Run(bool isOwn) => action(isOwn);
    }
}
