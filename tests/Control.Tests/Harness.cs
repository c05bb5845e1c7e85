using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Ec2;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Tests.Control;

/// <summary>A cloud to try handlers on: no store, no clock, no network; the same ids in every run.</summary>
public sealed class Lab
{
    private readonly IdSource ids = new(42);

    public Ec2Service Ec2 { get; } = new();

    public CloudSnapshot Cloud { get; private set; } = CloudSnapshot.Empty;

    public DateTimeOffset Now { get; set; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public Quotas Quotas { get; set; } = Quotas.Off;

    public PartitionKey Home { get; init; } = new("000000000000", "us-east-1");

    /// <summary>The caller's account and region as they are now.</summary>
    public Partition Here => Cloud.Partition(Home);

    /// <param name="account">Another account than the home one, in the same region.</param>
    public CommandContext Context(string? account = null) => new(
        new Caller(account is null ? Home : Home with { Account = account }, "test", "request"),
        Now, ids, Quotas, new Draft(Cloud), snapshot => new Tracer(Compiler.Compile(snapshot)));

    /// <summary>Every row that was written, in order.</summary>
    public List<Change> Changes { get; } = [];

    public void Commit(CommandContext context)
    {
        Changes.AddRange(context.Draft.Changes);
        Cloud = context.Draft.Next;
    }

    /// <summary>Carries out one operation and keeps what it wrote.</summary>
    public T Run<T>(Func<Ec2Service, CommandContext, T> operation, string? account = null)
    {
        CommandContext context = Context(account);
        T result = operation(Ec2, context);
        Commit(context);
        return result;
    }

    /// <summary>Carries out one operation of any service and keeps what it wrote.</summary>
    public T Do<T>(Func<CommandContext, T> operation, string? account = null)
    {
        CommandContext context = Context(account);
        T result = operation(context);
        Commit(context);
        return result;
    }

    /// <summary>An operation of any service that must be refused; returns AWS's code.</summary>
    public string DoRefused<T>(Func<CommandContext, T> operation, string? account = null) =>
        Assert.Throws<Fault>(() => { operation(Context(account)); }).Code;

    /// <summary>An operation that must be refused; returns AWS's code.</summary>
    public string Refused<T>(Func<Ec2Service, CommandContext, T> operation, string? account = null) => FaultOf(operation, account).Code;

    public Fault FaultOf<T>(Func<Ec2Service, CommandContext, T> operation, string? account = null) =>
        Assert.Throws<Fault>(() => { operation(Ec2, Context(account)); });

    /// <summary>Puts a row without an operation.</summary>
    public T Put<T>(T row)
        where T : class, IResource<T>
    {
        CommandContext context = Context();
        context.Put(row);
        Commit(context);
        return row;
    }
}
