using Trunkline.Cloud;
using Trunkline.Tracing;

namespace Trunkline.Control;

/// <summary>Who asks, and where.</summary>
/// <param name="AccessKey">The access key id of the signature; empty where the request bore none.</param>
public sealed record Caller(PartitionKey Partition, string AccessKey, string RequestId)
{
    public string Account => Partition.Account;

    public string Region => Partition.Region;
}

/// <summary>
/// One command while it is carried out: all that a handler may see. Handlers are pure: the time, new ids, quotas and the model come from here,
/// and what they write goes into the draft of the next cloud.
/// </summary>
public sealed class CommandContext(
    Caller caller, DateTimeOffset now, IdSource ids, Quotas quotas, Draft draft, Func<CloudSnapshot, Tracer> tracers)
{
    public Caller Caller { get; } = caller;

    /// <summary>The time of the request by the cloud's clock, UTC.</summary>
    public DateTimeOffset Now { get; } = now;

    public IdSource Ids { get; } = ids;

    public Quotas Quotas { get; } = quotas;

    public Draft Draft { get; } = draft;

    public string Account => Caller.Account;

    public string Region => Caller.Region;

    /// <summary>The caller's account and region, with what this command has written so far.</summary>
    public Partition Here => Draft.Partition(Caller.Partition);

    /// <summary>The account's rows of services without a region, such as IAM; also with what this command has written.</summary>
    public GlobalRows Global => new(Draft, Account);

    /// <summary>The model of the cloud as this command sees it.</summary>
    public Tracer Tracer => tracers(Draft.Next);

    /// <summary>Makes the secrets of new key pairs; a test gives fixed ones.</summary>
    public KeyMaker Keys { get; init; } = KeyMakers.System;

    /// <summary>Whether the plane could not give a running instance its network.</summary>
    public Func<string, bool> IsImpaired { get; init; } = _ => false;

    /// <summary>The same command as it acts in another account or region: a service's owner accepts what a consumer asked for.</summary>
    public CommandContext At(PartitionKey partition) =>
        new(Caller with { Partition = partition }, Now, Ids, Quotas, Draft, tracers) { Keys = Keys, IsImpaired = IsImpaired };

    /// <summary>The same command at another time, for one that moves the cloud's clock.</summary>
    public CommandContext At(DateTimeOffset now) =>
        new(Caller, now, Ids, Quotas, Draft, tracers) { Keys = Keys, IsImpaired = IsImpaired };

    public string NewId(string prefix) => Ids.Next(prefix);

    public T Put<T>(T row)
        where T : class, IResource<T>
    {
        Draft.Put(Caller.Partition, row);
        Ram.SharedNetworks.Follow(this, row);
        return row;
    }

    /// <summary>Writes a row whose kind is known only at run time.</summary>
    public void PutRow(Kind kind, IResource row) => Draft.PutRow(Caller.Partition, kind, row);

    /// <summary>Takes a row away, and with it what only speaks of it (<see cref="GoesWith"/>).</summary>
    public void Remove<T>(Id<T> id)
        where T : class, IResource<T>
    {
        Ram.SharedNetworks.FollowGone(this, id);
        Draft.Remove(Caller.Partition, id);
        GoesWith.Follow<T>(Draft, Caller.Partition, id.Value);
    }

    /// <summary>An ARN of this account and region, such as <c>arn:aws:ec2:us-east-1:000000000000:vpc/vpc-…</c>.</summary>
    public string Arn(string resource, string service = "ec2") => $"arn:aws:{service}:{Region}:{Account}:{resource}";
}
