using System.Globalization;
using Trunkline.Cloud;
using Trunkline.Control.Names;
using AwsR53 = Trunkline.Wire.Route53;

namespace Trunkline.Control.Route53;

/// <summary>
/// Route 53's hosted zones, public and private, and their records. Rows stand in the account's us-east-1 partition. Changes are in sync at
/// once. Source: Route 53 API Reference; Route 53 Developer Guide, "Working with private hosted zones".
/// </summary>
public sealed partial class Route53Service : AwsR53.IRoute53<CommandContext>
{
    private const string ZonePath = "/hostedzone/";
    private const string ChangePath = "/change/";
    private const int CommentMax = 256;
    private const int PageMax = 100;
    private const int ChangeDaysKept = 90;

    public AwsR53.GetChangeResponse GetChange(CommandContext context, AwsR53.GetChangeRequest request)
    {
        string id = Bare(Door.Required(request.Id, "Id"), ChangePath);
        ZoneChange change = context.Global.Here.Table<ZoneChange>().Find(id)
            ?? throw new Fault("NoSuchChange", $"Could not find resource with ID: {id}", 404);
        return new AwsR53.GetChangeResponse { ChangeInfo = ToWire(change) with { Status = "INSYNC" } };
    }

    /// <summary>The caller's own zone.</summary>
    /// <exception cref="Fault">NoSuchHostedZone.</exception>
    private static HostedZone Zone(CommandContext context, string? id)
    {
        string bare = Bare(Door.Required(id, "Id"), ZonePath);
        return context.Global.Here.Table<HostedZone>().Find(bare) ?? throw NoZone(bare);
    }

    /// <summary>A zone of any account, with the partition that it stands in.</summary>
    private static (PartitionKey At, HostedZone Zone) AnyZone(CommandContext context, string? id)
    {
        string bare = Bare(Door.Required(id, "Id"), ZonePath);
        if (context.Global.Here.Table<HostedZone>().Find(bare) is { } own)
        {
            return (context.Global.Key, own);
        }

        foreach (Partition partition in context.Draft.Next.Partitions.Values)
        {
            if (partition.Table<HostedZone>().Find(bare) is { } zone)
            {
                return (partition.Key, zone);
            }
        }

        throw NoZone(bare);
    }

    private static Fault NoZone(string id) => new("NoSuchHostedZone", $"No hosted zone found with ID: {id}", 404);

    private static Fault InvalidInput(string message) => new("InvalidInput", message);

    private static string Bare(string id, string path) => id.StartsWith(path, StringComparison.Ordinal) ? id[path.Length..] : id;

    /// <summary>An id in Route 53's form: a letter, then capitals and digits.</summary>
    private static string NewId(CommandContext context, char first)
    {
        const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        Span<char> text = stackalloc char[20];
        ulong bits = context.Ids.NextBits();
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = Digits[(int)(bits % (ulong)Digits.Length)];
            bits = i == text.Length / 2 ? context.Ids.NextBits() : bits / (ulong)Digits.Length;
        }

        return first + text.ToString();
    }

    /// <summary>Notes a change; sweeps those of which nobody asks any more.</summary>
    private static AwsR53.ChangeInfo Changed(CommandContext context, string? comment = null)
    {
        foreach (ZoneChange old in context.Global.Here.By<ZoneChange>(ZoneChange.DayWord(context.Now.AddDays(-ChangeDaysKept - 1))).ToList())
        {
            context.Global.Remove(new Id<ZoneChange>(old.Key));
        }

        return ToWire(context.Global.Put(new ZoneChange
        {
            Key = NewId(context, 'C'),
            SubmittedAt = context.Now,
            Comment = CheckedComment(comment),
        }));
    }

    private static AwsR53.ChangeInfo ToWire(ZoneChange change) => new()
    {
        Id = ChangePath + change.Key,
        Status = "PENDING",
        SubmittedAt = change.SubmittedAt,
        Comment = change.Comment,
    };

    private static string? CheckedComment(string? comment) => comment is { Length: > CommentMax }
        ? throw InvalidInput(
                $"1 validation error detected: Value at 'comment' failed to satisfy constraint: Member must have length less than or equal to {CommentMax}")
        : comment;

    private static string CheckedName(string? text) => DomainName.Canonical(Door.Required(text, "Name"))
        ?? throw new Fault("InvalidDomainName", $"The domain name is invalid: {text}");

    private static int PageSize(string? maxItems, int most = PageMax)
    {
        if (maxItems is null)
        {
            return most;
        }

        return int.TryParse(maxItems, NumberStyles.None, CultureInfo.InvariantCulture, out int asked) && asked > 0
            ? Math.Min(asked, most)
            : throw InvalidInput($"Invalid maxitems: {maxItems}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
