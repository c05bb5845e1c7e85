using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Trunkline.Tests.Clients;

namespace Trunkline.Tests.Fuzz;

/// <summary>
/// Random and hostile requests against a real server: it answers each, never with its own error, keeps its memory, and what it refuses changes
/// nothing. <c>TRUNKLINE_FUZZ_REQUESTS</c> and <c>TRUNKLINE_FUZZ_SEED</c> say how many and which.
/// </summary>
public sealed class FuzzTests
{
    private const int Lanes = 4;
    private const int RequestsOfRound = 5_000;
    private const double MemoryMax = 700;
    private const int RoundsToMakeEverything = 4;

    /// <summary>Changes of which a long run must have some taken: a fuzzer that makes nothing tries nothing.</summary>
    private static readonly string[] Made =
    [
        "ec2 CreateVpc", "ec2 CreateSubnet", "ec2 CreateTransitGateway", "ec2 CreateCustomerGateway", "ec2 CreateVpnGateway",
        "ec2 CreateVpcPeeringConnection", "directconnect CreateDirectConnectGateway", "networkmanager CreateGlobalNetwork", "ram CreateResourceShare",
    ];

    [Fact]
    public async Task Hostile_requests_are_refused_and_change_nothing()
    {
        int count = Setting("TRUNKLINE_FUZZ_REQUESTS", RequestsOfRound);
        int seed = Setting("TRUNKLINE_FUZZ_SEED", 1);
        IReadOnlyList<Shapes> shapes = Shapes.ReadAll(Path.Combine(AppContext.BaseDirectory, "facts"));
        using ServerProcess server = await ServerProcess.Start();
        ConcurrentBag<string> faults = [];
        List<double> memory = [];
        (int refused, int accepted, int watched) = (0, 0, 0);
        SortedDictionary<string, int> changed = new(StringComparer.Ordinal);
        int rounds = Math.Max(1, count / RequestsOfRound);
        for (int round = 0; round < rounds && faults.Count < 100; round++)
        {
            await PutWorld(server.Url);
            Lane[] lanes =
            [
                .. Enumerable.Range(0, Lanes).Select(i => new Lane(
                    shapes, server.Url, (900000000000 + i).ToString(CultureInfo.InvariantCulture), (910000000000 + i).ToString(CultureInfo.InvariantCulture), seed * 7919 + round * Lanes + i, faults)),
            ];
            await Task.WhenAll(lanes.Select(lane => lane.Run(Math.Min(count, RequestsOfRound) / Lanes)));
            foreach (Lane lane in lanes)
            {
                refused += lane.Counts.Refused;
                accepted += lane.Counts.Accepted;
                watched += lane.Counts.Watched;
                foreach ((string what, int times) in lane.Changed)
                {
                    changed[what] = changed.GetValueOrDefault(what) + times;
                }

                lane.Dispose();
            }

            memory.Add(server.Memory);
            await Reset(server.Url);
        }

        string said = $"seed {seed}: {refused} refused, {accepted} accepted, {watched} watched; memory {string.Join(", ", memory.Select(m => $"{m:F0}"))} MiB";
        TestContext.Current.SendDiagnosticMessage(said);
        Console.WriteLine(said);
        Console.WriteLine("changes: " + string.Join(", ", changed.Select(c => $"{c.Key} {c.Value}")));
        Assert.False(server.HasExited, "the server ended: " + server.Errors);
        Assert.True(faults.IsEmpty, $"{faults.Count} faults ({said}):\n" + string.Join('\n', faults.Distinct().Take(30)) + "\n" + Tail(server.Errors));
        Assert.True(accepted > refused / 100 && refused > 0, "requests of one kind only: " + said);
        Assert.All(memory, m => Assert.True(m < MemoryMax, said));
        string[] never = rounds < RoundsToMakeEverything ? [] : [.. Made.Except(changed.Keys)];
        Assert.True(never.Length == 0, $"never accepted: {string.Join(", ", never)}; {said}");
    }

    [Fact]
    public async Task Bodies_of_100_MB_are_refused_and_not_kept()
    {
        using ServerProcess server = await ServerProcess.Start();
        using HttpClient http = new(new SocketsHttpHandler { UseProxy = false, Expect100ContinueTimeout = TimeSpan.FromSeconds(1) });
        http.Timeout = TimeSpan.FromSeconds(60);
        double before = server.Memory;
        for (int i = 0; i < 6; i++)
        {
            try
            {
                using HttpRequestMessage request = RawRequests.Huge(server.Url, "900000000009", known: i % 2 == 0);
                using HttpResponseMessage response = await http.SendAsync(request);
                Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
            }
            catch (HttpRequestException e) when (e.InnerException is IOException)
            {
                // The server answered and closed before the body was through: a client that only writes sees the connection end.
            }
        }

        Assert.True(server.Memory - before < 200, $"from {before:F0} to {server.Memory:F0} MiB");
        using HttpResponseMessage alive = await http.GetAsync(server.Url + "/_trunkline/status");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    /// <summary>A data centre whose router the customer gateways and connections of the requests meet, so that sessions come up.</summary>
    private static async Task PutWorld(string url)
    {
        const string World = """
            {"sites":[{"name":"dc","networks":[{"block":"192.168.0.0/16"}],
              "routers":[{"name":"r","addresses":["198.51.100.1"],"asn":65000,"ports":["EqDC2"]}]}]}
            """;
        using HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
        using StringContent content = new(World, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.PutAsync(url + "/_trunkline/world", content);
        response.EnsureSuccessStatusCode();
    }

    private static async Task Reset(string url)
    {
        using HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
        using HttpResponseMessage response = await http.PostAsync(url + "/_trunkline/reset", null);
        response.EnsureSuccessStatusCode();
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    private static string Tail(string text) => text.Length > 8000 ? text[..8000] : text;
}
