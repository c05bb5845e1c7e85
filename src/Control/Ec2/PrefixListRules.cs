using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>What a managed prefix list may be called and hold. Source: EC2 API, CreateManagedPrefixList, ModifyManagedPrefixList.</summary>
internal static class PrefixListRules
{
    /// <summary>Entries of one list. Source: AWS, "Amazon VPC quotas".</summary>
    public const int MostEntries = 1000;

    /// <summary>Versions that are kept; the oldest goes when one more is made.</summary>
    public const int MostVersions = 1000;

    /// <summary>Entries that one request adds or removes.</summary>
    private const int MostPerRequest = 100;

    private const int MostText = 255;

    public static string CheckedName(string? text)
    {
        string name = Door.Required(text, "PrefixListName");
        if (name.StartsWith("com.amazonaws", StringComparison.OrdinalIgnoreCase))
        {
            throw Fault.Invalid($"Value ({name}) for parameter PrefixListName is invalid. The name cannot start with com.amazonaws.");
        }

        return name.Length <= MostText
            ? name
            : throw Fault.Invalid($"Value ({name}) for parameter PrefixListName is invalid. The name has more than {MostText} characters.");
    }

    public static int CheckedSize(int? asked)
    {
        int most = Door.Required(asked, "MaxEntries");
        return most is >= 1 and <= MostEntries ? most : throw Fault.InvalidValue(Text(most), "MaxEntries");
    }

    /// <summary>The entries a request adds, each once, ascending.</summary>
    public static ImmutableArray<PrefixListEntry> CheckedNew(IReadOnlyList<Aws.AddPrefixListEntry>? entries, Family family)
    {
        CheckCount(entries?.Count ?? 0, "AddPrefixListEntries");
        List<PrefixListEntry> found = [];
        foreach (Aws.AddPrefixListEntry entry in entries ?? [])
        {
            if (entry.Description is { Length: > MostText })
            {
                throw Fault.Invalid($"The description of an entry has more than {MostText} characters.");
            }

            found.Add(new PrefixListEntry(
                CheckedCidr(entry.Cidr, family), string.IsNullOrEmpty(entry.Description) ? null : entry.Description));
        }

        RefuseRepeats(found.Select(e => e.Cidr));
        return [.. found.OrderBy(e => e.Cidr)];
    }

    /// <summary>The blocks of the entries a request removes.</summary>
    public static ImmutableArray<Prefix> CheckedGone(IReadOnlyList<Aws.RemovePrefixListEntry>? entries, Family family)
    {
        CheckCount(entries?.Count ?? 0, "RemovePrefixListEntries");
        ImmutableArray<Prefix> gone = [.. (entries ?? []).Select(e => CheckedCidr(e.Cidr, family))];
        RefuseRepeats(gone);
        return gone;
    }

    public static void CheckFits(int entries, int most)
    {
        if (entries > most)
        {
            throw new Fault("PrefixListMaxEntriesExceeded", "You've reached the maximum number of entries for the prefix list.");
        }
    }

    /// <summary>A text that sorts as the block does, for pages.</summary>
    public static string SortKey(Prefix cidr) =>
        string.Create(CultureInfo.InvariantCulture, $"{(cidr.IsV4 ? 4 : 6)}/{cidr.Address.Bits:x32}/{cidr.Length:d3}");

    private static Prefix CheckedCidr(string? text, Family family)
    {
        Prefix cidr = Door.AnyCidr(text, "Cidr");
        return cidr.Family == family
            ? cidr
            : throw Fault.Invalid($"Value ({text}) for parameter Cidr is invalid. The address family differs from that of the prefix list.");
    }

    private static void CheckCount(int count, string parameter)
    {
        if (count > MostPerRequest)
        {
            throw Fault.Invalid($"Request cannot contain more than {MostPerRequest} {parameter}");
        }
    }

    private static void RefuseRepeats(IEnumerable<Prefix> cidrs)
    {
        HashSet<Prefix> seen = [];
        foreach (Prefix cidr in cidrs)
        {
            if (!seen.Add(cidr))
            {
                throw Fault.Invalid($"Request cannot contain Cidr {cidr} more than once");
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
