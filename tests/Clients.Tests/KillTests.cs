using System.Collections.Concurrent;
using System.Diagnostics;

namespace Trunkline.Tests.Clients;

/// <summary>Twenty times <c>kill -9</c> under a load of mixed writes: what was answered is there, and nothing is half there.</summary>
public sealed class KillTests : IDisposable
{
    private const int Kills = 20;
    private const int Writers = 8;
    private const string Account = "111122223333";
    private const string Partner = "444455556666";

    private readonly string data = Directory.CreateTempSubdirectory("trunkline-kill-").FullName;
    private readonly ConcurrentDictionary<int, Ledger> ledgers = new();

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Fact]
    public async Task Every_answered_change_survives_and_none_is_half_there()
    {
        Random random = new(20260101);
        int answered = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            using ServerProcess server = await ServerProcess.Start(data);
            await Survived(server.Url);
            int goal = random.Next(40, 250);
            answered += await WriteUntilKilled(server, goal, kill);
        }

        using ServerProcess last = await ServerProcess.Start(data);
        await Survived(last.Url);
        Assert.True(answered > Kills * 40, $"only {answered} changes were answered");
    }

    /// <summary>Writes from several threads and kills the server while they do, after about <paramref name="goal"/> answers.</summary>
    private async Task<int> WriteUntilKilled(ServerProcess server, int goal, int kill)
    {
        int answered = 0;
        Task[] writers = new Task[Writers];
        for (int i = 0; i < Writers; i++)
        {
            int writer = i;
            writers[i] = Task.Run(async () =>
            {
                Random random = new(kill * 1000 + writer);
                Ledger ledger = ledgers.GetOrAdd(writer, _ => new Ledger());
                using QueryClient client = new(server.Url, Account, Region(writer));
                using QueryClient partner = new(server.Url, Partner, Region(writer));
                try
                {
                    while (await MixedWrite.Do(client, partner, ledger, random))
                    {
                        if (Interlocked.Increment(ref answered) == goal)
                        {
                            server.Kill();
                        }
                    }
                }
                catch (HttpRequestException)
                {
                    // The server was killed under this request: whether it took effect is open until it is asked.
                }
            });
        }

        await Task.WhenAll(writers).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(server.HasExited, "the writers ended before the kill");
        return answered;
    }

    /// <summary>Two writers share a region: they meet in one partition and one group commit.</summary>
    private static string Region(int writer) => $"eu-west-{writer / 2 + 1}";

    private async Task Survived(string url)
    {
        foreach (IGrouping<string, int> writers in ledgers.Keys.GroupBy(Region))
        {
            using QueryClient client = new(url, Account, writers.Key);
            using QueryClient partner = new(url, Partner, writers.Key);
            CloudView view = await CloudView.Of(client);
            CloudView theirs = await CloudView.Of(partner);
            view.NothingIsHalfThere();
            theirs.NothingIsHalfThere();
            view.Joins.NothingIsHalfThere(theirs.Joins, view.Doors);
            foreach (int writer in writers)
            {
                ledgers[writer].MustHold(view);
                ledgers[writer].Partner.MustHold(theirs);
            }
        }
    }
}
