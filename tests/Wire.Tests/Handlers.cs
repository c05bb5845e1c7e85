using System.Reflection;
using Trunkline.Wire;
using Trunkline.Wire.Compute;

namespace Trunkline.Tests.Wire;

/// <summary>Handlers that give back what they are given, member for member, and refuse on request.</summary>
internal sealed class Handlers :
    ICompute<int>,
    Trunkline.Wire.Queue.IQueue<int>,
    Trunkline.Wire.Params.IParams<int>,
    Trunkline.Wire.Network.INetwork<int>,
    Trunkline.Wire.Zones.IZones<int>
{
    /// <summary>All services over one set of handlers.</summary>
    public static IReadOnlyList<Service<int>> Services { get; } = All(new Handlers());

    public EchoResult Echo(int context, EchoRequest request)
    {
        if (request.Text is { } text && text.StartsWith("refuse ", StringComparison.Ordinal))
        {
            bool ours = text.Contains("500");
            throw new WireFaultException(new WireFault("InvalidVpcID.NotFound", text, ours ? 500 : 400, ours));
        }

        return Copy<EchoResult>(request) with { EchoRequestValue = request.EchoRequestValue };
    }

    public ForgetResult Forget(int context, ForgetRequest request) => new();

    public Trunkline.Wire.Queue.EchoOutput Echo(int context, Trunkline.Wire.Queue.EchoInput request) =>
        request.Text == "refuse"
            ? throw new WireFaultException(new WireFault("QueueMissing", "No <queue>", 404))
            : Copy<Trunkline.Wire.Queue.EchoOutput>(request);

    public Trunkline.Wire.Queue.ForgetResult Forget(int context, Trunkline.Wire.Queue.ForgetRequest request) => new();

    public Trunkline.Wire.Params.EchoResult Echo(int context, Trunkline.Wire.Params.EchoRequest request) =>
        Copy<Trunkline.Wire.Params.EchoResult>(request);

    public Trunkline.Wire.Params.ForgetResult Forget(int context, Trunkline.Wire.Params.ForgetRequest request) => new();

    public Trunkline.Wire.Network.EchoResult Echo(int context, Trunkline.Wire.Network.EchoRequest request) =>
        Copy<Trunkline.Wire.Network.EchoResult>(request);

    public Trunkline.Wire.Network.FixedResult Fixed(int context, Trunkline.Wire.Network.FixedRequest request) => new() { Code = 202 };

    public Trunkline.Wire.Network.FixedResult Fetch(int context, Trunkline.Wire.Network.FetchRequest request) => new();

    public Trunkline.Wire.Network.ReplaceResult Replace(int context, Trunkline.Wire.Network.ReplaceRequest request) =>
        Copy<Trunkline.Wire.Network.ReplaceResult>(request);

    public Trunkline.Wire.Zones.EchoResponse Echo(int context, Trunkline.Wire.Zones.EchoRequest request) =>
        Copy<Trunkline.Wire.Zones.EchoResponse>(request);

    public Trunkline.Wire.Zones.ReplaceResponse Replace(int context, Trunkline.Wire.Zones.ReplaceRequest request) =>
        Copy<Trunkline.Wire.Zones.ReplaceResponse>(request);

    /// <summary>The service that a request is for, by the rules of <see cref="ServiceDetection"/>, and its reply or fault.</summary>
    public static WireResponse Reply(WireRequest request, string serviceName)
    {
        Service<int> service = Services.Single(one => one.Description.Name == serviceName);
        WireProtocol protocol = service.Description.Protocol;
        WireResult<WireCall> call = protocol.Read(request, service.Description);
        if (call.Fault is { } refused)
        {
            return protocol.WriteFault(service.Description, refused, "r-1");
        }

        WireResult<IShape> output = service.Handle(0, call.Value!);
        return output.Fault is { } fault
            ? protocol.WriteFault(service.Description, fault, "r-1")
            : protocol.WriteOutput(service.Description, call.Value!.Operation, output.Value!, "r-1");
    }

    private static IReadOnlyList<Service<int>> All(Handlers handlers) =>
    [
        ComputeService.For(handlers),
        Trunkline.Wire.Queue.QueueService.For(handlers),
        Trunkline.Wire.Params.ParamsService.For(handlers),
        Trunkline.Wire.Network.NetworkService.For(handlers),
        Trunkline.Wire.Zones.ZonesService.For(handlers),
    ];

    private static T Copy<T>(object request)
        where T : new()
    {
        T result = new();
        foreach (PropertyInfo target in typeof(T).GetProperties())
        {
            target.SetValue(result, request.GetType().GetProperty(target.Name)?.GetValue(request));
        }

        return result;
    }
}
