namespace Trunkline.Wire;

/// <summary>
/// An error as a client sees it. <paramref name="Code"/> is AWS's code without a protocol's decoration and
/// <paramref name="Status"/> the HTTP status; <paramref name="IsServerFault"/> says whose fault it is (Receiver or Sender).
/// </summary>
public sealed record WireFault(string Code, string Message, int Status = 400, bool IsServerFault = false)
{
    /// <summary>The error's members beside its message, for the services whose errors have some.</summary>
    public IReadOnlyList<FaultDetail> Details { get; init; } = [];

    /// <summary>An operation name that the service does not have.</summary>
    public static WireFault InvalidAction(string action) =>
        new("InvalidAction", $"The action {action} is not valid for this web service.");

    /// <summary>An operation of AWS that Trunkline does not carry out.</summary>
    public static WireFault UnsupportedOperation(string service, string operation) =>
        new("UnsupportedOperation", $"The operation {operation} of {service} is not served by Trunkline.");

    /// <summary>Something went wrong on our side; the message gives nothing away.</summary>
    public static WireFault InternalError() =>
        new("InternalError", "An internal error has occurred", 500, IsServerFault: true);
}

/// <summary>A member of an error: text, or fields that were found wrong.</summary>
/// <param name="Name">The member's name in the model: <c>ResourceId</c>.</param>
/// <param name="Text">Its value; null where it is a list of fields.</param>
public sealed record FaultDetail(string Name, string? Text)
{
    /// <summary>The name of each wrong field and what is wrong with it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];
}

/// <summary>Carries a <see cref="WireFault"/> out of a codec or a handler to <see cref="Service{TContext}.Handle"/>.</summary>
public sealed class WireFaultException(WireFault fault) : Exception(fault.Message)
{
    /// <summary>What the client is told.</summary>
    public WireFault Fault { get; } = fault;
}
