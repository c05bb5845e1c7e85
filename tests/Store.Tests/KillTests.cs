using System.Diagnostics;
using System.Globalization;
using Trunkline.Cloud;
using Trunkline.Store;

namespace Trunkline.Tests.Store;

/// <summary><c>kill -9</c> at any time loses nothing that was acknowledged and leaves no half batch.</summary>
public sealed class KillTests
{
    /// <summary>The variable that makes the test program the child; its value is the data directory.</summary>
    internal const string Child = "TRUNKLINE_STORE_CHILD";

    private const int Submitters = 8;

    /// <summary>Rows that each batch writes; all bear the batch's number.</summary>
    private const int RowsPerBatch = 5;

    private const int Rounds = 6;

    [Fact]
    public async Task NothingAcknowledgedIsLostAndNoBatchIsHalfThere()
    {
        using DataDirectory data = new();
        int[] acknowledged = new int[Submitters];
        for (int round = 0; round < Rounds; round++)
        {
            int before = acknowledged.Sum();

            // Another moment each time: at once, and after the log has moved over to the main file.
            RunAndKill(data.Path, acknowledged, afterLines: 1 + (round * round * 150));
            Assert.True(acknowledged.Sum() > before, "the child acknowledged nothing");
            await Verify(data, acknowledged);
        }
    }

    /// <summary>Killed while it makes the file and opens it: the next start always works.</summary>
    [Fact]
    public async Task AStartThatIsKilledLeavesNothingInTheWay()
    {
        using DataDirectory data = new();
        for (int round = 0; round < 8; round++)
        {
            string directory = Path.Combine(data.Path, $"{round}");
            using Process child = Start(directory);
            SpinWait.SpinUntil(() => Directory.Exists(directory), TimeSpan.FromSeconds(30));
            long until = Stopwatch.GetTimestamp() + (round * Stopwatch.Frequency / 400);
            SpinWait.SpinUntil(() => Stopwatch.GetTimestamp() >= until);
            child.Kill();
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            await using SqliteStore store = SqliteStore.Open(directory);
            store.Load();
            await store.Append(DataDirectory.Batch("r-after"));
        }
    }

    /// <summary>What the child does until it is killed: each submitter appends, and prints each number that is durable.</summary>
    internal static async Task Write(string directory)
    {
        SqliteStore store = SqliteStore.Open(directory);
        Partition home = store.Load().Partition(DataDirectory.Home);
        TextWriter output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        await Task.WhenAll(Enumerable.Range(0, Submitters).Select(submitter => Task.Run(async () =>
        {
            int number = NumberOf(home.Find(new Id<Vpc>($"vpc-{submitter}-0")));
            while (true)
            {
                number++;
                await store.Append(MakeBatch(submitter, number));
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{submitter} {number}"));
            }
        })));
    }

    private static Batch MakeBatch(int submitter, int number) => DataDirectory.Batch(
        $"{submitter} {number}",
        [
            .. Enumerable.Range(0, RowsPerBatch).Select(row => DataDirectory.Put(
                DataDirectory.Vpc($"vpc-{submitter}-{row}", number.ToString(CultureInfo.InvariantCulture)))),
        ]);

    private static int NumberOf(Vpc? vpc) => vpc is null ? 0 : int.Parse(vpc.Tags["n"], CultureInfo.InvariantCulture);

    private static Process Start(string directory)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "Store.Tests"))
        {
            RedirectStandardOutput = true,
            Environment = { [Child] = directory },
        };
        return Process.Start(start)!;
    }

    private static void RunAndKill(string directory, int[] acknowledged, int afterLines)
    {
        using Process child = Start(directory);
        int lines = 0;
        while (child.StandardOutput.ReadLine() is { } line)
        {
            // A last line cut short by the kill is no acknowledgement; whole ones still in the pipe are.
            string[] parts = line.Split(' ');
            if (parts.Length == 2 && int.TryParse(parts[0], out int submitter) && int.TryParse(parts[1], out int number))
            {
                acknowledged[submitter] = Math.Max(acknowledged[submitter], number);
            }

            if (++lines == afterLines)
            {
                child.Kill();
            }
        }

        child.WaitForExit();
        Assert.Equal(128 + 9, child.ExitCode);
    }

    private static async Task Verify(DataDirectory data, int[] acknowledged)
    {
        await using SqliteStore store = SqliteStore.Open(data.Path);
        Partition home = store.Load().Partition(DataDirectory.Home);
        HashSet<string> audited = [.. (await store.Audit(int.MaxValue)).Select(l => l.RequestId)];
        int batches = 0;
        for (int submitter = 0; submitter < Submitters; submitter++)
        {
            int[] numbers =
            [
                .. Enumerable.Range(0, RowsPerBatch).Select(row => NumberOf(home.Find(new Id<Vpc>($"vpc-{submitter}-{row}")))),
            ];
            Assert.Single(numbers.Distinct());
            Assert.InRange(numbers[0], acknowledged[submitter], acknowledged[submitter] + 1);
            acknowledged[submitter] = numbers[0];
            batches += numbers[0];
            Assert.All(Enumerable.Range(1, numbers[0]), number => Assert.Contains($"{submitter} {number}", audited));
        }

        Assert.Equal(batches, audited.Count);
    }
}
