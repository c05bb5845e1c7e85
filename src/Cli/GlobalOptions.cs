using System.CommandLine;

namespace Trunkline.Cli;

/// <summary>The options that every command has, and what stands in for them when they are not given.</summary>
internal sealed class GlobalOptions
{
    public const string DefaultEndpoint = "http://127.0.0.1:4566";
    public const string DefaultAccount = "000000000000";
    public const string DefaultRegion = "us-east-1";

    public Option<string?> Endpoint { get; } = new("--endpoint")
    {
        Description = "Where Trunkline answers [TRUNKLINE_ENDPOINT, AWS_ENDPOINT_URL, " + DefaultEndpoint + "]",
        HelpName = "URL",
        Recursive = true,
    };

    public Option<string?> Account { get; } = new("--account")
    {
        Description = "Twelve digits [AWS_ACCESS_KEY_ID if it is twelve digits, " + DefaultAccount + "]",
        HelpName = "ID",
        Recursive = true,
    };

    public Option<string?> Region { get; } = new("--region")
    {
        Description = "[AWS_REGION, AWS_DEFAULT_REGION, " + DefaultRegion + "]",
        HelpName = "NAME",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json") { Description = "Print JSON", Recursive = true };

    public void AddTo(RootCommand root)
    {
        root.Options.Add(Endpoint);
        root.Options.Add(Account);
        root.Options.Add(Region);
        root.Options.Add(Json);
    }

    /// <summary>Endpoint, account and region for one invocation.</summary>
    public Target Resolve(ParseResult result, CliContext context, string? account = null) => new(
        ResolveEndpoint(result, context),
        CheckAccount(result.GetValue(Account)) ?? account ?? AccountOfKey(context) ?? DefaultAccount,
        CheckRegion(result.GetValue(Region)
            ?? context.Environment("AWS_REGION")
            ?? context.Environment("AWS_DEFAULT_REGION")
            ?? DefaultRegion));

    private Uri ResolveEndpoint(ParseResult result, CliContext context)
    {
        (string source, string text) =
            result.GetValue(Endpoint) is { } given ? ("--endpoint", given)
            : context.Environment("TRUNKLINE_ENDPOINT") is { } own ? ("TRUNKLINE_ENDPOINT", own)
            : context.Environment("AWS_ENDPOINT_URL") is { } aws ? ("AWS_ENDPOINT_URL", aws)
            : ("the default", DefaultEndpoint);
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https")
        {
            return uri;
        }

        throw CliException.Usage($"{source} is '{text}', which is no URL: write it as {DefaultEndpoint}");
    }

    private static string? CheckAccount(string? account) =>
        account is null || IsAccount(account)
            ? account
            : throw CliException.Usage($"--account is '{account}': an account is twelve digits, as {DefaultAccount}");

    private static string CheckRegion(string region) =>
        region.Length > 0 && region.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? region
            : throw CliException.Usage($"--region is '{region}': write it as {DefaultRegion}");

    private static string? AccountOfKey(CliContext context) =>
        context.Environment("AWS_ACCESS_KEY_ID") is { } key && IsAccount(key) ? key : null;

    private static bool IsAccount(string text) => text.Length == 12 && text.All(char.IsAsciiDigit);
}

/// <summary>Who is asked, and as whom.</summary>
internal sealed record Target(Uri Endpoint, string Account, string Region);
