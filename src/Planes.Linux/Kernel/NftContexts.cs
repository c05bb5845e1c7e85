namespace Trunkline.Planes.Linux.Kernel;

/// <summary>
/// The contexts that are open, at most so many: the one that was not used for longest makes room. It holds low file numbers from the
/// beginning, as a process that holds a thousand namespaces would have none left for libnftables, which needs them.
/// </summary>
internal sealed class NftContexts : IDisposable
{
    private const int Most = 96;
    private const int AboveSelect = 1024;

    private readonly int _longest;
    private readonly Stack<int> _numbers = new();
    private readonly LinkedList<KernelNamespace> _used = new();

    /// <param name="longest">How long a transaction may be, in octets, as far as the kernel permits.</param>
    public NftContexts(int longest)
    {
        _longest = longest;
        for (int i = 0; i < Most; i++)
        {
            int number = Libc.Open("/dev/null", Libc.OpenReadOnlyCloseOnExec, 0);
            if (number >= AboveSelect)
            {
                _ = Libc.Close(number);
                break;
            }

            if (number >= 0)
            {
                _numbers.Push(number);
            }
        }
    }

    /// <summary>The namespace's context, opened where it is not: the calling thread must be in the namespace.</summary>
    /// <exception cref="KernelException">No library, no socket, or no number.</exception>
    public NftContext Of(KernelNamespace space)
    {
        if (space.Nft is { } open)
        {
            _used.Remove(space);
            _used.AddFirst(space);
            return open;
        }

        if (_numbers.Count == 0 && _used.Last is { } oldest)
        {
            Close(oldest.Value);
        }

        if (!_numbers.TryPop(out int number))
        {
            throw new KernelException("no file number below 1024 is left for nftables", 0);
        }

        try
        {
            space.Nft = new NftContext(number, _longest);
        }
        catch (KernelException)
        {
            _numbers.Push(number);
            throw;
        }

        _used.AddFirst(space);
        return space.Nft;
    }

    /// <summary>Ends the namespace's context where it has one.</summary>
    public void Close(KernelNamespace space)
    {
        if (space.Nft is { } open)
        {
            space.EndedRuns += open.Runs;
            space.Nft = null;
            open.Dispose();
            _numbers.Push(open.Number);
            _used.Remove(space);
        }
    }

    public void Dispose()
    {
        while (_numbers.TryPop(out int number))
        {
            _ = Libc.Close(number);
        }
    }
}
