using Trunkline.Cloud;

namespace Trunkline.Control;

/// <summary>The id rules of a kind that is known only at run time: tags reach every kind.</summary>
public interface IIdRules
{
    Kind Kind { get; }

    Fault NotFound(string id);
}

/// <summary>How one kind's ids are read at the door, and AWS's words where one is wrong.</summary>
/// <param name="parameter">The parameter's name in the API, for a missing one: <c>VpcId</c>.</param>
/// <param name="notFound">AWS's code: <c>InvalidVpcID.NotFound</c>.</param>
/// <param name="malformed">AWS's code: <c>InvalidVpcID.Malformed</c>.</param>
/// <param name="message">AWS's message with <c>{0}</c> for the id: <c>The vpc ID '{0}' does not exist</c>.</param>
public sealed class IdRules<T>(string parameter, string notFound, string malformed, string message) : IIdRules
    where T : class, IResource<T>
{
    public Kind Kind => Kind.Of<T>();

    /// <summary>Reads an id; refuses one that is missing or not of the kind's form.</summary>
    public Id<T> Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            throw Fault.Missing(parameter);
        }

        return IsWellFormed(text)
            ? new Id<T>(text)
            : throw new Fault(malformed, $"Invalid id: \"{text}\" (expecting \"{T.IdPrefix}-...\")");
    }

    /// <summary>The row an id of a request names; another account's, though shared, is refused.</summary>
    public T Get(CommandContext context, string? text)
    {
        T row = GetUsable(context, text);
        return row is Vpc { Owner: not null } or Subnet { Owner: not null }
            ? throw new Fault("UnauthorizedOperation", $"You are not authorized to perform this operation on '{text}'.", 403)
            : row;
    }

    /// <summary>The row an id of a request names, also where another account shares it with the caller.</summary>
    public T GetUsable(CommandContext context, string? text)
    {
        Id<T> id = Parse(text);
        return context.Here.Find(id) is { } row && IsSeen(context, row) ? row : throw NotFound(id.Value);
    }

    /// <summary>The rows of the ids of a request, or all where none were given.</summary>
    public IEnumerable<T> GetAll(CommandContext context, IReadOnlyList<string>? ids) =>
        ids is null or []
            ? context.Here.All<T>().Where(row => IsSeen(context, row))
            : [.. ids.Distinct(StringComparer.Ordinal).Select(id => GetUsable(context, id))];

    public Fault NotFound(string id) => new(notFound, string.Format(System.Globalization.CultureInfo.InvariantCulture, message, id));

    private static bool IsSeen(CommandContext context, T row) => row switch
    {
        Subnet { Owner: not null } subnet => Ram.SharedNetworks.IsSeen(context, subnet),
        Vpc { Owner: not null } vpc => Ram.SharedNetworks.IsSeen(context, vpc),
        _ => true,
    };

    /// <summary>PREFIX-HEX with 8 or 17 digits: AWS's short and long forms.</summary>
    private static bool IsWellFormed(string text) =>
        text.Length is var length && length > T.IdPrefix.Length + 1
        && text.StartsWith(T.IdPrefix, StringComparison.Ordinal) && text[T.IdPrefix.Length] == '-'
        && text.AsSpan(T.IdPrefix.Length + 1) is { Length: 8 or 17 } digits && !digits.ContainsAnyExcept("0123456789abcdef");
}
