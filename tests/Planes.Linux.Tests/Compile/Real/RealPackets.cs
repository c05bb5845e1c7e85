using System.Diagnostics;
using Trunkline.Forwarding;
using Trunkline.Planes.Linux.Compile;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Planes.Linux.Kernel;
using Trunkline.Tests.Clouds;

namespace Trunkline.Tests.Planes.Linux.Compile.Real;

/// <summary>A small cloud in the kernel, in namespaces of the test's own: programs run in its machines.</summary>
internal sealed class RealPackets : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("tl-compile-").FullName;
    private HostKernel kernel;
    private HostNetwork there = HostNetwork.Empty;
    private CompiledNetwork? made;

    public RealPackets(CloudBuilder net, params string[] usedNics)
    {
        Net = net;
        kernel = new HostKernel(directory);
        Used = [.. usedNics.Select(net.InstanceOf)];
        Follow();
    }

    public CloudBuilder Net { get; }

    public HashSet<string> Used { get; }

    public CompiledNetwork Made => made!;

    /// <summary>Whether programs at the links carry what follows others of its flow, TCP too; else it is tables, and datagrams alone.</summary>
    public bool HasPeers => kernel.HasPeers;

    /// <summary>Carries what the cloud is now into the kernel.</summary>
    public void Follow()
    {
        ForwardingState state = Compiler.Compile(Net.Cloud);
        made = LinuxCompiler.Compile(state, Used, made);
        IReadOnlyList<HostFailure> failures = kernel.Apply(HostDelta.Between(there, made.Network));
        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(5).Select(f => $"{f.Step.Namespace} {f.Step.What}: {f.Why}")));
        there = made.Network;
    }

    /// <summary>Another process' hands, which know only what the kernel tells.</summary>
    public void BeginAnew()
    {
        kernel.Dispose();
        kernel = new HostKernel(directory);
        kernel.Observe();
    }

    /// <summary>Writes rules as the plane itself does beside its table.</summary>
    public void Beside(string place, params string[] command) => kernel.Beside(place, () => Assert.Equal(0, Run(place, command).Code));

    /// <summary>Does something in a namespace: a socket stays where it was opened.</summary>
    public T In<T>(string place, Func<T> work) => kernel.Namespaces.Run(place, work);

    public string MachineOf(string eni) => LinuxNames.Machine(Net.InstanceOf(eni));

    /// <summary>One of three echoes comes back: IPv6 routes over a link work a moment after it is up, when the kernel has had time to see its carrier.</summary>
    public bool Ping(string eni, string address, params string[] more) => Run(MachineOf(eni), ["ping", "-c3", "-i0.3", "-W1", "-n", .. more, address]).Code == 0;

    /// <summary>Whether a TCP connection is answered, be it by a refusal: the packet arrived and the reply came back.</summary>
    public bool Reaches(string place, string address, int port) =>
        Run(place, ["nc", "-z", "-v", "-w1", "-n", address, $"{port}"]) is var (code, words)
        && (code == 0 || words.Contains("refused", StringComparison.Ordinal));

    public (int Code, string Words) Run(string place, params string[] command) => kernel.Namespaces.Run(place, () =>
    {
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text + errors.GetAwaiter().GetResult());
    });

    /// <summary>A program that runs on in a namespace until it is disposed of.</summary>
    public Process Start(string place, params string[] command) => kernel.Namespaces.Run(place, () =>
        Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true
        })!);

    /// <summary>Another hand closes the whole way through a router: only short ones are left. Give what is returned an end to open it again.</summary>
    public IDisposable Closed(string router)
    {
        Assert.Equal(0, Run(router, "nft", "insert", "rule", "inet", "trunkline", "raw", "drop").Code);
        return new Opener(() => Assert.Equal(0, Run(router, "sh", "-c",
            "nft delete rule inet trunkline raw handle $(nft -a list chain inet trunkline raw | sed -n '/\\tdrop # handle/{s/.*handle //p;q}')").Code));
    }

    public void Dispose()
    {
        kernel.Apply(HostDelta.Between(there, HostNetwork.Empty));
        kernel.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private sealed class Opener(Action open) : IDisposable
    {
        public void Dispose() => open();
    }
}
