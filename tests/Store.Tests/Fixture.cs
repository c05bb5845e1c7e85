using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Store;

namespace Trunkline.Tests.Store;

/// <summary>A data directory of a test's own, and small batches to put into it.</summary>
internal sealed class DataDirectory : IDisposable
{
    public static readonly PartitionKey Home = new("000000000000", "us-east-1");

    public string Path { get; } = Directory.CreateTempSubdirectory("store-test-").FullName;

    public string File => System.IO.Path.Combine(Path, SqliteStore.FileName);

    public string Log => File + "-wal";

    public static AuditLine Line(string requestId) => new(
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Home.Account, Home.Region, requestId, "ec2:CreateVpc", "", "CidrBlock=10.0.0.0/16", "ok");

    public static Vpc Vpc(string id, string tag = "") => new()
    {
        Id = new Id<Vpc>(id),
        Cidrs = [new CidrAssociation("vpc-cidr-assoc-1", Prefix.Parse("10.0.0.0/16"))],
        Tags = Tags.None.Add("n", tag),
    };

    public static Change Put(Vpc vpc) => new(Home, Kind.Of<Vpc>(), vpc.Key, null, vpc);

    public static Change Remove(Vpc vpc) => new(Home, Kind.Of<Vpc>(), vpc.Key, vpc, null);

    public static Batch Batch(string requestId, params Change[] changes) => new(changes, null, Line(requestId));

    /// <summary>Makes a store with one VPC in it, closed again.</summary>
    public async Task Fill()
    {
        await using SqliteStore store = SqliteStore.Open(Path);
        store.Load();
        await store.Append(Batch("r-1", Put(Vpc("vpc-1"))));
    }

    /// <summary>Makes an empty file as the first Trunkline made it.</summary>
    public void MakeVersion1()
    {
        using SqliteConnection connection = new($"Data Source={File};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = """
            BEGIN;
            CREATE TABLE row (
                account TEXT NOT NULL,
                region TEXT NOT NULL,
                kind TEXT NOT NULL,
                key TEXT NOT NULL,
                json TEXT NOT NULL,
                PRIMARY KEY (account, region, kind, key)
            ) STRICT;
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
            PRAGMA application_id = 1414680139;
            PRAGMA user_version = 1;
            COMMIT;
            PRAGMA journal_mode = WAL;
            """;
        command.ExecuteNonQuery();
    }

    /// <summary>Every file but the lock, with its content's digest; an empty log counts as none.</summary>
    public string Bytes() => string.Join('\n', Directory.GetFiles(Path)
        .Where(f => !f.EndsWith(SqliteStore.LockName, StringComparison.Ordinal) && new FileInfo(f).Length + (f == File ? 1 : 0) > 0)
        .Order(StringComparer.Ordinal)
        .Select(f => $"{System.IO.Path.GetFileName(f)} {Convert.ToHexString(SHA256.HashData(System.IO.File.ReadAllBytes(f)))}"));

    public async Task<CloudSnapshot> Reopen()
    {
        await using SqliteStore store = SqliteStore.Open(Path);
        return store.Load();
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
