using Trunkline.Planes.Linux.Delta;
using Trunkline.Planes.Linux.Desired;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>Writes one namespace's table. Each method gives null, or why it failed in nft's own words.</summary>
internal sealed class NftWriter(HostKernel kernel, KernelNamespace space)
{
    private const string TooLong = "Message too long";

    /// <summary>A piece's length in characters to begin with; halved where the kernel finds it too long.</summary>
    private const int FirstPiece = 1 << 16;

    private const int LeastPiece = 1 << 10;

    private readonly NftContext _nft = kernel.NftOf(space);

    /// <summary>
    /// Replaces the table in one transaction. Where that is too long for one message, the new table is built beside the old without its
    /// hooks, so that no packet meets it, and the last transaction hooks it in and takes the old one away.
    /// </summary>
    public string? Load(NftTable table)
    {
        NftScript script = new(NftTable.Name);
        script.DropTable(NftState.SecondName);
        script.DropTable(NftTable.Name);
        script.AddTable(NftTable.Name);
        script.AddAll(table, NextGeneration());
        string? why = _nft.Run(script.ToOctets());
        if (why is null)
        {
            space.TableName = NftTable.Name;
            space.Table = table;
            return null;
        }

        return IsTooLong(why) ? LoadInPieces(table) : Short(why);
    }

    /// <summary>Changes the table in one transaction; where that fails and the whole is known, the whole is written instead.</summary>
    public string? Change(NftDelta delta)
    {
        if (space.Table is null || NftHash.Of(space.Table) != delta.OldHash)
        {
            return "the table in the kernel is not the one that the change starts from";
        }

        NftScript script = new(space.TableName);
        script.Change(delta, NextGeneration());
        string? why = _nft.Run(script.ToOctets());
        if (why is null)
        {
            space.Table = NftHash.IsRemembered(space.Table) ? NftHash.Remembered(delta.NewHash) : delta.ApplyTo(space.Table);
            return null;
        }

        if (!NftHash.IsRemembered(space.Table))
        {
            return Load(delta.ApplyTo(space.Table)) is { } still ? still : null;
        }

        // With an unknown hash the next look finds a table that must be loaded whole.
        script.Clear();
        script.FlushHash();
        _ = _nft.Run(script.ToOctets());
        space.Table = NftHash.Remembered("");
        return Short(why);
    }

    /// <summary>Notes that the table is still the one with this hash.</summary>
    public void Confirm(string hash)
    {
        NftScript script = new(space.TableName);
        script.FlushHash();
        script.AddHash(hash, NextGeneration());
        _ = _nft.Run(script.ToOctets());
    }

    private uint NextGeneration() => unchecked(NftState.Generation(kernel.NetfilterOf(space)) + 1);

    public string? Remove()
    {
        NftScript script = new(space.TableName);
        script.DropTable(NftTable.Name);
        script.DropTable(NftState.SecondName);
        string? why = _nft.Run(script.ToOctets());
        if (why is null)
        {
            space.Table = null;
            space.TableName = NftTable.Name;
            return null;
        }

        return Short(why);
    }

    private string? LoadInPieces(NftTable table)
    {
        string next = space.Table is not null && space.TableName == NftTable.Name ? NftState.SecondName : NftTable.Name;
        string other = next == NftTable.Name ? NftState.SecondName : NftTable.Name;
        string? why = Prepare(table, next);
        if (why is null)
        {
            NftScript last = new(next);
            foreach (NftChain chain in table.Chains.Values.Where(c => c.Hook is not null))
            {
                last.AddChain(chain);
                last.AddRules(chain);
            }

            last.AddHashSet();
            last.AddHash(NftHash.Of(table), NextGeneration());
            last.DropTable(other);
            why = _nft.Run(last.ToOctets());
        }

        if (why is null)
        {
            space.TableName = next;
            space.Table = table;
            return null;
        }

        NftScript undo = new(next);
        undo.DropTable(next);
        _ = _nft.Run(undo.ToOctets());
        return Short(why);
    }

    /// <summary>All but the chains with hooks, in as many transactions as it takes.</summary>
    private string? Prepare(NftTable table, string next)
    {
        NftScript first = new(next);
        first.DropTable(next);
        first.AddTable(next);
        if (_nft.Run(first.ToOctets()) is { } refused)
        {
            return refused;
        }

        NftChain[] chains = [.. table.Chains.Values.Where(c => c.Hook is null)];
        return RunInPieces(next, chains, static (s, c) => s.AddChain(c))
            ?? RunInPieces(next, [.. table.Sets.Values], static (s, t) => s.AddSet(t))
            ?? AddElements(table, next)
            ?? RunInPieces(next, chains, static (s, c) => s.AddRules(c));
    }

    private string? AddElements(NftTable table, string next)
    {
        const int perCommand = 64;
        foreach (NftSet set in table.Sets.Values)
        {
            string? why = RunInPieces(next, [.. NftScript.Of(set).Chunk(perCommand)], (s, some) => s.AddElements(set.Name, some));
            if (why is not null)
            {
                return why;
            }
        }

        return null;
    }

    private string? RunInPieces<T>(string next, T[] items, Action<NftScript, T> write)
    {
        int most = FirstPiece;
        int at = 0;
        while (at < items.Length)
        {
            NftScript script = new(next);
            int end = at;
            do
            {
                write(script, items[end++]);
            }
            while (end < items.Length && script.Length < most);

            string? why = script.Length == 0 ? null : _nft.Run(script.ToOctets());
            if (why is not null && IsTooLong(why) && most > LeastPiece)
            {
                most /= 2;
                continue;
            }

            if (why is not null)
            {
                return why;
            }

            at = end;
        }

        return null;
    }

    private static bool IsTooLong(string why) => why.Contains(TooLong, StringComparison.Ordinal);

    /// <summary>The first lines: after a mistake in one rule the tool may repeat itself for each that follows.</summary>
    private static string Short(string why)
    {
        const int lines = 3;
        return string.Join('\n', why.Split('\n').Take(lines));
    }
}
