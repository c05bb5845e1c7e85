namespace Trunkline.Wire;

/// <summary>
/// An HTTP request as a value. <paramref name="Path"/> and <paramref name="Query"/> (without its question mark) are as sent,
/// percent escapes and all; header names are compared without regard to case.
/// </summary>
public sealed record WireRequest(
    string Method,
    string Path,
    string Query,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    ReadOnlyMemory<byte> Body)
{
    /// <summary>The first value of a header, or null.</summary>
    public string? Header(string name)
    {
        foreach (KeyValuePair<string, string> header in Headers)
        {
            if (string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase))
            {
                return header.Value;
            }
        }

        return null;
    }
}

/// <summary>An HTTP response as a value; the headers do not contain Content-Type and Content-Length.</summary>
public sealed record WireResponse(
    int Status,
    string ContentType,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    ReadOnlyMemory<byte> Body);

/// <summary>A call that was understood: the operation's name as sent, and its parameters.</summary>
public sealed record WireCall(string Operation, ParamNode Input);

/// <summary>Either a value or a fault.</summary>
public readonly record struct WireResult<T>(T? Value, WireFault? Fault)
    where T : class
{
    /// <summary>A result with a value.</summary>
    public static implicit operator WireResult<T>(T value) => new(value, null);

    /// <summary>A result with a fault.</summary>
    public static implicit operator WireResult<T>(WireFault fault) => new(null, fault);
}
