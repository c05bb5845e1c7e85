using System.Buffers.Binary;
using System.Globalization;
using SQLitePCL;

namespace Trunkline.Store;

/// <summary>The database file: how it is made, recognised, checked and opened. A file that is refused keeps its bytes.</summary>
internal static class DatabaseFile
{
    /// <summary>"TRNK" in SQLite's header (bytes 68 to 71): tells our files from others.</summary>
    public const uint ApplicationId = 0x54524E4B;

    /// <summary>The schema of this build; kept as SQLite's <c>user_version</c> (bytes 60 to 63).</summary>
    public const int SchemaVersion = 2;

    /// <summary>SQLite's own number of the switch that leaves the log alone at close (SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE).</summary>
    private const int NoCheckpointOnClose = 1006;

    private const int HeaderLength = 100;

    private const string PutBack = "put back a copy of it, or name another data directory";

    /// <summary>Rows of version 1 had an index too. Their numbers are the same, so such a file is read and written as it is.</summary>
    private const string RowsOfVersion1 = """
        CREATE TABLE row (
            account TEXT NOT NULL,
            region TEXT NOT NULL,
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            json TEXT NOT NULL,
            PRIMARY KEY (account, region, kind, key)
        ) STRICT;
        """;

    private const string Rows = """
        CREATE TABLE row (
            place INTEGER PRIMARY KEY,
            account TEXT NOT NULL,
            region TEXT NOT NULL,
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            json TEXT NOT NULL
        ) STRICT;
        """;

    private const string Others = """
        CREATE TABLE world (one INTEGER PRIMARY KEY CHECK (one = 1), json TEXT NOT NULL) STRICT;
        CREATE TABLE audit (
            seq INTEGER PRIMARY KEY,
            time TEXT NOT NULL,
            account TEXT NOT NULL,
            region TEXT NOT NULL,
            request_id TEXT NOT NULL,
            action TEXT NOT NULL,
            access_key TEXT NOT NULL,
            parameters TEXT NOT NULL,
            outcome TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER audit_keeps_lines BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER audit_keeps_words BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        """;

    /// <summary>Opens the file, made first where there is none: ours, sound, of a schema we know, and locked against others.</summary>
    public static Database Open(string file, long? maxBytes)
    {
        if (File.Exists(file))
        {
            Recognise(file);
        }
        else
        {
            Make(file);
        }

        Database database = Connect(file, create: false);
        try
        {
            Prepare(database, file);
            if (maxBytes is { } most)
            {
                Limit(database, most);
            }

            return database;
        }
        catch (DatabaseException error)
        {
            database.Dispose();
            throw Refusal(file, error);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Whether closing moves the log into the main file. Off until all was read: a refused file keeps its bytes.</summary>
    public static void MoveLogAtClose(Database database, bool move) =>
        raw.sqlite3_db_config(database.Handle, NoCheckpointOnClose, move ? 0 : 1, out _);

    /// <summary>Stops the file from growing beyond a size; SQLite then says that the disk is full.</summary>
    private static void Limit(Database database, long bytes)
    {
        long pageSize = long.Parse(Statement.Scalar(database.Handle, "PRAGMA page_size"), CultureInfo.InvariantCulture);
        database.Execute(Invariant($"PRAGMA max_page_count = {Math.Max(1, bytes / pageSize)}"));
    }

    /// <summary>The clear line for what SQLite met.</summary>
    public static StoreException Refusal(string file, DatabaseException error) => error.Code switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED =>
            StoreException.About(file, "another program has it open", "close that program", error),
        raw.SQLITE_FULL =>
            StoreException.About(file, "the disk is full", "make room and start Trunkline again", error),
        raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_CANTOPEN or raw.SQLITE_AUTH =>
            StoreException.About(file, $"it cannot be opened for writing ({Words(error)})", "mend its permissions", error),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => Damaged(file, Words(error), error),
        _ => StoreException.About(file, $"it cannot be used ({Words(error)})", "mend the disk and start Trunkline again", error),
    };

    public static StoreException Damaged(string file, string how, Exception? inner = null) =>
        StoreException.About(file, $"it is damaged ({how})", PutBack, inner);

    private static string Words(DatabaseException error) =>
        $"{raw.sqlite3_errstr(error.Code).utf8_to_string()}, code {error.ExtendedCode}";

    /// <summary>Made beside its place, whole, and moved there: what bears the name is never half made.</summary>
    private static void Make(string file)
    {
        string log = file + "-wal";
        if (File.Exists(log) && new FileInfo(log).Length > 0)
        {
            throw StoreException.About(file, "it is gone and its log is still here", $"put it back, or move {log} away");
        }

        string fresh = file + ".new";
        File.Delete(fresh);
        File.Delete(fresh + "-journal");
        File.Delete(fresh + "-wal");
        try
        {
            using (Database database = Connect(fresh, create: true))
            {
                database.Execute("PRAGMA synchronous = FULL");
                database.Execute("BEGIN; " + Rows + Others + Invariant(
                    $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {SchemaVersion}; COMMIT"));
                database.Execute("PRAGMA journal_mode = WAL");
            }

            File.Move(fresh, file);
        }
        catch (DatabaseException error)
        {
            throw Refusal(fresh, error);
        }
    }

    /// <summary>Looks at the header with no help of SQLite, which would already touch a foreign file's logs.</summary>
    private static void Recognise(string file)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        int read = stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false);
        if (read < HeaderLength)
        {
            throw Damaged(file, Invariant($"{read} bytes long, too short for a database"));
        }

        if (!header[..16].SequenceEqual("SQLite format 3\0"u8))
        {
            throw StoreException.About(file, "it is no SQLite database, or its header is damaged", PutBack);
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(header[68..]) != ApplicationId)
        {
            throw StoreException.About(file, "it is another program's SQLite database", "name another data directory");
        }

        RefuseVersion(file, BinaryPrimitives.ReadInt32BigEndian(header[60..]));
        int coded = BinaryPrimitives.ReadUInt16BigEndian(header[16..]);
        long pageSize = coded == 1 ? 65536 : coded;
        long length = BinaryPrimitives.ReadUInt32BigEndian(header[28..]) * pageSize;
        string log = file + "-wal";
        bool hasLog = File.Exists(log) && new FileInfo(log).Length > 0;
        if (!hasLog && stream.Length < length)
        {
            throw Damaged(file, Invariant($"{stream.Length} bytes long where {length} were written"));
        }
    }

    private static void RefuseVersion(string file, long version)
    {
        if (version > SchemaVersion)
        {
            throw StoreException.About(
                file,
                Invariant($"a newer Trunkline wrote it (schema {version}; this one knows {SchemaVersion})"),
                "start that newer Trunkline, or name another data directory");
        }

        if (version < 1)
        {
            throw Damaged(file, Invariant($"schema {version} was never used"));
        }
    }

    private static void Prepare(Database database, string file)
    {
        MoveLogAtClose(database, move: false);
        raw.sqlite3_busy_timeout(database.Handle, 0);
        database.Execute("PRAGMA locking_mode = EXCLUSIVE");
        string check = Statement.Scalar(database.Handle, "PRAGMA quick_check(1)");
        if (check != "ok")
        {
            throw Damaged(file, check);
        }

        long version = long.Parse(Statement.Scalar(database.Handle, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        RefuseVersion(file, version);
        RefuseOtherSchema(database.Handle, file, (version == 1 ? RowsOfVersion1 : Rows) + Others);
        string mode = Statement.Scalar(database.Handle, "PRAGMA journal_mode = WAL");
        if (mode != "wal")
        {
            throw StoreException.About(file, $"SQLite keeps it in mode '{mode}', not 'wal'", "name a data directory on a local disk");
        }

        // FULL: every commit is on the disk before it is answered. The log moves over every 1,000 pages (4 MB): every writer waits while it
        // does, so often and little (bench/run: four times as much makes the slowest hundredth half as slow again).
        database.Execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000; PRAGMA cache_size = -16384");
    }

    /// <summary>A table that was dropped or altered by hand shows here, not at the first write.</summary>
    private static void RefuseOtherSchema(sqlite3 database, string file, string schema)
    {
        List<string> wanted = Statements(schema);
        using Statement found = new(database, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid");
        List<string> present = [];
        while (found.Step())
        {
            present.Add(found.Text(0));
        }

        if (!wanted.SequenceEqual(present, StringComparer.Ordinal))
        {
            throw Damaged(file, "its tables are not those that Trunkline made");
        }
    }

    /// <summary>The statements of the schema as SQLite keeps them: one text each, without the closing semicolon.</summary>
    private static List<string> Statements(string script) =>
        [.. script.Split("CREATE ", StringSplitOptions.RemoveEmptyEntries).Select(s => "CREATE " + s.TrimEnd().TrimEnd(';'))];

    private static Database Connect(string file, bool create)
    {
        try
        {
            return Database.Open(file, create);
        }
        catch (DatabaseException error)
        {
            throw Refusal(file, error);
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
