using Trunkline.Control;
using Trunkline.Control.Logs;
using Trunkline.Control.Route53;

namespace Trunkline.Tests.Control;

/// <summary>Operations of services beside EC2, on the same cloud.</summary>
internal static class OtherServices
{
    public static T Logs<T>(this Lab lab, Func<LogsService, CommandContext, T> operation, string? account = null) =>
        Run(lab, new LogsService(), operation, account);

    public static T Route53<T>(this Lab lab, Func<Route53Service, CommandContext, T> operation, string? account = null) =>
        Run(lab, new Route53Service(), operation, account);

    public static Fault RefusedByLogs<T>(this Lab lab, Func<LogsService, CommandContext, T> operation) =>
        Assert.Throws<Fault>(() => { operation(new LogsService(), lab.Context()); });

    public static Fault RefusedByRoute53<T>(this Lab lab, Func<Route53Service, CommandContext, T> operation, string? account = null) =>
        Assert.Throws<Fault>(() => { operation(new Route53Service(), lab.Context(account)); });

    private static T Run<TService, T>(Lab lab, TService service, Func<TService, CommandContext, T> operation, string? account)
    {
        CommandContext context = lab.Context(account);
        T result = operation(service, context);
        lab.Commit(context);
        return result;
    }
}
