using System.Globalization;
using SQLitePCL;

namespace Trunkline.Store;

/// <summary>What SQLite met.</summary>
/// <param name="code">SQLite's extended result code; its low octet is the result code.</param>
/// <param name="words">What SQLite says of it.</param>
internal sealed class DatabaseException(int code, string words)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"SQLite {code}: {words}"))
{
    /// <summary>The result code, such as <c>SQLITE_BUSY</c>.</summary>
    public int Code { get; } = code & 0xFF;

    /// <summary>The extended result code, such as <c>SQLITE_IOERR_FSYNC</c>.</summary>
    public int ExtendedCode { get; } = code;

    /// <exception cref="DatabaseException">The code is an error.</exception>
    public static void ThrowIfError(sqlite3 database, int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            int extended = raw.sqlite3_extended_errcode(database);
            throw new DatabaseException((extended & 0xFF) == (code & 0xFF) ? extended : code, raw.sqlite3_errmsg(database).utf8_to_string());
        }
    }
}

/// <summary>An open database.</summary>
/// <remarks>SQLite's own calls, not ADO.NET's: those keep 4 MB at rest, and nothing here needs them.</remarks>
internal sealed class Database : IDisposable
{
    static Database() => Batteries_V2.Init();

    private Database(sqlite3 handle) => Handle = handle;

    public sqlite3 Handle { get; }

    /// <param name="file">A path; never taken for a URI.</param>
    /// <param name="create">Makes the file where there is none.</param>
    /// <exception cref="DatabaseException">It cannot be opened.</exception>
    public static Database Open(string file, bool create)
    {
        int flags = raw.SQLITE_OPEN_READWRITE | (create ? raw.SQLITE_OPEN_CREATE : 0);
        int code = raw.sqlite3_open_v2(file, out sqlite3 handle, flags, vfs: null);
        Database database = new(handle);
        try
        {
            DatabaseException.ThrowIfError(handle, code);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Runs statements that give nothing; an error of any of them is told.</summary>
    /// <exception cref="DatabaseException">One fails.</exception>
    public void Execute(string sql) => DatabaseException.ThrowIfError(Handle, raw.sqlite3_exec(Handle, sql));

    public void Dispose() => Handle.Dispose();
}
