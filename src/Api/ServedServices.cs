using System.Text;
using Trunkline.Control;
using Trunkline.Wire;
using Handlers = Trunkline.Control;
using Served = Trunkline.Wire;

namespace Trunkline.Api;

/// <summary>The services that this endpoint serves: one line each.</summary>
internal sealed class ServedServices
{
    private readonly ServedService[] all =
    [
        new(Served.Ec2.Ec2Service.Description, () => Served.Ec2.Ec2Service.For(new Handlers.Ec2.Ec2Service())),
        new(Served.Sts.StsService.Description, () => Served.Sts.StsService.For(new Handlers.Sts.StsService())),
        new(Served.Ssm.SsmService.Description, () => Served.Ssm.SsmService.For(new Handlers.Ssm.SsmService())),
        new(Served.Elb.ElbService.Description, () => Served.Elb.ElbService.For(new Handlers.Elb.ElbService())),
        new(Served.Iam.IamService.Description, () => Served.Iam.IamService.For(new Handlers.Iam.IamService())),
        new(Served.Sns.SnsService.Description, () => Served.Sns.SnsService.For(new Handlers.Sns.SnsService())),
        new(Served.Elbv2.Elbv2Service.Description, () => Served.Elbv2.Elbv2Service.For(new Handlers.Elbv2.Elbv2Service())),
        new(Served.Acm.AcmService.Description, () => Served.Acm.AcmService.For(new Handlers.Acm.AcmService())),
        new(Served.Logs.LogsService.Description, () => Served.Logs.LogsService.For(new Handlers.Logs.LogsService())),
        new(Served.Route53.Route53Service.Description, () => Served.Route53.Route53Service.For(new Handlers.Route53.Route53Service())),
        new(Served.Directconnect.DirectconnectService.Description,
            () => Served.Directconnect.DirectconnectService.For(new Handlers.DirectConnect.DirectConnectService())),
        new(Served.Ram.RamService.Description, () => Served.Ram.RamService.For(new Handlers.Ram.RamService())),
        new(Served.Networkmanager.NetworkmanagerService.Description,
            () => Served.Networkmanager.NetworkmanagerService.For(new Handlers.NetworkManager.NetworkManagerService())),
    ];

    private readonly ServiceDescription[] descriptions;

    public ServedServices()
    {
        descriptions = [.. all.Select(s => s.Description)];
    }

    /// <summary>Whose error form answers where a request names no service.</summary>
    public ServedService Default => all[0];

    /// <summary>The service a request is for; null where it is none of these.</summary>
    public ServedService? Find(WireRequest request, RequestSignature? signature) =>
        ServiceDetection.Find(request, signature, descriptions) is { } found ? all[Array.IndexOf(descriptions, found)] : null;
}

/// <summary>One service behind the endpoint: its protocol and its handlers, as commands for the engine.</summary>
/// <param name="description">What the facts say of it: enough to know its requests.</param>
/// <param name="make">Makes its handlers, at the first call: a service that nobody calls costs nothing.</param>
internal sealed class ServedService(ServiceDescription description, Func<Service<CommandContext>> make)
{
    private readonly Lazy<Service<CommandContext>> service = new(make);

    private static readonly string[] ReadPrefixes = ["Describe", "Filter", "Get", "List", "Search"];

    public ServiceDescription Description => description;

    public Command CommandOf(Caller caller, WireCall call) => new(
        caller,
        $"{Description.Name}:{call.Operation}",
        ReadPrefixes.Any(p => call.Operation.StartsWith(p, StringComparison.Ordinal)),
        call.Input.Child("DryRun")?.Value is "true" or "True" or "1",
        ClientTokenOf(call.Input),
        () => TextOf(call.Input),
        context => Run(context, call),
        output => Encoding.UTF8.GetString(WriteOutput(call.Operation, (IShape)output, caller.RequestId).Body.Span));

    public WireResponse WriteOutput(string operation, IShape output, string requestId) =>
        Description.Protocol.WriteOutput(Description, operation, output, requestId);

    public WireResponse WriteFault(WireFault fault, string requestId) => Description.Protocol.WriteFault(Description, fault, requestId);

    /// <summary>An earlier answer again.</summary>
    public WireResponse WriteReplay(string body, string requestId) => WriteFault(new WireFault("", ""), requestId) with
    {
        Status = 200,
        Body = Encoding.UTF8.GetBytes(body),
    };

    private IShape Run(CommandContext context, WireCall call)
    {
        WireResult<IShape> result = service.Value.Handle(context, call);
        return result.Fault is { } fault ? throw new Fault(fault.Code, fault.Message, fault.Status) : result.Value!;
    }

    /// <summary>The idempotency token: in a body by either case, or in the query string of a REST request.</summary>
    private static string? ClientTokenOf(ParamNode input) =>
        (input.Child("ClientToken") ?? input.Child("clientToken") ?? input.Child("@query:clientToken"))?.Value;

    /// <summary>Every parameter with its full name, but those that do not make a request another one.</summary>
    private static string TextOf(ParamNode input)
    {
        StringBuilder text = new();
        foreach (ParamNode child in input.Children)
        {
            if (child.Name is not ("ClientToken" or "clientToken" or "@query:clientToken" or "DryRun")
                && !child.Name.StartsWith("@header:", StringComparison.Ordinal))
            {
                Append(text, child, child.Name);
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ParamNode node, string path)
    {
        if (node.Value is { } value)
        {
            text.Append(text.Length == 0 ? "" : "&").Append(path).Append('=').Append(Uri.EscapeDataString(value));
        }

        for (int i = 0; i < node.Children.Count; i++)
        {
            ParamNode child = node.Children[i];
            Append(text, child, $"{path}.{(child.Name.Length == 0 ? i + 1 : child.Name)}");
        }
    }
}
