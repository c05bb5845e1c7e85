using Microsoft.Data.Sqlite;
using Trunkline.Cloud;
using Trunkline.Store;

namespace Trunkline.Tests.Store;

/// <summary>A file that cannot be used is refused in one line that names it and the mend, and keeps its bytes.</summary>
public sealed class RefusalTests
{
    private const string PutBack = "put back a copy of it, or name another data directory";

    [Fact]
    public void AFileThatIsNoDatabase() =>
        Refused(
            data => File.WriteAllText(data.File, new string('x', 5_000)),
            $"it is no SQLite database, or its header is damaged; {PutBack}");

    [Fact]
    public void AnEmptyFile() =>
        Refused(data => File.WriteAllText(data.File, ""), $"it is damaged (0 bytes long, too short for a database); {PutBack}");

    [Fact]
    public async Task ATruncatedFile()
    {
        using DataDirectory data = new();
        await data.Fill();
        long whole = new FileInfo(data.File).Length;
        Cut(data.File, whole - 4096);
        RefusedNow(data, $"it is damaged ({whole - 4096} bytes long where {whole} were written); {PutBack}");
        Cut(data.File, 50);
        RefusedNow(data, $"it is damaged (50 bytes long, too short for a database); {PutBack}");
    }

    [Fact]
    public async Task ADamagedHeader()
    {
        using DataDirectory data = new();
        await data.Fill();
        Patch(data.File, 3, [0xFF, 0xFF]);
        RefusedNow(data, $"it is no SQLite database, or its header is damaged; {PutBack}");
    }

    [Fact]
    public async Task ADamagedPage()
    {
        using DataDirectory data = new();
        await data.Fill();
        long pages = new FileInfo(data.File).Length / 4096;
        int refused = 0;
        byte[] sound = File.ReadAllBytes(data.File);
        for (int page = 1; page < pages; page++)
        {
            Patch(data.File, page * 4096, [0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA]);
            string before = data.Bytes();
            StoreException error = Assert.Throws<StoreException>(() => SqliteStore.Open(data.Path));
            Assert.StartsWith($"{data.File}: it is damaged (", error.Message, StringComparison.Ordinal);
            Assert.EndsWith($"; {PutBack}", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
            Assert.Equal(before, data.Bytes());
            File.WriteAllBytes(data.File, sound);
            refused++;
        }

        Assert.InRange(refused, 3, 20);
        Assert.Single((await data.Reopen()).Partition(DataDirectory.Home).All<Vpc>());
    }

    [Fact]
    public void AnotherProgramsDatabase() =>
        Refused(
            data => Sql(data.File, "PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1)", create: true),
            "it is another program's SQLite database; name another data directory");

    [Fact]
    public async Task ANewerSchema()
    {
        using DataDirectory data = new();
        await data.Fill();
        Patch(data.File, 60, [0, 0, 0, 3]);
        RefusedNow(
            data,
            "a newer Trunkline wrote it (schema 3; this one knows 2); start that newer Trunkline, or name another data directory");
    }

    [Fact]
    public async Task ADroppedTable()
    {
        using DataDirectory data = new();
        await data.Fill();
        Sql(data.File, "DROP TABLE world");
        RefusedNow(data, $"it is damaged (its tables are not those that Trunkline made); {PutBack}");
    }

    [Theory]
    [InlineData("UPDATE row SET json = '{}' WHERE key = 'vpc-1'", "000000000000/us-east-1: vpc 'vpc-1' cannot be read (")]
    [InlineData("UPDATE row SET json = '' WHERE key = 'vpc-1'", "000000000000/us-east-1: vpc 'vpc-1' cannot be read (")]
    [InlineData("UPDATE row SET json = 'null' WHERE key = 'vpc-1'", "000000000000/us-east-1: vpc 'vpc-1' cannot be read (")]
    [InlineData("UPDATE row SET json = replace(json, '{\"id\"', '{\"x\":1,\"id\"')", "vpc 'vpc-1' cannot be read (")]
    [InlineData("UPDATE row SET key = 'vpc-2'", "vpc 'vpc-2' cannot be read (it holds the row 'vpc-1')")]
    [InlineData("UPDATE row SET kind = 'moon'", "it holds a row of a kind 'moon' (000000000000/us-east-1) that this")]
    [InlineData("INSERT INTO world VALUES (1, '{\"internetAnswers\":3}')", "the world cannot be read (")]
    [InlineData("INSERT INTO world VALUES (1, '{\"sites\":null}')", "the world cannot be read (")]
    [InlineData("INSERT INTO world VALUES (1, '{\"sites\":[{\"name\":\"dc\"}]}')", "the world cannot be read (")]
    [InlineData(
        "INSERT INTO world VALUES (1, '{\"sites\":[{\"name\":\"dc\",\"routers\":[{\"name\":\"r\",\"accepts\":[\"10.0.0.1/8\"]}],\"networks\":[]}]}')",
        "the world cannot be read (")]
    [InlineData("INSERT INTO world VALUES (1, '{\"roles\":[{\"machine\":\"csr\",\"asn\":\"x\",\"announces\":[]}]}')", "the world cannot be read (")]
    [InlineData("INSERT INTO world VALUES (1, '{\"roles\":[null]}')", "the world cannot be read (")]
    [InlineData("UPDATE row SET json = replace(json, '\"cidrs\":[', '\"cidrs\":[null,') WHERE key = 'vpc-1'", "vpc 'vpc-1' cannot be read (a list")]
    public async Task ARowThatDoesNotParse(string sql, string line)
    {
        using DataDirectory data = new();
        await data.Fill();
        Sql(data.File, sql);
        string before = data.Bytes();
        await using (SqliteStore store = SqliteStore.Open(data.Path))
        {
            StoreException error = Assert.Throws<StoreException>(store.Load);
            Assert.StartsWith(data.File + ": ", error.Message, StringComparison.Ordinal);
            Assert.Contains(line, error.Message, StringComparison.Ordinal);
            Assert.Contains("; start the Trunkline that wrote it", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
            Assert.Throws<InvalidOperationException>(() => { _ = store.Append(DataDirectory.Batch("r")).AsTask(); });
        }

        Assert.Equal(before, data.Bytes());
    }

    /// <summary>The same with the row still in the log: it must stay there, unmoved.</summary>
    [Fact]
    public async Task ARowInTheLogThatDoesNotParse()
    {
        using DataDirectory data = new();
        await data.Fill();
        using (DataDirectory copy = new())
        {
            using (SqliteConnection connection = Connect(data.File, SqliteOpenMode.ReadWrite))
            {
                Run(connection, "UPDATE row SET json = '{}'");
                File.Copy(data.File, copy.File);
                File.Copy(data.Log, copy.Log);
            }

            string before = copy.Bytes();
            Assert.Contains("-wal", before, StringComparison.Ordinal);
            await using (SqliteStore store = SqliteStore.Open(copy.Path))
            {
                Assert.Throws<StoreException>(store.Load);
            }

            Assert.Equal(before, copy.Bytes());
        }
    }

    [Fact]
    public async Task ADirectoryThatAnotherTrunklineUses()
    {
        using DataDirectory data = new();
        await using (SqliteStore first = SqliteStore.Open(data.Path))
        {
            StoreException error = Assert.Throws<StoreException>(() => SqliteStore.Open(data.Path));
            Assert.Equal(
                $"{Path.Combine(data.Path, SqliteStore.LockName)}: another Trunkline uses this data directory; "
                + "stop it, or name another data directory",
                error.Message);
            first.Load();
            await first.Append(DataDirectory.Batch("r-1", DataDirectory.Put(DataDirectory.Vpc("vpc-1"))));
        }

        Assert.Single((await data.Reopen()).Partition(DataDirectory.Home).All<Vpc>());
    }

    [Fact]
    public async Task AFileThatAnotherProgramHasOpen()
    {
        using DataDirectory data = new();
        await data.Fill();
        using SqliteConnection other = Connect(data.File, SqliteOpenMode.ReadWrite);
        Run(other, "BEGIN IMMEDIATE");
        StoreException error = Assert.Throws<StoreException>(() => SqliteStore.Open(data.Path));
        Assert.Equal($"{data.File}: another program has it open; close that program", error.Message);
    }

    [Fact]
    public async Task WhileItIsOpenNoOtherProgramCanWriteIt()
    {
        using DataDirectory data = new();
        await using SqliteStore store = SqliteStore.Open(data.Path);
        store.Load();
        SqliteException error = Assert.Throws<SqliteException>(() => Sql(data.File, "DELETE FROM row"));
        Assert.Equal(5, error.SqliteErrorCode);
    }

    [Fact]
    public async Task AFileThatHoldsARowTwice()
    {
        using DataDirectory data = new();
        await data.Fill();
        Sql(data.File, "INSERT INTO row (account, region, kind, key, json) SELECT account, region, kind, key, json FROM row");
        string before = data.Bytes();
        await using (SqliteStore store = SqliteStore.Open(data.Path))
        {
            StoreException error = Assert.Throws<StoreException>(store.Load);
            Assert.Equal(
                $"{data.File}: it is damaged (it holds 000000000000/us-east-1: vpc 'vpc-1' twice); put back a copy of it, or name another data directory",
                error.Message);
        }

        Assert.Equal(before, data.Bytes());
    }

    [Fact]
    public async Task AFileThatIsGoneWhileItsLogIsThere()
    {
        using DataDirectory data = new();
        await data.Fill();
        File.Delete(data.File);
        File.WriteAllText(data.Log, "rows");
        RefusedNow(data, $"it is gone and its log is still here; put it back, or move {data.Log} away");
    }

    [Fact]
    public void ADataDirectoryThatIsAFile()
    {
        using DataDirectory data = new();
        string file = Path.Combine(data.Path, "a-file");
        File.WriteAllText(file, "");
        StoreException error = Assert.Throws<StoreException>(() => SqliteStore.Open(file));
        Assert.StartsWith($"{Path.Combine(file, SqliteStore.FileName)}: it cannot be opened (", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheLeftoverOfAStartThatWasKilledDoesNoHarm()
    {
        using DataDirectory data = new();
        File.WriteAllText(data.File + ".new", "half");
        File.WriteAllText(data.File + ".new-journal", "half");
        await data.Fill();
        Assert.Single((await data.Reopen()).Partition(DataDirectory.Home).All<Vpc>());
        Assert.Equal(
            [data.File, Path.Combine(data.Path, SqliteStore.LockName)], Directory.GetFiles(data.Path).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("DELETE FROM audit")]
    [InlineData("UPDATE audit SET outcome = 'x'")]
    public async Task AnAuditLineIsNeverChanged(string sql)
    {
        using DataDirectory data = new();
        await data.Fill();
        SqliteException error = Assert.Throws<SqliteException>(() => Sql(data.File, sql));
        Assert.Contains("the audit log is append-only", error.Message, StringComparison.Ordinal);
    }

    private static void Refused(Action<DataDirectory> make, string line)
    {
        using DataDirectory data = new();
        make(data);
        RefusedNow(data, line);
    }

    private static void RefusedNow(DataDirectory data, string line)
    {
        string before = data.Bytes();
        StoreException error = Assert.Throws<StoreException>(() => SqliteStore.Open(data.Path));
        Assert.Equal($"{data.File}: {line}", error.Message);
        Assert.Equal(before, data.Bytes());

        // Refused for good: a second try neither mends nor alters it.
        Assert.Throws<StoreException>(() => SqliteStore.Open(data.Path));
        Assert.Equal(before, data.Bytes());
    }

    private static void Cut(string file, long length)
    {
        using FileStream stream = new(file, FileMode.Open);
        stream.SetLength(length);
    }

    private static void Patch(string file, long at, byte[] bytes)
    {
        using FileStream stream = new(file, FileMode.Open);
        stream.Position = at;
        stream.Write(bytes);
    }

    private static SqliteConnection Connect(string file, SqliteOpenMode mode)
    {
        SqliteConnection connection = new(
            new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false, DefaultTimeout = 0 }.ToString());
        connection.Open();
        return connection;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 1;
        command.ExecuteNonQuery();
    }

    private static void Sql(string file, string sql, bool create = false)
    {
        using SqliteConnection connection = Connect(file, create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite);
        Run(connection, sql);
    }
}
