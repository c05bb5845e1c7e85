using Trunkline.Planes.Linux.Compile;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>
/// Short ways by programs at the links' entries (eBPF, <c>bpf_redirect_peer</c>), where the kernel lets us load them: as root. What follows others of
/// its flow goes from one namespace straight into the next, through routers and translators, without waiting at any link; where it cannot be had,
/// <see cref="ShortWays"/> do less.
/// </summary>
/// <remarks>
/// A way is what became of a packet that went the whole way through one namespace a moment ago and whose connection is answered: nothing is decided here.
/// It is good for one second, and no longer than until the next change anywhere, which is told by one number: every way bears the number of when its
/// packet entered. Programs stay with their links when the helper ends and go with them; the next helper hooks its own in with the first change of a namespace.
/// </remarks>
internal sealed class PeerWays : IDisposable
{
    private const int MostFlows = 65536;
    private const int MostTranslators = 4096;

    /// <summary>What the kernel says of a link without a place for programs.</summary>
    private const int Invalid = 22;

    private readonly HostKernel _kernel;
    private readonly int[] _files;
    private readonly PeerMaps _maps;
    private readonly int _entry;
    private readonly int _exit;
    private readonly Stack<int> _free = [];
    private int _numbers;
    private ulong _generation;

    /// <exception cref="KernelException">The kernel lacks something, or we may not.</exception>
    public PeerWays(HostKernel kernel)
    {
        _kernel = kernel;
        List<int> files = [];
        try
        {
            _maps = new PeerMaps(
                Keep(Bpf.Map(BpfMapKind.RecentlyUsed, PeerPrograms.FlowSize, PeerPrograms.WaySize, MostFlows, "trunkline_ways")),
                Keep(Bpf.Map(BpfMapKind.ArrayOfEachProcessor, sizeof(int), PeerPrograms.NoteSize, 1, "trunkline_note")),
                Keep(Bpf.Map(BpfMapKind.Array, sizeof(int), sizeof(ulong), 1, "trunkline_now")),
                Keep(Bpf.Map(BpfMapKind.RecentlyUsed, PeerPrograms.LinkSize, PeerPrograms.LinkSize, MostTranslators, "trunkline_nat")));
            Forget();
            _entry = Keep(Bpf.Program(new PeerPrograms(_maps, kernel.LearnsProbes).Entry(), "trunkline_in"));
            _exit = Keep(Bpf.Program(new PeerPrograms(_maps, kernel.LearnsProbes).Exit(), "trunkline_out"));
        }
        catch (KernelException)
        {
            _files = [.. files];
            Dispose();
            throw;
        }

        _files = [.. files];

        int Keep(int file)
        {
            files.Add(file);
            return file;
        }
    }

    /// <summary>Whether what is in a namespace of this name can be carried further: a router's, or a translator's.</summary>
    public static bool Carries(string name) =>
        name.StartsWith(LinuxNames.Router(""), StringComparison.Ordinal) || name.StartsWith(LinuxNames.Translator(""), StringComparison.Ordinal);

    /// <summary>Whether links took them once.</summary>
    public bool HasHooked { get; private set; }

    /// <summary>No way that was learned before is good after it, wherever it is.</summary>
    public void Forget() => Bpf.Set(_maps.Generation, 0, ++_generation);

    /// <summary>Hooks the programs to links of a namespace, in the place of an earlier helper's.</summary>
    /// <param name="links">Their names; null for all that are there.</param>
    /// <returns>Null, or the kernel's words for the first that it refuses.</returns>
    public string? Hook(KernelNamespace space, IEnumerable<string>? links)
    {
        int number = NumberOf(space);
        if (space.Name.StartsWith(LinuxNames.Translator(""), StringComparison.Ordinal))
        {
            NoteTranslator(space);
        }

        NetlinkWriter messages = new();
        foreach (int link in links is null ? PairsOf(space) : Indices(space, links))
        {
            FilterMessages.AddPlace(messages, link);
            FilterMessages.Set(messages, link, entry: true, _entry, number);
            FilterMessages.Set(messages, link, entry: false, _exit, number);
        }

        string? refused = null;
        if (messages.Count > 0)
        {
            space.Route.Send(messages, (_, error, why) => refused ??= error is Libc.Exists or Libc.NoDevice ? null : why);
            HasHooked |= refused is null;
        }

        return refused;
    }

    /// <summary>The number is free again: whatever was learned with it is forgotten with the change that closed the namespace.</summary>
    public void Close(KernelNamespace space)
    {
        if (space.PeerNumber != 0)
        {
            _free.Push(space.PeerNumber);
            space.PeerNumber = 0;
        }
    }

    /// <summary>Takes the programs of any helper from all links of a namespace.</summary>
    public static void Unhook(KernelNamespace space)
    {
        NetlinkWriter messages = new();
        foreach (int link in PairsOf(space))
        {
            FilterMessages.RemovePlace(messages, link);
        }

        if (messages.Count > 0)
        {
            space.Route.Send(messages, (_, error, why) =>
            {
                if (error is not (Libc.NotThere or Invalid))
                {
                    throw new KernelException(why, error);
                }
            });
        }
    }

    public void Dispose()
    {
        foreach (int file in _files)
        {
            _ = Libc.Close(file);
        }
    }

    /// <summary>Which link of a router leads to it: ways through both may be joined.</summary>
    private void NoteTranslator(KernelNamespace space)
    {
        foreach (FoundLink link in space.ListLinks())
        {
            string[] other = link.Alias.Split('/');
            if (link.Kind == "veth" && other.Length == 2 && _kernel.Namespaces.Exists(other[0]))
            {
                KernelNamespace router = _kernel.Open(other[0]);
                Bpf.Set(_maps.Translators, Pair(NumberOf(router), router.IndexOf(other[1])), Pair(NumberOf(space), link.Index));
            }
        }
    }

    /// <summary>As <see cref="PeerPrograms"/> has it: the namespace's number, then the link's.</summary>
    private static ulong Pair(int number, int link) => (uint)number | ((ulong)(uint)link << 32);

    private int NumberOf(KernelNamespace space)
    {
        if (space.PeerNumber == 0)
        {
            space.PeerNumber = _free.TryPop(out int number) ? number : ++_numbers;
        }

        return space.PeerNumber <= ushort.MaxValue ? space.PeerNumber : throw new KernelException("too many namespaces for short ways", 0);
    }

    private static IEnumerable<int> PairsOf(KernelNamespace space) => space.ListLinks().Where(l => l.Kind == "veth").Select(l => l.Index);

    /// <summary>Of those that are there still.</summary>
    private static IEnumerable<int> Indices(KernelNamespace space, IEnumerable<string> links)
    {
        foreach (string link in links)
        {
            int index;
            try
            {
                index = space.IndexOf(link);
            }
            catch (KernelException e) when (e.Error == Libc.NoDevice)
            {
                continue;
            }

            yield return index;
        }
    }
}
