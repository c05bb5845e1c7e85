namespace Trunkline.Planes.Linux.Compile;

/// <summary>Names of namespaces and links: made of the row's id alone, so that they are the same for everyone and for ever.</summary>
public static class LinuxNames
{
    /// <summary>The namespace of the internet.</summary>
    public const string Outside = "outside";

    /// <summary>A router's link to the internet, both ways.</summary>
    public const string BorderLink = "igw";

    /// <summary>A router's link to the internet, IPv6 and outward only.</summary>
    public const string OneWayLink = "eigw";

    /// <summary>A router's link to the machines without a namespace of their own.</summary>
    public const string IdleLink = "idle";

    /// <summary>The one link of a translator, of an idle namespace, and a machine's first.</summary>
    public const string FirstLink = "eth0";

    private const int HashDigits = 13;

    /// <param name="domain">The domain's row id.</param>
    public static string Router(string domain) => "r-" + domain;

    /// <inheritdoc cref="Router"/>
    public static string Idle(string domain) => "i-" + domain;

    /// <param name="machine">The machine's row id.</param>
    public static string Machine(string machine) => "m-" + machine;

    /// <param name="translator">The translator's row id.</param>
    public static string Translator(string translator) => "t-" + translator;

    /// <summary>The router's end of an interface's link.</summary>
    /// <param name="nic">The interface's row id.</param>
    public static string NicLink(string nic) => "n" + Hash(nic);

    /// <summary>The internet's end of a domain's border link.</summary>
    public static string BorderLinkOutside(string domain) => "w" + Hash(domain);

    /// <summary>The internet's end of a domain's one-way link.</summary>
    public static string OneWayLinkOutside(string domain) => "x" + Hash(domain);

    /// <summary>A machine's link by the interface's place in it.</summary>
    public static string MachineLink(int slot) => $"eth{slot}";

    /// <summary>64 bits (FNV-1a) as thirteen letters and digits.</summary>
    internal static string Hash(string text)
    {
        const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";
        ulong hash = Bits(text);
        Span<char> name = stackalloc char[HashDigits];
        for (int i = HashDigits - 1; i >= 0; i--)
        {
            name[i] = Digits[(int)(hash % 36)];
            hash /= 36;
        }

        return new string(name);
    }

    internal static ulong Bits(string text)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (char c in text)
        {
            hash = (hash ^ c) * 0x100000001B3;
        }

        // FNV leaves the high bits of short texts weak.
        hash ^= hash >> 32;
        hash *= 0xD6E8FEB86659FD93;
        return hash ^ (hash >> 32);
    }
}
