namespace Trunkline.Planes;

/// <summary>A plane cannot do what it was asked; the message is one line that names the thing and the reason.</summary>
/// <param name="code">A word for programs.</param>
public sealed class PlaneException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Code { get; } = code;
}
