using Trunkline.Planes.Linux.Compile;
using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>
/// Takes the steps of one delta. Steps that go over one namespace's socket one after the other are sent together; everything else is done
/// when those before it are done.
/// </summary>
internal sealed class DeltaRun(HostKernel kernel, HostDelta delta)
{
    /// <summary>How many namespaces are open at once while links are made into them.</summary>
    private const int MostFiles = 256;

    private readonly List<HostFailure> _failures = [];
    private readonly NetlinkWriter _messages = new();
    private readonly List<HostStep> _pending = [];
    private readonly List<int> _farNamespaces = [];
    private readonly HashSet<string> _unfiltered = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, HostStep> _touched = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _shortLinks = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reloaded = new(StringComparer.Ordinal);
    private KernelNamespace? _space;
    private PeerWays? _peers;

    public IReadOnlyList<HostFailure> Run()
    {
        foreach (HostStep step in delta.Steps)
        {
            try
            {
                Take(step);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or FormatException)
            {
                // A message that was begun is not sent.
                _messages.Keep(_pending.Count);
                _failures.Add(new HostFailure(step, e.Message));
            }
        }

        Flush();
        RenewShortWays();
        return _failures;
    }

    /// <summary>No packet goes a way of before: the last thing that a change does, whatever it changed.</summary>
    private void RenewShortWays()
    {
        _peers = _touched.Keys.Any(PeerWays.Carries) ? kernel.Peers : null;
        foreach ((string name, HostStep last) in _touched)
        {
            if (last is RemoveNamespace)
            {
                continue;
            }

            try
            {
                KernelNamespace space = kernel.Open(name);
                string? why = PeerWays.Carries(name) ? RenewPeers(space) : null;
                why ??= _peers is null ? RenewTable(space) : null;
                if (why is not null)
                {
                    _failures.Add(new HostFailure(last, why));
                }
            }
            catch (KernelException e)
            {
                _failures.Add(new HostFailure(last, e.Message));
            }
        }

        _peers?.Forget();
    }

    private string? RenewPeers(KernelNamespace space)
    {
        if (_peers is { } peers)
        {
            string? refused = peers.Hook(space, space.HasPeerWays ? _shortLinks.GetValueOrDefault(space.Name, []) : null);
            space.HasPeerWays = refused is null;
            if (refused is null)
            {
                return space.HasShortWays ? new ShortWays(kernel, space).Remove() : null;
            }

            if (peers.HasHooked)
            {
                return refused;
            }

            // A kernel that loads programs but cannot hook them to links. The probe of the kernel has told it.
            kernel.GiveUpPeers(refused);
            _peers = null;
        }

        if (!space.HasPeerWays && kernel.MayHavePeers)
        {
            // An earlier helper could do what this one cannot: nobody would tell its programs of a change.
            PeerWays.Unhook(space);
            space.HasPeerWays = true;
        }

        return null;
    }

    private string? RenewTable(KernelNamespace space)
    {
        IReadOnlySet<string>? changed = _reloaded.Contains(space.Name) ? null : _shortLinks.GetValueOrDefault(space.Name, []);
        return space.Table is not null || space.HasShortWays ? new ShortWays(kernel, space).Renew(changed) : null;
    }

    /// <summary>Notes where something changes, and of which links the short ways must be looked at.</summary>
    private void Note(HostStep step)
    {
        if (step is SetSysctl)
        {
            // A helper that is new does not know the switches: that it writes one is seen when it did.
            return;
        }

        _touched[step.Namespace] = step;
        switch (step)
        {
            case AddPair add:
                _touched[add.Near.PeerNamespace] = step;
                NoteLink(step.Namespace, add.Near.Name);
                NoteLink(add.Near.PeerNamespace, add.Far.Name);
                break;
            case LoadFilter:
                _reloaded.Add(step.Namespace);
                break;
            case ChangeFilter change:
                foreach (NftElements elements in change.Delta.Elements)
                {
                    if (elements.Set == NftTable.ShortSet)
                    {
                        NoteLinks(step.Namespace, elements);
                    }
                    else if (elements.Set == ShortWays.BorderSet && elements.Added.Concat(elements.Removed).Any(e => e.Key == ShortWays.BorderKey))
                    {
                        NoteLink(step.Namespace, LinuxNames.BorderLink);
                    }
                }

                break;
            default:
                break;
        }
    }

    private void NoteLinks(string name, NftElements elements)
    {
        foreach (NftElement element in elements.Added)
        {
            NoteLink(name, ShortWays.Parse(element.Key).Link);
        }

        foreach (NftElement element in elements.Removed)
        {
            NoteLink(name, ShortWays.Parse(element.Key).Link);
        }
    }

    private void NoteLink(string name, string link)
    {
        if (!_shortLinks.TryGetValue(name, out HashSet<string>? links))
        {
            _shortLinks.Add(name, links = new HashSet<string>(StringComparer.Ordinal));
        }

        links.Add(link);
    }

    private void Take(HostStep step)
    {
        Note(step);
        switch (step)
        {
            case AddNamespace add:
                Flush();
                AddNamespace(add);
                break;
            case RemoveNamespace remove:
                Flush();
                kernel.Delete(remove.Namespace);
                break;
            case SetSysctl set:
                Flush();
                SetSysctl(set);
                break;
            case LoadFilter or ChangeFilter or RemoveFilter:
                Flush();
                WriteFilter(step);
                break;
            default:
                Queue(step);
                break;
        }
    }

    private void AddNamespace(AddNamespace step)
    {
        KernelNamespace space = kernel.Create(step.Namespace);
        Begin(space);
        LinkMessages.SetLoopback(_messages, step.Role, step.HostName);
        _pending.Add(step);
        Flush();
    }

    private void SetSysctl(SetSysctl step)
    {
        KernelNamespace space = kernel.Open(step.Namespace);
        kernel.Enter(step.Namespace);
        if (kernel.SetSwitch(space, step.Path, step.Value))
        {
            _touched[step.Namespace] = step;
        }

        space.Sysctls[step.Path] = step.Value;
    }

    private void WriteFilter(HostStep step)
    {
        KernelNamespace space = kernel.Open(step.Namespace);
        NftWriter writer = new(kernel, space);
        string? why = step switch
        {
            LoadFilter load => writer.Load(load.Table),
            ChangeFilter change => writer.Change(change.Delta),
            _ => writer.Remove(),
        };
        if (why is not null)
        {
            _failures.Add(new HostFailure(step, why));
            if (space.Table is null)
            {
                _unfiltered.Add(step.Namespace);
            }
        }
    }

    private void Queue(HostStep step)
    {
        if (_space?.Name != step.Namespace || (_pending.Count > 0 && _pending[^1] is RemoveLink && step is not RemoveLink))
        {
            Flush();
            Begin(kernel.Open(step.Namespace));
        }

        if (step is SetLink && _unfiltered.Contains(step.Namespace))
        {
            throw new KernelException("the link stays down: its namespace has no filter", 0);
        }

        Encode(step, _space!);
        _pending.Add(step);
    }

    /// <summary>Writes the step's message.</summary>
    private void Encode(HostStep step, KernelNamespace space)
    {
        switch (step)
        {
            case AddPair add:
                EncodePair(add);
                break;
            case SetLink set:
                LinkMessages.Set(_messages, set.Link, set.Was);
                break;
            case RemoveLink remove:
                space.Forget(remove.Name);
                LinkMessages.MarkForRemoval(_messages, remove.Name);
                break;
            case AddAddress add:
                RouteMessages.Address(_messages, add.Address, IndexOf(space, add.Address.Link), true);
                break;
            case RemoveAddress remove:
                RouteMessages.Address(_messages, remove.Address, IndexOf(space, remove.Address.Link), false);
                break;
            case SetNeighbour set:
                RouteMessages.Neighbour(_messages, set.Neighbour, IndexOf(space, set.Neighbour.Link), true);
                break;
            case RemoveNeighbour remove:
                RouteMessages.Neighbour(_messages, remove.Neighbour, IndexOf(space, remove.Neighbour.Link), false);
                break;
            case SetRoute set:
                RouteMessages.Route(_messages, set.Route, set.Route.Link is { } link ? IndexOf(space, link) : 0, true);
                break;
            case RemoveRoute remove:
                RouteMessages.Route(_messages, remove.Route, remove.Route.Link is { } old ? IndexOf(space, old) : 0, false);
                break;
            case AddRule add:
                RouteMessages.Rule(_messages, add.Rule, true);
                break;
            case RemoveRule remove:
                RouteMessages.Rule(_messages, remove.Rule, false);
                break;
            default:
                throw new KernelException($"{step.GetType().Name} is not known here", 0);
        }
    }

    private void EncodePair(AddPair step)
    {
        if (_farNamespaces.Count >= MostFiles)
        {
            KernelNamespace near = _space!;
            Flush();
            _space = near;
        }

        KernelNamespace far = kernel.Open(step.Near.PeerNamespace);
        int file = NetNamespaces.OpenFile(kernel.Namespaces.PathOf(far.Name));
        _farNamespaces.Add(file);
        LinkMessages.AddPair(_messages, step.Near, step.Far, file);
        _space!.Forget(step.Near.Name);
        _space.NewLinks++;
        far.Forget(step.Far.Name);
        far.NewLinks++;
    }

    /// <summary>A link that is made by a message that waits has no number yet.</summary>
    private int IndexOf(KernelNamespace space, string link)
    {
        if (!space.KnowsIndexOf(link))
        {
            Flush();
            Begin(space);
        }

        return space.IndexOf(link);
    }

    private void Begin(KernelNamespace space) => _space = space;

    private void Flush()
    {
        if (_space is not null && _messages.Count > 0)
        {
            if (_pending[^1] is RemoveLink)
            {
                LinkMessages.RemoveMarked(_messages);
                _pending.Add(_pending[^1]);
            }

            try
            {
                _space.Route.Send(_messages, Failed);
            }
            catch (KernelException e)
            {
                _failures.AddRange(_pending.Select(s => new HostFailure(s, e.Message)));
            }
        }

        foreach (int file in _farNamespaces)
        {
            _ = Libc.Close(file);
        }

        _farNamespaces.Clear();
        _messages.Clear();
        _pending.Clear();
        _space = null;
    }

    private void Failed(int index, int error, string why)
    {
        HostStep step = _pending[index];
        bool isSo = step switch
        {
            RemoveLink or RemoveAddress or RemoveNeighbour or RemoveRoute or RemoveRule =>
                error is Libc.NoProcess or Libc.NoDevice or Libc.NotThere or Libc.AddressNotAvailable,
            AddAddress or AddRule => error == Libc.Exists,
            _ => false,
        };
        if (!isSo)
        {
            _failures.Add(new HostFailure(step, why));
        }
    }
}
