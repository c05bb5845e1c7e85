using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Win32.SafeHandles;
using Trunkline.Planes.Linux.Holder;
using Trunkline.Planes.Linux.Kernel;

namespace Trunkline.Planes.Linux.Agent;

/// <summary>The operations that the helper carries out inside, by name.</summary>
public sealed class AgentRegistry
{
    private readonly Dictionary<string, AgentOperation> operations = new(StringComparer.Ordinal);

    /// <summary>An operation with one answer.</summary>
    public void Add<TRequest, TReply>(
        string name,
        JsonTypeInfo<TRequest> request,
        JsonTypeInfo<TReply> reply,
        Func<AgentHost, TRequest, CancellationToken, ValueTask<TReply>> run) =>
        operations.Add(name, new UnaryOperation<TRequest, TReply>(request, reply, run));

    /// <summary>An operation that speaks on over its connection; an <see cref="AgentException"/> before it accepts refuses the call.</summary>
    public void AddStream<TRequest>(
        string name, JsonTypeInfo<TRequest> request, Func<AgentHost, TRequest, AgentCall, CancellationToken, Task> run) =>
        operations.Add(name, new StreamOperation<TRequest>(request, run));

    internal AgentOperation? Find(string name) => operations.GetValueOrDefault(name);
}

/// <summary>One operation of the helper.</summary>
internal abstract class AgentOperation
{
    /// <summary>Whether the connection belongs to the operation and ends with it.</summary>
    public abstract bool OwnsConnection { get; }

    /// <summary>Answers one call; a refusal is thrown.</summary>
    public abstract Task Run(AgentHost host, Frame request, AgentCall call, CancellationToken stop);
}

internal sealed class UnaryOperation<TRequest, TReply>(
    JsonTypeInfo<TRequest> request, JsonTypeInfo<TReply> reply, Func<AgentHost, TRequest, CancellationToken, ValueTask<TReply>> run)
    : AgentOperation
{
    public override bool OwnsConnection => false;

    public override async Task Run(AgentHost host, Frame asked, AgentCall call, CancellationToken stop)
    {
        TReply answer = await run(host, asked.Parse(request), stop).ConfigureAwait(false);
        ArrayBufferWriter<byte> buffer = new(512);
        Frames.Add(buffer, new ReplyHeader(null), FrameJson.Default.ReplyHeader);
        Frames.Add(buffer, answer, reply);
        await Frames.Send(call.Socket, buffer.WrittenMemory, stop).ConfigureAwait(false);
    }
}

internal sealed class StreamOperation<TRequest>(
    JsonTypeInfo<TRequest> request, Func<AgentHost, TRequest, AgentCall, CancellationToken, Task> run)
    : AgentOperation
{
    public override bool OwnsConnection => true;

    public override Task Run(AgentHost host, Frame asked, AgentCall call, CancellationToken stop) =>
        run(host, asked.Parse(request), call, stop);
}

/// <summary>One call's connection, on the helper's side.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The stream holds nothing but the socket, which belongs to the connection.")]
public sealed class AgentCall
{
    private readonly List<SafeHandle> outgoing = [];
    private NetworkStream? stream;

    internal AgentCall(Socket socket, IReadOnlyList<SafeFileHandle> handles)
    {
        Socket = socket;
        Handles = handles;
    }

    /// <summary>File descriptors that came with the request; whoever runs the operation disposes of them.</summary>
    public IReadOnlyList<SafeFileHandle> Handles { get; }

    /// <summary>Raw octets both ways once the call is accepted; it ends where the server's side goes away.</summary>
    public Stream Stream => stream ?? throw new InvalidOperationException("the call is not accepted yet");

    internal Socket Socket { get; }

    internal bool IsAccepted => stream is not null;

    /// <summary>Gives these file descriptors to the caller with the acceptance.</summary>
    public void Give(SafeHandle handle) => outgoing.Add(handle);

    /// <summary>Says that the operation has begun; from now on the connection is a stream.</summary>
    public async ValueTask Accept(CancellationToken stop)
    {
        ArrayBufferWriter<byte> buffer = new(64);
        Frames.Add(buffer, new ReplyHeader(null, outgoing.Count), FrameJson.Default.ReplyHeader);
        await Frames.Send(Socket, buffer.WrittenMemory, stop).ConfigureAwait(false);
        if (outgoing.Count > 0)
        {
            Linux.Agent.Handles.Send(Socket, outgoing);
        }

        stream = new NetworkStream(Socket, ownsSocket: false);
    }
}

/// <summary>What operations find in the helper's process.</summary>
public sealed class AgentHost
{
    private readonly Dictionary<Type, object> parts = [];

    internal AgentHost(PlaneDirectory directory) => Directory = directory;

    public PlaneDirectory Directory { get; }

    /// <summary>The kernel's networks of this plane.</summary>
    public HostKernel Kernel => Part(host => new HostKernel(host.Directory.NetnsRoot));

    /// <summary>An operation's own lasting object: made once in this process.</summary>
    public T Part<T>(Func<AgentHost, T> make)
        where T : class
    {
        lock (parts)
        {
            if (!parts.TryGetValue(typeof(T), out object? part))
            {
                parts.Add(typeof(T), part = make(this));
            }

            return (T)part;
        }
    }
}
