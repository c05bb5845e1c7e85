namespace Trunkline.Planes.Linux.Kernel;

/// <summary>
/// libnftables with its socket in one namespace, kept for many transactions. Not for two threads at once; to be used on a thread that is
/// in the namespace, as links' names are looked up there.
/// </summary>
internal sealed unsafe class NftContext : IDisposable
{
    private nint _context;

    /// <summary>Opens one in the calling thread's namespace.</summary>
    /// <param name="number">The number that its file is to have, held for it: libnftables waits with select, which knows no file above 1023.</param>
    /// <param name="longest">How long a transaction may be, in octets, as far as the kernel permits.</param>
    /// <exception cref="KernelException">No library or no socket.</exception>
    public NftContext(int number, int longest)
    {
        Number = number;
        _context = NftLibrary.Open();
        Settle(longest);
    }

    /// <summary>The number of its file: free again after <see cref="Dispose"/>.</summary>
    public int Number { get; }

    /// <summary>How many transactions were run.</summary>
    public long Runs { get; private set; }

    /// <summary>Runs commands as one transaction: all or nothing. Null, or the tool's own words.</summary>
    public string? Run(ReadOnlySpan<byte> zeroTerminated)
    {
        Runs++;
        return NftLibrary.Run(_context, zeroTerminated);
    }

    /// <summary>What the last run wrote.</summary>
    public string Output => NftLibrary.OutputOf(_context);

    /// <summary>Ends the context; the number of its file stays held, by a file that is nothing.</summary>
    public void Dispose()
    {
        if (_context != 0)
        {
            int spare = Libc.Open("/dev/null", Libc.OpenReadOnlyCloseOnExec, 0);
            NftLibrary.Free(_context);
            _context = 0;
            _ = Libc.DuplicateTo(spare, Number, Libc.OpenReadOnlyCloseOnExec);
            _ = Libc.Close(spare);
        }
    }

    /// <summary>
    /// Moves the socket to the number that is held for it, and widens it: a transaction is one message, and may not be longer than the
    /// socket's buffer; libnftables only tries what needs privilege on the whole host, so the socket gets what anybody may have. The
    /// socket is the first field of the first field of the context (a mnl_socket whose first field is the file); what is found is checked
    /// to be a netfilter socket before it is touched.
    /// </summary>
    private void Settle(int longest)
    {
        nint socket = *(nint*)_context;
        int fd = socket == 0 ? -1 : *(int*)socket;
        if (fd < 0 || Libc.OptionOf(fd, Libc.LevelSocket, Libc.Domain) != Libc.FamilyNetlink
            || Libc.OptionOf(fd, Libc.LevelSocket, Libc.Protocol) != NetlinkSocket.Netfilter)
        {
            throw new KernelException($"{NftLibrary.Name} is of a version whose socket cannot be found", 0);
        }

        if (Libc.DuplicateTo(fd, Number, Libc.OpenReadOnlyCloseOnExec) < 0)
        {
            throw Libc.Failure("nftables socket");
        }

        _ = Libc.Close(fd);
        *(int*)socket = Number;
        if (!Libc.TrySetOption(Number, Libc.LevelSocket, Libc.SendBufferForce, longest))
        {
            Libc.TrySetOption(Number, Libc.LevelSocket, Libc.SendBuffer, longest);
        }
    }
}
