using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Elbv2;

/// <summary>Reads the conditions of rules, and checks them. Source: AWS, "Condition types for listener rules"; ELBv2 API, RuleCondition.</summary>
internal static class Conditions
{
    private const string HostHeader = "host-header";
    private const string PathPattern = "path-pattern";
    private const string HttpHeader = "http-header";
    private const string Method = "http-request-method";
    private const string Query = "query-string";
    private const string SourceIp = "source-ip";

    /// <summary>Values of all conditions of one rule, and wildcards in them. Source: AWS, "Quotas for your Application Load Balancers".</summary>
    private const int ValuesPerRule = 5;

    private const int WildcardsPerRule = 5;
    private const int ValueLength = 128;
    private const int HeaderNameLength = 40;

    public static ImmutableArray<RuleCondition> Read(IReadOnlyList<AwsElbv2.RuleCondition>? conditions)
    {
        if (conditions is not { Count: > 0 })
        {
            throw Elbv2Faults.Validation("At least one condition must be specified");
        }

        ImmutableArray<RuleCondition> read = [.. conditions.Select(ReadOne)];
        foreach (string single in (ReadOnlySpan<string>)[HostHeader, PathPattern, Method, SourceIp])
        {
            if (read.Count(c => c.Field == single) > 1)
            {
                throw Elbv2Faults.Validation($"A rule can have only one '{single}' condition");
            }
        }

        if (read.Sum(c => c.Values.Length + c.RegexValues.Length + c.QueryPairs.Length) > ValuesPerRule)
        {
            throw Elbv2Faults.Validation($"A rule can have at most {ValuesPerRule} condition values");
        }

        int wildcards = read.Sum(c => c.Values.Sum(Wildcards) + c.QueryPairs.Sum(p => Wildcards(p.Key ?? "") + Wildcards(p.Value)));
        return wildcards <= WildcardsPerRule
            ? read
            : throw Elbv2Faults.Validation($"A rule can have at most {WildcardsPerRule} condition wildcards");
    }

    public static AwsElbv2.RuleCondition ToWire(RuleCondition condition)
    {
        IReadOnlyList<string>? values = condition.Values.IsEmpty ? null : [.. condition.Values];
        IReadOnlyList<string>? regex = condition.RegexValues.IsEmpty ? null : [.. condition.RegexValues];
        AwsElbv2.RuleCondition wire = new() { Field = condition.Field };
        return condition.Field switch
        {
            HostHeader => wire with
            {
                Values = values,
                HostHeaderConfig = new AwsElbv2.HostHeaderConditionConfig { Values = values, RegexValues = regex },
            },
            PathPattern => wire with
            {
                Values = values,
                PathPatternConfig = new AwsElbv2.PathPatternConditionConfig { Values = values, RegexValues = regex },
            },
            HttpHeader => wire with
            {
                HttpHeaderConfig = new AwsElbv2.HttpHeaderConditionConfig
                {
                    HttpHeaderName = condition.HeaderName,
                    Values = values,
                    RegexValues = regex,
                },
            },
            Method => wire with { HttpRequestMethodConfig = new AwsElbv2.HttpRequestMethodConditionConfig { Values = values } },
            SourceIp => wire with { SourceIpConfig = new AwsElbv2.SourceIpConditionConfig { Values = values } },
            _ => wire with
            {
                QueryStringConfig = new AwsElbv2.QueryStringConditionConfig
                {
                    Values = [.. condition.QueryPairs.Select(p => new AwsElbv2.QueryStringKeyValuePair { Key = p.Key, Value = p.Value })],
                },
            },
        };
    }

    private static RuleCondition ReadOne(AwsElbv2.RuleCondition condition)
    {
        string field = condition.Field ?? "";
        if (field is not (HostHeader or PathPattern or HttpHeader or Method or Query or SourceIp))
        {
            throw Elbv2Faults.Validation(
                $"Condition field '{field}' must be one of '[{PathPattern},{HostHeader},{HttpHeader},{Method},{Query},{SourceIp}]'");
        }

        RefuseOtherConfigs(field, condition);
        RuleCondition read = field switch
        {
            HostHeader => Patterns(field, condition.Values, condition.HostHeaderConfig?.Values,
                condition.HostHeaderConfig?.RegexValues ?? condition.RegexValues, IsHostCharacter),
            PathPattern => Patterns(field, condition.Values, condition.PathPatternConfig?.Values,
                condition.PathPatternConfig?.RegexValues ?? condition.RegexValues, IsPathCharacter),
            HttpHeader => Header(condition),
            Method => Exact(field, condition.HttpRequestMethodConfig?.Values, IsMethod),
            SourceIp => Exact(field, condition.SourceIpConfig?.Values, text => Prefix.TryParse(text, out _, out bool strict) && strict),
            _ => Pairs(condition.QueryStringConfig?.Values),
        };
        return read.Values.IsEmpty && read.RegexValues.IsEmpty && read.QueryPairs.IsEmpty
            ? throw Elbv2Faults.Validation($"A condition value must be specified for the condition field '{field}'")
            : read;
    }

    private static void RefuseOtherConfigs(string field, AwsElbv2.RuleCondition condition)
    {
        (string Field, bool Given)[] configs =
        [
            (HostHeader, condition.HostHeaderConfig is not null), (PathPattern, condition.PathPatternConfig is not null),
            (HttpHeader, condition.HttpHeaderConfig is not null), (Method, condition.HttpRequestMethodConfig is not null),
            (Query, condition.QueryStringConfig is not null), (SourceIp, condition.SourceIpConfig is not null),
        ];
        if (configs.Any(c => c.Given && c.Field != field))
        {
            throw Elbv2Faults.Validation($"The condition configuration does not match the condition field '{field}'");
        }

        if (condition.Values is { Count: > 0 } && field is not (HostHeader or PathPattern))
        {
            throw Elbv2Faults.Validation($"Values cannot be specified for the condition field '{field}'");
        }

        if (condition.RegexValues is { Count: > 0 } && field is not (HostHeader or PathPattern or HttpHeader))
        {
            throw Elbv2Faults.Validation($"RegexValues cannot be specified for the condition field '{field}'");
        }
    }

    private static RuleCondition Patterns(
        string field, IReadOnlyList<string>? direct, IReadOnlyList<string>? configured, IReadOnlyList<string>? regex, Func<char, bool> isAllowed)
    {
        bool differ = direct is { Count: > 0 } && configured is { Count: > 0 } && !direct.SequenceEqual(configured, StringComparer.Ordinal);
        if (differ)
        {
            throw Elbv2Faults.Validation($"You cannot specify both Values and a configuration for the condition field '{field}'");
        }

        ImmutableArray<string> values = [.. configured is { Count: > 0 } ? configured : direct ?? []];
        foreach (string value in values)
        {
            CheckLength(field, value);
            if (!value.All(isAllowed))
            {
                throw Elbv2Faults.Validation($"Condition value '{value}' contains a character that is not valid for the condition field '{field}'");
            }
        }

        if (field == PathPattern && values.FirstOrDefault(v => v[0] is not ('/' or '*' or '?')) is { } relative)
        {
            throw Elbv2Faults.Validation($"Condition value '{relative}' of the condition field '{field}' must start with '/'");
        }

        return new RuleCondition { Field = field, Values = values, RegexValues = Expressions(field, regex, values) };
    }

    private static RuleCondition Header(AwsElbv2.RuleCondition condition)
    {
        AwsElbv2.HttpHeaderConditionConfig config =
            condition.HttpHeaderConfig ?? throw Elbv2Faults.Validation($"HttpHeaderConfig must be specified for the condition field '{HttpHeader}'");
        string name = config.HttpHeaderName ?? "";
        if (name.Length is 0 or > HeaderNameLength || !name.All(IsToken))
        {
            throw Elbv2Faults.Validation($"HTTP header name '{name}' is not valid");
        }

        if (name.Equals("host", StringComparison.OrdinalIgnoreCase))
        {
            throw Elbv2Faults.Validation("You cannot use an HTTP header condition to specify the host header");
        }

        ImmutableArray<string> values = [.. config.Values ?? []];
        foreach (string value in values)
        {
            CheckLength(HttpHeader, value);
        }

        return new RuleCondition
        {
            Field = HttpHeader,
            HeaderName = name,
            Values = values,
            RegexValues = Expressions(HttpHeader, config.RegexValues ?? condition.RegexValues, values),
        };
    }

    private static RuleCondition Exact(string field, IReadOnlyList<string>? values, Func<string, bool> isGood)
    {
        foreach (string value in values ?? [])
        {
            if (!isGood(value))
            {
                throw Elbv2Faults.Validation($"Condition value '{value}' is not valid for the condition field '{field}'");
            }
        }

        return new RuleCondition { Field = field, Values = [.. values ?? []] };
    }

    private static RuleCondition Pairs(IReadOnlyList<AwsElbv2.QueryStringKeyValuePair>? pairs)
    {
        foreach (AwsElbv2.QueryStringKeyValuePair pair in pairs ?? [])
        {
            CheckLength(Query, pair.Value ?? "");
            if (pair.Key is { } key)
            {
                CheckLength(Query, key);
            }
        }

        return new RuleCondition { Field = Query, QueryPairs = [.. (pairs ?? []).Select(p => new QueryPair(p.Key, p.Value!))] };
    }

    private static ImmutableArray<string> Expressions(string field, IReadOnlyList<string>? regex, ImmutableArray<string> values)
    {
        if (regex is null or [])
        {
            return [];
        }

        if (!values.IsEmpty)
        {
            throw Elbv2Faults.Validation($"You cannot specify both values and regular expressions for the condition field '{field}'");
        }

        foreach (string expression in regex)
        {
            CheckLength(field, expression);
            RegularExpressions.Check(expression);
        }

        return [.. regex];
    }

    private static void CheckLength(string field, string value)
    {
        if (value.Length is 0 or > ValueLength)
        {
            throw Elbv2Faults.Validation($"Condition values of the condition field '{field}' must have 1 to {ValueLength} characters");
        }
    }

    private static int Wildcards(string value) => value.Count(c => c is '*' or '?');

    private static bool IsHostCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '*' or '?';

    private static bool IsPathCharacter(char c) => char.IsAsciiLetterOrDigit(c) || "_-.$/~\"'@:+&*?%=,;!()[]#".Contains(c, StringComparison.Ordinal);

    /// <summary>RFC 7230, section 3.2.6: a token.</summary>
    private static bool IsToken(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal);

    private static bool IsMethod(string text) => text.Length is > 0 and <= 40 && text.All(c => char.IsAsciiLetterUpper(c) || c is '-' or '_');
}

/// <summary>Regular expressions of conditions and transforms: refused where they are none.</summary>
internal static class RegularExpressions
{
    public static void Check(string expression)
    {
        try
        {
            _ = new System.Text.RegularExpressions.Regex(expression, System.Text.RegularExpressions.RegexOptions.NonBacktracking);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw Elbv2Faults.Validation($"The regular expression '{expression}' is not valid");
        }
    }
}

/// <summary>Reads the transforms of rules. Source: AWS, "Transforms for listener rules"; ELBv2 API, RuleTransform.</summary>
internal static class Transforms
{
    private const int TextLength = 1024;

    public static ImmutableArray<RuleTransform> Read(IReadOnlyList<AwsElbv2.RuleTransform>? transforms)
    {
        ImmutableArray<RuleTransform> read = [.. (transforms ?? []).Select(ReadOne)];
        return read.Select(t => t.Type).Distinct(StringComparer.Ordinal).Count() == read.Length
            ? read
            : throw Elbv2Faults.Validation("A rule can have one host header rewrite transform and one URL rewrite transform");
    }

    public static AwsElbv2.RuleTransform ToWire(RuleTransform transform)
    {
        IReadOnlyList<AwsElbv2.RewriteConfig> rewrites =
            [.. transform.Rewrites.Select(r => new AwsElbv2.RewriteConfig { Regex = r.Regex, Replace = r.Replace })];
        AwsElbv2.RuleTransform wire = new() { Type = transform.Type };
        return transform.Type == "url-rewrite"
            ? wire with { UrlRewriteConfig = new AwsElbv2.UrlRewriteConfig { Rewrites = rewrites } }
            : wire with { HostHeaderRewriteConfig = new AwsElbv2.HostHeaderRewriteConfig { Rewrites = rewrites } };
    }

    private static RuleTransform ReadOne(AwsElbv2.RuleTransform transform)
    {
        bool isUrl = transform.Type == "url-rewrite";
        IReadOnlyList<AwsElbv2.RewriteConfig>? rewrites = isUrl ? transform.UrlRewriteConfig?.Rewrites : transform.HostHeaderRewriteConfig?.Rewrites;
        bool other = isUrl ? transform.HostHeaderRewriteConfig is not null : transform.UrlRewriteConfig is not null;
        if (other || rewrites is not { Count: 1 })
        {
            throw Elbv2Faults.Validation($"A transform of the type '{transform.Type}' must have exactly one rewrite of its own");
        }

        foreach (AwsElbv2.RewriteConfig rewrite in rewrites)
        {
            if (rewrite.Regex is not { Length: > 0 and <= TextLength } regex || rewrite.Replace is not { Length: <= TextLength })
            {
                throw Elbv2Faults.Validation($"The regular expression and the replacement of a rewrite have up to {TextLength} characters");
            }

            RegularExpressions.Check(regex);
        }

        return new RuleTransform(transform.Type!, [.. rewrites.Select(r => new RewriteRule(r.Regex!, r.Replace!))]);
    }
}
