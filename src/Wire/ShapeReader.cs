using System.Collections.Frozen;

namespace Trunkline.Wire;

/// <summary>How a timestamp stands on the wire where the model says other than the protocol's default.</summary>
public enum TimestampForm
{
    /// <summary>ISO 8601 in forms and XML bodies, epoch seconds in JSON, an HTTP date in headers.</summary>
    Default,

    /// <summary>ISO 8601, as RFC 3339 narrows it.</summary>
    DateTime,

    /// <summary>RFC 7231's IMF-fixdate.</summary>
    HttpDate,

    /// <summary>Seconds since 1970, with a fraction.</summary>
    EpochSeconds,
}

/// <summary>
/// Reads scalars and collections out of a parameter tree, as one protocol has them. What does not fit is thrown as
/// <see cref="WireFaultException"/> with AWS's code and wording; generated <c>Read</c> methods call nothing else.
/// </summary>
public abstract class ShapeReader
{
    /// <summary>The children that may be members: absent ones (JSON null) left out.</summary>
    public abstract IReadOnlyList<ParamNode> Members(ParamNode node);

    /// <summary>The items of a list in order; <paramref name="item"/> is the model's name for one.</summary>
    public abstract IReadOnlyList<ParamNode> Items(ParamNode node, string item, bool flat);

    /// <summary>The entries of a map in order.</summary>
    public abstract IReadOnlyList<ParamEntry> Entries(ParamNode node, string key, string value, bool flat);

    /// <summary>Text.</summary>
    public abstract string Text(ParamNode node);

    /// <summary>A 32-bit number.</summary>
    public abstract int Integer(ParamNode node);

    /// <summary>A 64-bit number.</summary>
    public abstract long Long(ParamNode node);

    /// <summary>A 64-bit fraction.</summary>
    public abstract double Double(ParamNode node);

    /// <summary>A 32-bit fraction.</summary>
    public float Float(ParamNode node) => (float)Double(node);

    /// <summary>True or false.</summary>
    public abstract bool Boolean(ParamNode node);

    /// <summary>A point in time.</summary>
    public abstract DateTimeOffset Timestamp(ParamNode node, TimestampForm form);

    /// <summary>Bytes, base64 on the wire.</summary>
    public abstract byte[] Blob(ParamNode node);

    /// <summary>A JSON value of any form, as text.</summary>
    public virtual string Document(ParamNode node) => Text(node);

    /// <summary>One value out of an enumeration.</summary>
    public string Enum(ParamNode node, FrozenSet<string> values)
    {
        string value = Text(node);
        return values.Contains(value) ? value : throw new WireFaultException(NotInEnum(node, value));
    }

    /// <summary>Refuses a parameter that the operation does not have.</summary>
    public abstract void Unknown(ParamNode node);

    /// <summary>The fault for a required member that is absent under <paramref name="parent"/>.</summary>
    public abstract WireFaultException Missing(ParamNode parent, string name);

    /// <summary>The fault for a value outside its enumeration.</summary>
    protected abstract WireFault NotInEnum(ParamNode node, string value);

    /// <summary>A parameter's full name for a message.</summary>
    protected static string PathOf(ParamNode parent, string name) =>
        parent.Path.Length == 0 ? name : parent.Path + "." + name;
}
