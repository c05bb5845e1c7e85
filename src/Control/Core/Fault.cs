namespace Trunkline.Control;

/// <summary>A request refused: AWS's error code and message. Changes nothing: the draft it interrupts is dropped.</summary>
public sealed class Fault(string code, string message, int status = 400) : Exception(message)
{
    public string Code { get; } = code;

    /// <summary>HTTP status: 400 unless AWS answers otherwise.</summary>
    public int Status { get; } = status;

    /// <summary>The error's members beside its message, for the services whose errors have some.</summary>
    public IReadOnlyList<Wire.FaultDetail> Details { get; init; } = [];

    public static Fault Missing(string parameter) =>
        new("MissingParameter", $"The request must contain the parameter {parameter}");

    public static Fault Invalid(string message) => new("InvalidParameterValue", message);

    public static Fault InvalidValue(string? value, string parameter) =>
        new("InvalidParameterValue", $"Value ({value}) for parameter {parameter} is invalid.");

    public static Fault Combination(string message) => new("InvalidParameterCombination", message);

    /// <summary>A parameter that Trunkline knows and does not carry out: refused by name, never swallowed.</summary>
    public static Fault Unsupported(string parameter) =>
        new("UnsupportedOperation", $"The parameter {parameter} is not supported by Trunkline.");

    /// <summary>Something still uses the resource.</summary>
    public static Fault InUse(string message) => new("DependencyViolation", message);
}
