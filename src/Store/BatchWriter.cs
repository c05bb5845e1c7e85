using System.Globalization;
using SQLitePCL;
using Trunkline.Cloud;

namespace Trunkline.Store;

/// <summary>Writes groups of batches, one transaction each, with statements prepared once. For one thread.</summary>
internal sealed class BatchWriter : IDisposable
{
    private readonly Statement begin;
    private readonly Statement commit;
    private readonly Statement rollback;
    private readonly Statement add;
    private readonly Statement change;
    private readonly Statement remove;
    private readonly Statement putWorld;
    private readonly Statement addAudit;
    private readonly Statement newestAudit;
    private readonly Dictionary<RowName, Change> last = [];
    private readonly RowEncoder encoder = new();
    private readonly sqlite3 database;
    private readonly RowPlaces places;

    /// <param name="places">Of every row that the file holds, before the first is written.</param>
    public BatchWriter(sqlite3 database, RowPlaces places)
    {
        this.database = database;
        this.places = places;
        begin = new Statement(database, "BEGIN IMMEDIATE");
        commit = new Statement(database, "COMMIT");
        rollback = new Statement(database, "ROLLBACK");
        add = new Statement(database, "INSERT INTO row (rowid, account, region, kind, key, json) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        change = new Statement(database, "UPDATE row SET json = ?2 WHERE rowid = ?1");
        remove = new Statement(database, "DELETE FROM row WHERE rowid = ?1");
        putWorld = new Statement(
            database, "INSERT INTO world (one, json) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET json = excluded.json");
        addAudit = new Statement(
            database,
            "INSERT INTO audit (time, account, region, request_id, action, access_key, parameters, outcome) "
            + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
        newestAudit = new Statement(
            database,
            "SELECT time, account, region, request_id, action, access_key, parameters, outcome FROM audit ORDER BY seq DESC LIMIT ?1");
    }

    /// <summary>Writes all batches or none; they are on the disk when this returns.</summary>
    /// <remarks>Of a row that comes more than once, the last version only: only that one is ever encoded.</remarks>
    /// <exception cref="StoreException">A row has a value that could not be read back.</exception>
    public void Write(IReadOnlyList<Batch> batches)
    {
        begin.Step();
        try
        {
            WriteRows(batches);
            for (int i = batches.Count - 1; i >= 0; i--)
            {
                if (batches[i].World is { } world)
                {
                    putWorld.Bind(1, encoder.Encode(world));
                    putWorld.Step();
                    break;
                }
            }

            foreach (Batch batch in batches)
            {
                AddAudit(batch.Audit);
            }

            commit.Step();
        }
        catch
        {
            // SQLite has already rolled back after some errors (a full disk); asking again would hide the first error.
            if (raw.sqlite3_get_autocommit(database) == 0)
            {
                rollback.Step();
            }

            throw;
        }
    }

    public List<AuditLine> NewestAudit(int limit)
    {
        List<AuditLine> lines = [];
        newestAudit.Bind(1, limit);
        while (newestAudit.Step())
        {
            lines.Add(new AuditLine(
                DateTimeOffset.ParseExact(newestAudit.Text(0), "O", CultureInfo.InvariantCulture),
                newestAudit.Text(1),
                newestAudit.Text(2),
                newestAudit.Text(3),
                newestAudit.Text(4),
                newestAudit.Text(5),
                newestAudit.Text(6),
                newestAudit.Text(7)));
        }

        return lines;
    }

    public void Dispose()
    {
        foreach (Statement statement in (Statement[])[begin, commit, rollback, add, change, remove, putWorld, addAudit, newestAudit])
        {
            statement.Dispose();
        }

        encoder.Dispose();
    }

    private void WriteRows(IReadOnlyList<Batch> batches)
    {
        last.Clear();
        foreach (Batch batch in batches)
        {
            foreach (Change change in batch.Changes)
            {
                last[new RowName(change.Partition, change.Kind.Name, change.Key)] = change;
            }
        }

        foreach ((RowName name, Change change) in last)
        {
            WriteRow(name, change);
        }

        last.Clear();
    }

    private void WriteRow(RowName name, Change made)
    {
        if (made.After is not { } row)
        {
            // What was made and removed in one group never reached the file.
            if (places.Forget(name, out long was))
            {
                remove.Bind(1, was);
                remove.Step();
            }

            return;
        }

        long place = places.Of(name, out bool isNew);
        Statement statement = isNew ? add : change;
        statement.Bind(1, place);
        if (isNew)
        {
            statement.Bind(2, name.Partition.Account);
            statement.Bind(3, name.Partition.Region);
            statement.Bind(4, name.Kind);
            statement.Bind(5, name.Key);
        }

        statement.Bind(isNew ? 6 : 2, encoder.Encode(name, made.Kind, row));
        statement.Step();
    }

    private void AddAudit(AuditLine line)
    {
        addAudit.Bind(1, line.Time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture));
        addAudit.Bind(2, line.Account);
        addAudit.Bind(3, line.Region);
        addAudit.Bind(4, line.RequestId);
        addAudit.Bind(5, line.Action);
        addAudit.Bind(6, line.AccessKey);
        addAudit.Bind(7, line.Parameters);
        addAudit.Bind(8, line.Outcome);
        addAudit.Step();
    }
}
