using System.Text;
using SQLitePCL;

namespace Trunkline.Store;

/// <summary>A prepared SQLite statement that takes and gives UTF-8 as it is, without a string between.</summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 database;
    private readonly sqlite3_stmt handle;
    private byte[] scratch = new byte[256];

    public Statement(sqlite3 database, string sql)
    {
        this.database = database;
        Check(raw.sqlite3_prepare_v2(database, sql, out handle));
    }

    /// <summary>The first column of the first row, as text; empty where there is none.</summary>
    public static string Scalar(sqlite3 database, string sql)
    {
        using Statement statement = new(database, sql);
        return statement.Step() ? statement.Text(0) : "";
    }

    /// <param name="index">From 1, as SQLite counts parameters.</param>
    /// <param name="text">UTF-8; copied.</param>
    public void Bind(int index, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            // An empty span has no address, which SQLite would take for NULL.
            Check(raw.sqlite3_bind_text(handle, index, ""));
            return;
        }

        Check(raw.sqlite3_bind_text(handle, index, text));
    }

    public void Bind(int index, string text)
    {
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (scratch.Length < most)
        {
            scratch = new byte[most];
        }

        Bind(index, scratch.AsSpan(0, Encoding.UTF8.GetBytes(text, scratch)));
    }

    public void Bind(int index, long number) => Check(raw.sqlite3_bind_int64(handle, index, number));

    /// <summary>True where a row has come; false at the end, after which the statement is ready for its next run.</summary>
    public bool Step()
    {
        int code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        if (code == raw.SQLITE_DONE)
        {
            Check(raw.sqlite3_reset(handle));
            return false;
        }

        raw.sqlite3_reset(handle);
        Check(code);
        return false;
    }

    /// <summary>The column's UTF-8; good until the next step.</summary>
    public ReadOnlySpan<byte> Utf8(int column) => raw.sqlite3_column_blob(handle, column);

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

    public long Number(int column) => raw.sqlite3_column_int64(handle, column);

    public void Dispose() => handle.Dispose();

    private void Check(int code) => DatabaseException.ThrowIfError(database, code);
}
