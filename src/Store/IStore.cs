using Trunkline.Cloud;

namespace Trunkline.Store;

/// <summary>Keeps the cloud across restarts: the rows that each request changed, and who asked for what.</summary>
/// <remarks>Any thread may call; <see cref="Load"/> comes once and before the first <see cref="Append"/>.</remarks>
public interface IStore : IAsyncDisposable
{
    /// <summary>The cloud as the last durable batch left it; empty where nothing was ever kept.</summary>
    /// <exception cref="StoreException">A row cannot be read; the file stays as it is.</exception>
    CloudSnapshot Load();

    /// <summary>Keeps one request's batch whole; completes when it is durable.</summary>
    /// <remarks>
    /// The batch takes its place in the order before this returns its task: a caller that needs an order calls in that order. Its rows are
    /// values and are encoded later, by the writer, only in their last version. Batches become durable in that order. A batch that failed may
    /// be found after a restart (the disk may have kept what it denied), but none that comes after it.
    /// </remarks>
    /// <exception cref="ArgumentException">Thrown at once, nothing kept: a row is not what its change says it is.</exception>
    /// <exception cref="StoreException">From the task: this batch, or one before it, could not be written, or read back; no more are taken.</exception>
    ValueTask Append(Batch batch);

    /// <summary>The newest audit lines, newest first; everything appended before the call is in them.</summary>
    /// <param name="limit">How many at most; 1 or more.</param>
    ValueTask<IReadOnlyList<AuditLine>> Audit(int limit);
}

/// <summary>What one request leaves behind, kept whole or not at all.</summary>
/// <param name="Changes">Rows in the order they were written; of a row written twice the last one counts. Empty where none changed.</param>
/// <param name="World">The next world where the request changed it; null elsewhere.</param>
/// <param name="Audit">The request itself.</param>
public sealed record Batch(IReadOnlyList<Change> Changes, World? World, AuditLine Audit);

/// <summary>One request, as the audit log keeps it.</summary>
/// <param name="Time">When it was answered; kept in UTC, to 100 ns.</param>
/// <param name="Account">Twelve digits.</param>
/// <param name="Region">A region's name.</param>
/// <param name="RequestId">The id in the reply.</param>
/// <param name="Action">Service and operation, such as <c>ec2:CreateVpc</c>.</param>
/// <param name="AccessKey">The access key id of the caller; empty where the request bore none.</param>
/// <param name="Parameters">The parameters as text.</param>
/// <param name="Outcome"><c>ok</c>, or the error code of the reply.</param>
public sealed record AuditLine(
    DateTimeOffset Time,
    string Account,
    string Region,
    string RequestId,
    string Action,
    string AccessKey,
    string Parameters,
    string Outcome);
