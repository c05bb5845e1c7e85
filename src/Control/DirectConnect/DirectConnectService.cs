using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// Direct Connect: ports, bundles of ports, virtual interfaces, gateways. Source: AWS, Direct Connect API Reference, version 2012-10-25. What AWS
/// waits for (the cross connect, the approval of public prefixes) is done at once; whether a session is up is the settled routing's to say.
/// </summary>
public sealed partial class DirectConnectService : AwsDx.IDirectconnect<CommandContext>
{
    /// <summary>AWS's pages: a larger one is made this large.</summary>
    private const int PageSizeMax = 100;

    private static Page<T> PageOf<T>(IEnumerable<T> rows, int? maxResults, string? nextToken)
        where T : IResource
    {
        if (maxResults < 1)
        {
            throw DxFaults.Client($"The value {maxResults} for maxResults is not valid. It must be between 1 and {PageSizeMax}.");
        }

        int? size = maxResults is { } asked ? Math.Min(asked, PageSizeMax) : null;
        return Pager.Page(
            rows, size, nextToken, row => row.Key, least: 1, most: PageSizeMax, tokenFault: DxFaults.ClientCode);
    }

    private static string Required(string? value, string parameter) =>
        string.IsNullOrEmpty(value) ? throw DxFaults.Missing(parameter) : value;

    private static T Required<T>(T? value, string parameter)
        where T : class => value ?? throw DxFaults.Missing(parameter);

    /// <summary>Names of ports, bundles, virtual interfaces and gateways.</summary>
    private static string CheckedName(string? name, string parameter)
    {
        string given = Required(name, parameter);
        bool fits = given.Length <= 100 && !given.Any(char.IsControl);
        return fits ? given : throw DxFaults.Client($"The value for {parameter} is not valid. A name has a maximum of 100 characters.");
    }

    /// <summary>An AWS account id: twelve digits.</summary>
    private static string CheckedAccount(string? account, string parameter)
    {
        string given = Required(account, parameter);
        return given.Length == 12 && !given.AsSpan().ContainsAnyExceptInRange('0', '9')
            ? given
            : throw DxFaults.Client($"The account {given} for {parameter} is not valid.");
    }
}
