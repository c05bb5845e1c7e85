using Trunkline.Cloud;
using Trunkline.Wire.Elbv2;

namespace Trunkline.Control.Elbv2;

/// <summary>
/// Elastic Load Balancing, application, network and gateway. Source: AWS, ELBv2 API Reference, version 2015-12-01.
/// One file per kind of resource; each operation is a pure function of the request and what the context shows.
/// </summary>
public sealed partial class Elbv2Service : IElbv2<CommandContext>
{
    /// <summary>The largest and the usual page.</summary>
    private const int PageSizeMax = 400;

    /// <summary>Names, ARNs or ids in one request to describe something.</summary>
    private const int NamedPerRequest = 20;

    /// <summary>One page of a list that is in the order of its keys.</summary>
    private static Page<T> PageOf<T>(IEnumerable<T> rows, int? pageSize, string? marker, Func<T, string> keyOf)
    {
        if (pageSize is < 1 or > PageSizeMax)
        {
            throw Elbv2Faults.Validation(
                $"1 validation error detected: Value '{pageSize}' at 'pageSize' failed to satisfy constraint: "
                + $"Member must have value between 1 and {PageSizeMax}");
        }

        return Pager.Page(rows, pageSize, marker, keyOf, 1, PageSizeMax, alwaysPaged: true, tokenFault: "ValidationError");
    }

    private static Page<T> PageOf<T>(IEnumerable<T> rows, int? pageSize, string? marker)
        where T : IResource => PageOf(rows, pageSize, marker, row => row.Key);

    /// <summary>What was named, each once and no more than a request may name.</summary>
    private static List<string> Named(IReadOnlyList<string> names, string what)
    {
        List<string> distinct = [.. names.Distinct(StringComparer.Ordinal)];
        return distinct.Count <= NamedPerRequest
            ? distinct
            : throw Elbv2Faults.Validation($"The number of {what} is limited to {NamedPerRequest}");
    }

    /// <summary>Sixteen hexadecimal digits, as AWS puts them behind a name in an ARN.</summary>
    private static string NewHex(CommandContext context) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{context.Ids.NextBits():x16}");
}
