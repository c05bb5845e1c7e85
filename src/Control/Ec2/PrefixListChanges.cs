using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Managed prefix lists changed: each change of the entries makes a version. Source: EC2 API, ModifyManagedPrefixList,
/// RestoreManagedPrefixListVersion.
/// </summary>
public sealed partial class Ec2Service
{
    /// <summary>How many resources AWS names when a list cannot grow because of them.</summary>
    private const int NamedInStateMessage = 10;

    public Aws.ModifyManagedPrefixListResult ModifyManagedPrefixList(
        CommandContext context, Aws.ModifyManagedPrefixListRequest request)
    {
        RefuseSet("IpamPrefixListResolverSyncEnabled", request.IpamPrefixListResolverSyncEnabled);
        PrefixList list = OwnPrefixList(context, request.PrefixListId);
        CheckVersion(list, request.CurrentVersion);
        ImmutableArray<PrefixListEntry> added = PrefixListRules.CheckedNew(request.AddEntries, list.AddressFamily);
        ImmutableArray<Prefix> gone = PrefixListRules.CheckedGone(request.RemoveEntries, list.AddressFamily);
        bool changesEntries = !added.IsEmpty || !gone.IsEmpty;
        if (changesEntries && request.MaxEntries is not null)
        {
            throw Fault.Combination("You cannot modify the entries and the size of a prefix list at the same time.");
        }

        if (!changesEntries && request.MaxEntries is null && request.PrefixListName is null)
        {
            throw BadRequest();
        }

        PrefixList next = request.PrefixListName is null ? list : list with { Name = PrefixListRules.CheckedName(request.PrefixListName) };
        next = changesEntries ? WithVersion(next, Edited(next, added, gone), "modify-complete")
            : request.MaxEntries is not null ? Resized(context, next, PrefixListRules.CheckedSize(request.MaxEntries))
            : next with { State = "modify-complete", StateMessage = null };
        context.Put(next);
        SharedPrefixLists.Follow(context, next);
        return new Aws.ModifyManagedPrefixListResult { PrefixList = ToWire(context, next, "modify-in-progress") };
    }

    public Aws.RestoreManagedPrefixListVersionResult RestoreManagedPrefixListVersion(
        CommandContext context, Aws.RestoreManagedPrefixListVersionRequest request)
    {
        PrefixList list = OwnPrefixList(context, request.PrefixListId);
        CheckVersion(list, Door.Required(request.CurrentVersion, "CurrentVersion"));
        PrefixListVersion before = VersionOf(list, Door.Required(request.PreviousVersion, "PreviousVersion"));
        PrefixListRules.CheckFits(before.Entries.Length, list.MaxEntries);
        PrefixList next = context.Put(WithVersion(list, before.Entries, "restore-complete"));
        SharedPrefixLists.Follow(context, next);
        return new Aws.RestoreManagedPrefixListVersionResult { PrefixList = ToWire(context, next, "restore-in-progress") };
    }

    private static void CheckVersion(PrefixList list, long? current)
    {
        if (current is { } number && number != list.Version)
        {
            throw new Fault("PrefixListVersionMismatch", "The prefix list has the incorrect version number.");
        }
    }

    /// <summary>The entries with some taken away and others added.</summary>
    private static ImmutableArray<PrefixListEntry> Edited(
        PrefixList list, ImmutableArray<PrefixListEntry> added, ImmutableArray<Prefix> gone)
    {
        HashSet<Prefix> there = [.. list.Entries.Select(e => e.Cidr)];
        foreach (Prefix cidr in gone)
        {
            if (added.Any(e => e.Cidr == cidr))
            {
                throw Fault.Invalid($"Request cannot contain Cidr {cidr} in both AddPrefixListEntries and RemovePrefixListEntries");
            }

            if (!there.Remove(cidr))
            {
                throw new Fault("InvalidPrefixListModification", $"The prefix list '{list.Id}' has no entry {cidr}.");
            }
        }

        if (added.Any(e => !there.Add(e.Cidr)))
        {
            throw BadRequest();
        }

        PrefixListRules.CheckFits(there.Count, list.MaxEntries);
        return [.. list.Entries.Where(e => !gone.Contains(e.Cidr)).Concat(added).OrderBy(e => e.Cidr)];
    }

    private static PrefixList WithVersion(PrefixList list, ImmutableArray<PrefixListEntry> entries, string state)
    {
        ImmutableArray<PrefixListVersion> versions = list.Versions.Add(new PrefixListVersion(list.Version + 1, entries));
        return list with
        {
            Versions = versions.Length > PrefixListRules.MostVersions ? versions.RemoveAt(0) : versions,
            State = state,
            StateMessage = null,
        };
    }

    /// <summary>
    /// The list with another size, or as it was and failed: what refers to it counts it as that many rules or routes, and each must have room.
    /// </summary>
    private static PrefixList Resized(CommandContext context, PrefixList list, int most)
    {
        PrefixListRules.CheckFits(list.Entries.Length, most);
        int more = most - list.MaxEntries;
        Partition grown = context.Here.Put(list with { MaxEntries = most });
        List<string> full = more <= 0 ? [] : [.. ReferencesTo(context.Here, list.Key).Where(r => !HasRoom(context, grown, r)).Select(r => r.Key)];
        return full.Count == 0
            ? list with { MaxEntries = most, State = "modify-complete", StateMessage = null }
            : list with
            {
                State = "modify-failed",
                StateMessage = "The following resources do not support the new maximum size: "
                    + string.Join(", ", full.Order(StringComparer.Ordinal).Take(NamedInStateMessage)),
            };
    }

    /// <summary>Whether a group or a table is within its quota once the list has grown.</summary>
    private static bool HasRoom(CommandContext context, Partition grown, IResource row) => row switch
    {
        SecurityGroup group => RuleCounts(grown, group).All(count => context.Quotas.Allows(Quotas.RulesPerSecurityGroup, count)),
        RouteTable table =>
            context.Quotas.Allows(Quotas.RoutesPerTable, RouteCount(grown, table, Family.V4))
            && context.Quotas.Allows(Quotas.RoutesPerTable, RouteCount(grown, table, Family.V6)),
        _ => true,
    };

    private static Fault BadRequest() => new("InvalidRequest", "The request received was invalid.");
}
