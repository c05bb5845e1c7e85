namespace Trunkline.Store;

/// <summary>The store cannot be opened or can keep no more. The message is one line that names the file and says what mends it.</summary>
public sealed class StoreException : Exception
{
    public StoreException(string message, Exception? inner = null)
        : base(message.ReplaceLineEndings(" "), inner)
    {
    }

    /// <summary>The line: FILE: what is wrong; what to do.</summary>
    internal static StoreException About(string file, string wrong, string mend, Exception? inner = null) =>
        new($"{file}: {wrong}; {mend}", inner);
}
