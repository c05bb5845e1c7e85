using System.Collections.Frozen;

namespace Trunkline.Wire;

/// <summary>A served operation: reads its input, calls its handler, gives the output.</summary>
public sealed record Operation<TContext>(string Name, Func<TContext, ShapeReader, ParamNode, IShape> Invoke);

/// <summary>
/// The dispatch table of one service over its handlers. It knows no operation by itself, so whoever receives requests needs
/// no service's types: find the service, let its protocol read the request, <see cref="Handle"/>, let the protocol write.
/// </summary>
public sealed class Service<TContext>
{
    /// <summary>A table of <paramref name="operations"/>.</summary>
    public Service(ServiceDescription description, IReadOnlyList<Operation<TContext>> operations)
    {
        Description = description;
        Operations = operations.ToFrozenDictionary(operation => operation.Name);
    }

    /// <summary>The facts of the service.</summary>
    public ServiceDescription Description { get; }

    /// <summary>The served operations.</summary>
    public FrozenDictionary<string, Operation<TContext>> Operations { get; }

    /// <summary>
    /// The output of a call, or the fault that its codec or its handler gave: <c>InvalidAction</c> for a name that AWS does
    /// not have, <c>UnsupportedOperation</c> for one that is not served. Other exceptions of a handler pass.
    /// </summary>
    public WireResult<IShape> Handle(TContext context, WireCall call)
    {
        if (!Operations.TryGetValue(call.Operation, out Operation<TContext>? operation))
        {
            return Description.Has(call.Operation)
                ? WireFault.UnsupportedOperation(Description.Name, call.Operation)
                : Description.Protocol.UnknownOperation(call.Operation);
        }

        try
        {
            return new WireResult<IShape>(operation.Invoke(context, Description.Protocol.Reader, call.Input), null);
        }
        catch (WireFaultException exception)
        {
            return exception.Fault;
        }
    }
}
