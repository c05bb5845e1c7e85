using System.Collections.Concurrent;
using System.Collections.Immutable;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>A step that the kernel refused.</summary>
/// <param name="Why">The kernel's or the tool's own words.</param>
public sealed record HostFailure(HostStep Step, string Why);

/// <summary>
/// Makes the kernel be what a <see cref="HostNetwork"/> says, and reads back what is there, over sockets that stay open. It runs inside
/// namespaces that are Trunkline's alone. All work is done on one thread of its own, which moves between the namespaces.
/// </summary>
public sealed class HostKernel : IDisposable
{
    /// <summary>More than any table of 10,000 interfaces needs; the kernel cuts it to what it permits.</summary>
    private const int LongestTransaction = 256 << 20;

    private const int MostSockets = 512;

    private readonly BlockingCollection<Action> _work = [];
    private readonly Dictionary<string, KernelNamespace> _namespaces = new(StringComparer.Ordinal);
    private readonly NftContexts _contexts;
    private readonly Thread _thread;
    private PeerWays? _peers;
    private string? _entered;
    private long _switchWrites;
    private long _endedWrites;

    /// <param name="namespaceDirectory">Where the namespaces are bind mounts; made where it is not there.</param>
    public HostKernel(string namespaceDirectory)
        : this(namespaceDirectory, LongestTransaction)
    {
    }

    /// <param name="longestTransaction">In octets, as far as the kernel permits.</param>
    internal HostKernel(string namespaceDirectory, int longestTransaction)
    {
        _contexts = new NftContexts(longestTransaction);
        Namespaces = new NetNamespaces(namespaceDirectory);
        _thread = new Thread(Loop) { IsBackground = true, Name = "kernel" };
        _thread.Start();
    }

    public NetNamespaces Namespaces { get; }

    /// <summary>Messages, transactions and switches written so far: an apply without a difference adds none.</summary>
    public long Writes => Do(() => _switchWrites + _endedWrites + _namespaces.Values.Sum(n => n.Writes));

    /// <summary>In one line what is missing for real packets; null where nothing is.</summary>
    public static string? WhatIsMissing()
    {
        if (!NftLibrary.IsInstalled)
        {
            return "libnftables.so.1 is not installed: without it no security group or network ACL can be enforced (package libnftables1).";
        }

        try
        {
            using NetlinkSocket route = new(NetlinkSocket.Route);
            using NetlinkSocket netfilter = new(NetlinkSocket.Netfilter);
            return null;
        }
        catch (KernelException e)
        {
            return $"The kernel gives no netlink socket: {e.Message}.";
        }
    }

    /// <summary>Reads what is there back. A table that this process did not write is known by its hash alone.</summary>
    public HostNetwork Observe() => Do(() =>
    {
        ImmutableSortedDictionary<string, NamespaceNetwork>.Builder all =
            ImmutableSortedDictionary.CreateBuilder<string, NamespaceNetwork>(StringComparer.Ordinal);
        IReadOnlyList<string> names = Namespaces.List();
        foreach (string gone in _namespaces.Keys.Except(names).ToArray())
        {
            Close(gone);
        }

        foreach (string name in names)
        {
            all[name] = ObserveOne(name);
        }

        Rest();
        return new HostNetwork(all.ToImmutable());
    });

    /// <summary>
    /// Another of our own tables is written in a namespace: the kernel counts that transaction too, and the table that was in order before
    /// is told so, or the next look would take it for another hand's work.
    /// </summary>
    /// <param name="write">On a thread that waits: it enters the namespace itself.</param>
    public void Beside(string name, Action write) => Do(() =>
    {
        KernelNamespace space = Open(name);

        // A machine's namespace has no table of the plane's: then there is nothing to confirm.
        string? hash = NftState.Read(NetfilterOf(space)).Hash;
        write();
        if (!string.IsNullOrEmpty(hash))
        {
            new NftWriter(this, space).Confirm(hash);
        }

        return true;
    });

    /// <summary>Takes the steps in order and goes on after a failure; says what failed. Nothing comes up in a namespace whose first filter failed.</summary>
    public IReadOnlyList<HostFailure> Apply(HostDelta delta) => Do(() =>
    {
        IReadOnlyList<HostFailure> failures = new DeltaRun(this, delta).Run();
        foreach (KernelNamespace space in _namespaces.Values)
        {
            space.IsNew = false;
        }

        Rest();
        return failures;
    });

    /// <summary>The name of the nftables table that works in a namespace.</summary>
    public string TableName(string name) => Do(() => Open(name).TableName);

    /// <summary>
    /// Why the host's root has no short ways by programs here (<see cref="PeerWays"/>), tried at the links of a namespace that will go; null where
    /// it has, and for anybody else, who cannot have them.
    /// </summary>
    public string? WhyNoPeerWays(string name) => Do(() => Peers is { } peers ? peers.Hook(Open(name), null) : MayHavePeers ? NoPeers?.Message : null);

    /// <summary>Why this kernel gives no short ways (<see cref="ShortWays"/>), tried in a namespace that will go; null where it does.</summary>
    public string? WhyNoShortWays(string name) => Do(() => new ShortWays(this, Open(name)).Try());

    public void Dispose()
    {
        if (!_work.IsAddingCompleted)
        {
            _work.Add(() =>
            {
                foreach (string open in _namespaces.Keys.ToArray())
                {
                    Close(open);
                }

                _contexts.Dispose();
                _peers?.Dispose();
            });
            _work.CompleteAdding();
            _thread.Join();
            _work.Dispose();
        }
    }

    /// <summary>The namespace with its sockets. On the kernel's thread only, as all that follows.</summary>
    internal KernelNamespace Open(string name)
    {
        if (_namespaces.TryGetValue(name, out KernelNamespace? open))
        {
            return open;
        }

        if (!Namespaces.Exists(name))
        {
            throw new KernelException($"namespace {name} is not there", Libc.NotThere);
        }

        Enter(name);
        open = new KernelNamespace(name, this);
        _namespaces.Add(name, open);
        ReadTable(open);
        return open;
    }

    /// <summary>Makes a namespace, or takes one over that is there; the thread is in it afterwards.</summary>
    internal KernelNamespace Create(string name)
    {
        KernelNamespace space;
        if (Namespaces.Exists(name))
        {
            space = Open(name);
            Enter(name);
        }
        else
        {
            Close(name);
            _entered = null;
            Namespaces.CreateHere(name);
            _entered = name;
            space = new KernelNamespace(name, this) { IsNew = true };
            _namespaces.Add(name, space);
        }

        foreach ((string path, string value) in Sysctls.AtBirth)
        {
            try
            {
                SetSwitch(space, path, value);
            }
            catch (KernelException e) when (e.Error == Libc.NotThere)
            {
                // Without IPv6 there is nothing to switch off.
                continue;
            }
        }

        return space;
    }

    /// <summary>Sets a switch of the namespace that the thread is in.</summary>
    /// <returns>False where it was so already.</returns>
    internal bool SetSwitch(KernelNamespace space, string path, string value)
    {
        if (!space.IsNew)
        {
            bool written = Sysctls.Write(path, value);
            _switchWrites += written ? 1 : 0;
            return written;
        }

        Sysctls.Put(path, value);
        _switchWrites++;
        return true;
    }

    internal void Delete(string name)
    {
        Close(name);
        Namespaces.Delete(name);
        _switchWrites++;
    }

    /// <summary>Moves the thread into a namespace.</summary>
    internal void Enter(string name)
    {
        if (_entered != name)
        {
            NetNamespaces.Enter(Namespaces.PathOf(name));
            _entered = name;
        }
    }

    /// <summary>Why this kernel has no short ways, once it was tried; null where nothing speaks against them.</summary>
    internal string? NoShortWays { get; set; }

    /// <summary>Short ways by programs; null where the kernel has none for us. Tried when it is first asked for.</summary>
    internal PeerWays? Peers
    {
        get
        {
            if (_peers is null && NoPeers is null)
            {
                try
                {
                    _peers = new PeerWays(this);
                }
                catch (KernelException e)
                {
                    NoPeers = e;
                }
            }

            return _peers;
        }
    }

    /// <summary>Whether short ways are programs', once a router was changed.</summary>
    internal bool HasPeers => _peers is not null;

    /// <summary>False where nobody but the host's root may load programs, and we are not that.</summary>
    internal bool MayHavePeers => NoPeers is not { Error: Libc.NotPermitted };

    private KernelException? NoPeers { get; set; }

    /// <summary>From now on there are none.</summary>
    internal void GiveUpPeers(string why)
    {
        NoPeers = new KernelException(why, 0);
        _peers?.Dispose();
        _peers = null;
    }

    /// <summary>Probes learn short ways too, as programs' datagrams do: for tests. Otherwise they go the whole way, so that it can be told.</summary>
    internal bool LearnsProbes { get; init; }

    /// <summary>How many namespaces have their routing socket open.</summary>
    internal int OpenSockets { get; set; }

    internal NftContext NftOf(KernelNamespace space)
    {
        Enter(space.Name);
        return _contexts.Of(space);
    }

    /// <summary>A netfilter socket in the namespace: kept, as each transaction asks over it.</summary>
    internal NetlinkSocket NetfilterOf(KernelNamespace space)
    {
        if (space.Netfilter is null)
        {
            Enter(space.Name);
            space.Netfilter = new NetlinkSocket(NetlinkSocket.Netfilter);
        }

        return space.Netfilter;
    }

    /// <summary>A process has only so many files: of very many namespaces those without a table of ours, which seldom change, close theirs.</summary>
    private void Rest()
    {
        if (OpenSockets > MostSockets)
        {
            foreach (KernelNamespace space in _namespaces.Values.Where(n => n.Table is null))
            {
                space.Rest();
            }
        }
    }

    private NamespaceNetwork ObserveOne(string name)
    {
        KernelNamespace space = Open(name);
        NamespaceNetwork found = space.Read();
        ReadTable(space);
        ImmutableSortedDictionary<string, string>.Builder switches = found.Sysctls.ToBuilder();
        if (space.Sysctls.Count > 0)
        {
            Enter(name);
        }

        foreach ((string path, string wanted) in space.Sysctls)
        {
            if (Sysctls.Read(path) is { } value)
            {
                switches[path] = Sysctls.AreSame(value, wanted) ? wanted : value;
            }
        }

        return found with { Sysctls = switches.ToImmutable(), Nft = space.Table };
    }

    /// <summary>Takes note of the table that is there: where its hash is that of what was last written, it is that.</summary>
    private void ReadTable(KernelNamespace space)
    {
        NftState state;
        if (space.Netfilter is { } kept)
        {
            state = NftState.Read(kept);
        }
        else
        {
            // Most namespaces have no table: for them none is kept.
            Enter(space.Name);
            using NetlinkSocket netfilter = new(NetlinkSocket.Netfilter);
            state = NftState.Read(netfilter);
        }

        if (state.Table is null)
        {
            space.Table = null;
            space.TableName = NftTable.Name;
            space.HasShortWays = false;
            return;
        }

        space.TableName = state.Table;
        space.HasShortWays = state.HasShortWays;
        if (space.Table is null || state.Hash.Length == 0 || NftHash.Of(space.Table) != state.Hash)
        {
            space.Table = NftHash.Remembered(state.Hash);
        }
    }

    private void Close(string name)
    {
        if (_namespaces.Remove(name, out KernelNamespace? open))
        {
            _contexts.Close(open);
            _peers?.Close(open);
            open.Dispose();
            _endedWrites += open.Writes;
        }
    }

    private void Loop()
    {
        foreach (Action work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }

    private T Do<T>(Func<T> work)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
#pragma warning disable CA1031 // It is thrown again on the thread that waits.
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }
}
