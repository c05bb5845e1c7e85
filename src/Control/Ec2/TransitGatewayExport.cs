using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>The file that exported routes are. Source: AWS, "Export route tables to Amazon S3".</summary>
internal static class TransitGatewayExport
{
    private const int BucketNameMin = 3;
    private const int BucketNameMax = 63;
    private const string Folder = "VPCTransitGateway/TransitGatewayRouteTables/";

    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A bucket's name, as S3 takes it.</summary>
    public static string Bucket(string? text)
    {
        string name = Door.Required(text, "S3Bucket");
        return name.Length is >= BucketNameMin and <= BucketNameMax && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1])
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
            ? name
            : throw Fault.InvalidValue(name, "S3Bucket");
    }

    /// <summary>The name of a table's file tells account, region, table and time.</summary>
    public static string NameOf(CommandContext context, TransitGatewayRouteTable table) => string.Create(
        CultureInfo.InvariantCulture, $"{Folder}{context.Account}_{context.Region}_{table.Id}_{context.Now.ToUnixTimeMilliseconds()}.json");

    public static string Write(IReadOnlyList<Aws.Filter>? filters, IEnumerable<TransitGatewayRouteView> routes) => new JsonObject
    {
        ["filter"] = Each(filters ?? [], f => new JsonObject { ["name"] = f.Name, ["values"] = Each(f.Values ?? [], v => JsonValue.Create(v)) }),
        ["routes"] = Each(routes, RouteOf),
    }.ToJsonString(Layout);

    private static JsonObject RouteOf(TransitGatewayRouteView route)
    {
        JsonObject shown = new() { ["destinationCidrBlock"] = route.Cidr.ToString() };
        if (route.PrefixListId is { } list)
        {
            shown["prefixListId"] = list;
        }

        shown["transitGatewayAttachments"] = Each(route.Attachments, a => new JsonObject
        {
            ["resourceId"] = a.ResourceId,
            ["transitGatewayAttachmentId"] = a.Key,
            ["resourceType"] = TransitGatewayRules.TypeWord(a.Type),
        });
        shown["type"] = route.IsStatic ? "static" : "propagated";
        shown["state"] = route.IsBlackhole ? "blackhole" : "active";
        return shown;
    }

    private static JsonArray Each<T>(IEnumerable<T> all, Func<T, JsonNode?> make) => [.. all.Select(make)];
}
