using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Ram;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Managed prefix lists: the account's own, and those that AWS keeps, which are read only. Source: AWS, "Managed prefix lists"; EC2 API,
/// CreateManagedPrefixList, DeleteManagedPrefixList, DescribeManagedPrefixLists, DescribePrefixLists.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<PrefixList> PrefixListIds = new(
        "PrefixListId", "InvalidPrefixListID.NotFound", "InvalidPrefixListID.Malformed", "The prefix list ID '{0}' does not exist");

    private static readonly FilterTable<ManagedList> ManagedListFilters = new(list => list.Row)
    {
        { "owner-id", (here, list) => list.OwnerOf(here) },
        { "prefix-list-id", list => list.Key },
        { "prefix-list-name", list => list.Name },
    };

    private static readonly FilterTable<AwsPrefixList> AwsListFilters = new()
    {
        { "prefix-list-id", list => list.Id },
        { "prefix-list-name", list => list.Name },
    };

    public Aws.CreateManagedPrefixListResult CreateManagedPrefixList(
        CommandContext context, Aws.CreateManagedPrefixListRequest request)
    {
        string name = PrefixListRules.CheckedName(request.PrefixListName);
        Family family = Door.OneOf(Door.Required(request.AddressFamily, "AddressFamily"), "AddressFamily", "IPv4", "IPv6") == "IPv4"
            ? Family.V4
            : Family.V6;
        int most = PrefixListRules.CheckedSize(request.MaxEntries);
        ImmutableArray<PrefixListEntry> entries = PrefixListRules.CheckedNew(request.Entries, family);
        PrefixListRules.CheckFits(entries.Length, most);
        context.Quotas.Check(Quotas.PrefixListsPerRegion, SharedNetworks.OwnCount<PrefixList>(context) + 1);
        PrefixList list = context.Put(new PrefixList
        {
            Id = new(context.NewId(PrefixList.IdPrefix)),
            Name = name,
            AddressFamily = family,
            MaxEntries = most,
            Versions = [new PrefixListVersion(1, entries)],
            Tags = TagRules.New<PrefixList>(request.TagSpecifications),
        });
        return new Aws.CreateManagedPrefixListResult { PrefixList = ToWire(context, list, "create-in-progress") };
    }

    /// <summary>Refused while a rule or a route refers to it.</summary>
    public Aws.DeleteManagedPrefixListResult DeleteManagedPrefixList(
        CommandContext context, Aws.DeleteManagedPrefixListRequest request)
    {
        PrefixList list = OwnPrefixList(context, request.PrefixListId);
        IReadOnlyList<CommandContext> receivers = SharedPrefixLists.Receivers(context, list.Key);
        if (receivers.Append(context).Any(c => ReferencesTo(c.Here, list.Key).Any()))
        {
            throw Fault.InUse($"The prefix list '{list.Id}' is referenced by other resources and cannot be deleted.");
        }

        foreach (CommandContext receiver in receivers)
        {
            receiver.Remove(list.Id);
        }

        context.Remove(list.Id);
        return new Aws.DeleteManagedPrefixListResult { PrefixList = ToWire(context, list, "delete-in-progress") };
    }

    public Aws.DescribeManagedPrefixListsResult DescribeManagedPrefixLists(
        CommandContext context, Aws.DescribeManagedPrefixListsRequest request)
    {
        Pager.RefuseIdsWithPages(request.PrefixListIds, "prefixListIds", request.MaxResults);
        IEnumerable<ManagedList> rows = request.PrefixListIds is { Count: > 0 } ids
            ? [.. ids.Distinct(StringComparer.Ordinal).Select(id => ManagedListOf(context, id))]
            : context.Here.All<PrefixList>().Where(row => SharedPrefixLists.IsSeen(context, row)).Select(row => new ManagedList(row, null))
                .Concat(AwsServices.PrefixListsOf(context.Region).Select(aws => new ManagedList(null, aws)));
        Page<ManagedList> page = Pager.Page(
            ManagedListFilters.Apply(context, rows, request.Filters).OrderBy(l => l.Key, StringComparer.Ordinal),
            request.MaxResults, request.NextToken, list => list.Key, least: 1, most: 100);
        return new Aws.DescribeManagedPrefixListsResult
        {
            PrefixLists = [.. page.Rows.Select(l => l.Row is { } row ? ToWire(context, row, row.State) : ToWire(context, l.OfAws!))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>The older operation: the lists of services that have gateway endpoints, with their blocks.</summary>
    public Aws.DescribePrefixListsResult DescribePrefixLists(CommandContext context, Aws.DescribePrefixListsRequest request)
    {
        IEnumerable<AwsPrefixList> rows = AwsServices.Of(context.Region)
            .Where(s => s.PrefixListId is not null)
            .Select(s => AwsServices.PrefixList(context.Region, s.PrefixListId!)!);
        if (request.PrefixListIds is { Count: > 0 } ids)
        {
            rows = [.. ids.Distinct(StringComparer.Ordinal).Select(id => AwsListOf(context, id))];
        }

        Page<AwsPrefixList> page = Pager.Page(
            AwsListFilters.Apply(context, rows, request.Filters).OrderBy(l => l.Id, StringComparer.Ordinal),
            request.MaxResults, request.NextToken, list => list.Id);
        return new Aws.DescribePrefixListsResult
        {
            PrefixLists =
            [
                .. page.Rows.Select(l => new Aws.PrefixList
                {
                    PrefixListId = l.Id,
                    PrefixListName = l.Name,
                    Cidrs = [.. l.Entries.Select(e => e.ToString())],
                }),
            ],
            NextToken = page.NextToken,
        };
    }

    public Aws.GetManagedPrefixListAssociationsResult GetManagedPrefixListAssociations(
        CommandContext context, Aws.GetManagedPrefixListAssociationsRequest request)
    {
        ManagedList list = ManagedListOf(context, request.PrefixListId);
        IEnumerable<CommandContext> users = list.Row is { Owner: null } ? SharedPrefixLists.Receivers(context, list.Key).Prepend(context) : [context];
        Page<Aws.PrefixListAssociation> page = Pager.Page(
            users.SelectMany(user => ReferencesTo(user.Here, list.Key)
                .Select(r => new Aws.PrefixListAssociation { ResourceId = r.Key, ResourceOwner = user.Account }))
                .OrderBy(a => a.ResourceId, StringComparer.Ordinal),
            request.MaxResults, request.NextToken, a => a.ResourceId!, least: 5, most: 255);
        return new Aws.GetManagedPrefixListAssociationsResult
        {
            PrefixListAssociations = [.. page.Rows],
            NextToken = page.NextToken,
        };
    }

    public Aws.GetManagedPrefixListEntriesResult GetManagedPrefixListEntries(
        CommandContext context, Aws.GetManagedPrefixListEntriesRequest request)
    {
        ManagedList list = ManagedListOf(context, request.PrefixListId);
        if (request.TargetVersion is not null && list.Row is null)
        {
            throw Fault.InvalidValue(Text(request.TargetVersion), "TargetVersion");
        }

        Page<PrefixListEntry> page = Pager.Page(
            request.TargetVersion is { } number ? VersionOf(list.Row!, number).Entries : list.Entries,
            request.MaxResults, request.NextToken, entry => PrefixListRules.SortKey(entry.Cidr), least: 1, most: 100);
        return new Aws.GetManagedPrefixListEntriesResult
        {
            Entries = [.. page.Rows.Select(e => new Aws.PrefixListEntry { Cidr = e.Cidr.ToString(), Description = e.Description })],
            NextToken = page.NextToken,
        };
    }

    /// <summary>The list that a rule or a route names.</summary>
    /// <exception cref="Fault">InvalidPrefixListID.NotFound</exception>
    internal static PrefixListView ReferredList(CommandContext context, string? id)
    {
        string text = Door.Required(id, "PrefixListId");
        bool isSeen = context.Here.Find(new Id<PrefixList>(text)) is not { } row || SharedPrefixLists.IsSeen(context, row);
        return isSeen && PrefixLists.Find(context.Here, text) is { } list ? list : throw PrefixListIds.NotFound(text);
    }

    /// <summary>Whatever refers to a list: security groups, route tables and transit gateways' tables.</summary>
    internal static IEnumerable<IResource> ReferencesTo(Partition here, string prefixListId)
    {
        string word = PrefixList.ReferenceWord(prefixListId);
        return here.By<SecurityGroup>(word).Cast<IResource>().Concat(here.By<RouteTable>(word))
            .Concat(here.By<TransitGatewayRouteTable>(word));
    }

    private static ManagedList ManagedListOf(CommandContext context, string? id)
    {
        Id<PrefixList> parsed = PrefixListIds.Parse(id);
        return context.Here.Find(parsed) is { } row && SharedPrefixLists.IsSeen(context, row)
            ? new ManagedList(row, null)
            : AwsServices.PrefixList(context.Region, parsed.Value) is { } aws
                ? new ManagedList(null, aws)
                : throw PrefixListIds.NotFound(parsed.Value);
    }

    /// <summary>A list that the account may change.</summary>
    private static PrefixList OwnPrefixList(CommandContext context, string? id) => ManagedListOf(context, id).Row switch
    {
        { Owner: null } own => own,
        { } => throw new Fault("UnauthorizedOperation", $"You are not authorized to change the prefix list '{id}' of another account.", 403),
        null => throw new Fault("OperationNotPermitted", $"The prefix list '{id}' is managed by AWS and cannot be changed."),
    };

    private static AwsPrefixList AwsListOf(CommandContext context, string? id) =>
        AwsServices.PrefixList(context.Region, Door.Required(id, "PrefixListId"))
        ?? throw new Fault("InvalidPrefixListId.NotFound", $"The prefix list ID '{id}' does not exist");

    private static PrefixListVersion VersionOf(PrefixList list, long number) =>
        list.Versions.FirstOrDefault(v => v.Number == number)
        ?? throw new Fault("InvalidParameterValue", $"The version {Text(number)} of the prefix list '{list.Id}' does not exist.");

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    /// <param name="state">What the answer says of it; reads say the row's own state.</param>
    private static Aws.ManagedPrefixList ToWire(CommandContext context, PrefixList list, string state) => new()
    {
        PrefixListId = list.Id.Value,
        PrefixListArn = SharedPrefixLists.ArnOf(new PartitionKey(list.Owner ?? context.Account, context.Region), list.Key),
        PrefixListName = list.Name,
        AddressFamily = FamilyName(list.AddressFamily),
        MaxEntries = list.MaxEntries,
        Version = list.Version,
        State = state,
        StateMessage = state == list.State ? list.StateMessage : null,
        OwnerId = list.Owner ?? context.Account,
        Tags = TagRules.ToWire(list.Tags),
    };

    private static Aws.ManagedPrefixList ToWire(CommandContext context, AwsPrefixList list) => new()
    {
        PrefixListId = list.Id,
        PrefixListArn = $"arn:aws:ec2:{context.Region}:aws:prefix-list/{list.Id}",
        PrefixListName = list.Name,
        AddressFamily = FamilyName(list.AddressFamily),
        State = "create-complete",
        OwnerId = AwsServices.PrefixListOwner,
    };

    private static string FamilyName(Family family) => family == Family.V4 ? "IPv4" : "IPv6";

    /// <summary>A list as DescribeManagedPrefixLists shows it: exactly one of a row and one of AWS's own.</summary>
    private sealed record ManagedList(PrefixList? Row, AwsPrefixList? OfAws)
    {
        public string Key => Row?.Key ?? OfAws!.Id;

        public string Name => Row?.Name ?? OfAws!.Name;

        public IEnumerable<PrefixListEntry> Entries => Row?.Entries ?? OfAws!.Entries.Select(cidr => new PrefixListEntry(cidr));

        public string OwnerOf(Partition here) => Row is null ? AwsServices.PrefixListOwner : Row.Owner ?? here.Account;
    }
}
