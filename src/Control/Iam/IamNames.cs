using System.Text.RegularExpressions;

namespace Trunkline.Control.Iam;

/// <summary>Names, paths, ids and pages of IAM. Source: IAM API Reference (the limits of each parameter); IAM User Guide, "IAM identifiers".</summary>
internal static partial class IamNames
{
    private const string NameShown = @"[\w+=,.@-]+";
    private const int PageUsual = 100;
    private const int PageMost = 1000;

    public static string Role(string? name) => Name(name, "RoleName", "roleName", 64);

    public static string Profile(string? name) => Name(name, "InstanceProfileName", "instanceProfileName", 128);

    public static string Policy(string? name) => Name(name, "PolicyName", "policyName", 128);

    public static string Certificate(string? name) => Name(name, "ServerCertificateName", "serverCertificateName", 128);

    /// <summary>A name in the model's alphabet.</summary>
    /// <param name="parameter">As the API names it.</param>
    /// <param name="member">As messages name it.</param>
    public static string Name(string? name, string parameter, string member, int most)
    {
        string given = Door.Required(name, parameter);
        new Constraints().Length(given, member, 1, most).Pattern(given, member, NameText(), NameShown).Check();
        return given;
    }

    /// <summary><c>/</c>, or any text between two slashes.</summary>
    public static string Path(string? path)
    {
        string given = string.IsNullOrEmpty(path) ? "/" : path;
        new Constraints().Length(given, "path", 1, 512)
            .Pattern(given, "path", PathText(), @"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)")
            .Check();
        return given;
    }

    /// <summary>A policy's path has a narrower alphabet.</summary>
    public static string PolicyPath(string? path)
    {
        string given = string.IsNullOrEmpty(path) ? "/" : path;
        new Constraints().Length(given, "path", 1, 512).Pattern(given, "path", PolicyPathText(), @"((/[A-Za-z0-9\.,\+@=_-]+)*)/").Check();
        return given;
    }

    public static string Arn(string? arn, string parameter, string member)
    {
        string given = Door.Required(arn, parameter);
        new Constraints().Length(given, member, 20, 2048).Check();
        return given;
    }

    /// <summary>A unique id: four letters for the kind and seventeen more.</summary>
    public static string NewId(CommandContext context, string prefix)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        Span<char> letters = stackalloc char[17];
        foreach (ref char letter in letters)
        {
            letter = Alphabet[(int)context.Ids.Below(32)];
        }

        return string.Concat(prefix, letters);
    }

    /// <summary>One page of a list: 100 items unless the request says otherwise, 1000 at most.</summary>
    public static Page<T> Page<T>(IEnumerable<T> rows, int? maxItems, string? marker, Func<T, string> keyOf)
    {
        new Constraints().Range(maxItems, "maxItems", 1, PageMost).Length(marker, "marker", 1, 320).Check();
        return Pager.Page(rows, maxItems ?? PageUsual, marker, keyOf, least: 1, most: PageMost, tokenFault: "ValidationError");
    }

    [GeneratedRegex(@"^[\w+=,.@-]+\z", RegexOptions.ECMAScript | RegexOptions.CultureInvariant)]
    private static partial Regex NameText();

    [GeneratedRegex(@"^(/|/[\u0021-\u007E]+/)\z", RegexOptions.CultureInvariant)]
    private static partial Regex PathText();

    [GeneratedRegex(@"^((/[A-Za-z0-9\.,\+@=_-]+)*)/\z", RegexOptions.CultureInvariant)]
    private static partial Regex PolicyPathText();
}
