using Trunkline.Cloud;

namespace Trunkline.Store;

/// <summary>Keeps nothing (<c>--ephemeral</c>): every start finds an empty cloud.</summary>
public sealed class NoStore : IStore
{
    public CloudSnapshot Load() => CloudSnapshot.Empty;

    public ValueTask Append(Batch batch) => ValueTask.CompletedTask;

    public ValueTask<IReadOnlyList<AuditLine>> Audit(int limit) => ValueTask.FromResult<IReadOnlyList<AuditLine>>([]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
