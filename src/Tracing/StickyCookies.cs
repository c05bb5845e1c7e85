using System.Globalization;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>
/// The cookies by which an application or classic load balancer leads a client to the same target group and target again. What stands in AWS's is
/// AWS's secret; here it is a number made of the names, so that the same target has the same cookie in every state. Source: AWS, "Edit target group
/// attributes for your Application Load Balancer", "Sticky sessions"; "Configure sticky sessions for your Classic Load Balancer".
/// </summary>
internal static class StickyCookies
{
    /// <summary>Duration-based stickiness.</summary>
    public const string Duration = "AWSALB";

    /// <summary>Application-based stickiness: counts only together with the application's own cookie.</summary>
    public const string Application = "AWSALBAPP-0";

    /// <summary>Stickiness of a rule between its target groups.</summary>
    public const string Group = "AWSALBTG";

    private const ulong Basis = 0xCBF29CE484222325;
    private const ulong Prime = 0x100000001B3;

    /// <summary>The value that stands for a pool.</summary>
    public static ulong Of(Pool pool) => Add(Basis, pool.Row.Id);

    /// <summary>The value that stands for one target of a pool.</summary>
    public static ulong Of(Pool pool, int target)
    {
        ref readonly PoolTarget at = ref pool.Targets[target];
        return (Add(Add(Of(pool), "/"), at.Id) ^ at.Port) * Prime;
    }

    /// <summary>A value as it is written: 16 digits in small letters.</summary>
    public static string TextOf(ulong value) => value.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The pool of a rule that the request's cookie names, whatever its weight is by now; false where none is named.</summary>
    public static bool TryPool(ForwardingState state, BalancerRule rule, HttpRequest? request, out PoolShare share)
    {
        share = default;
        if (!rule.KeepsPool || request is null || !TryRead(request, Group, out ulong value))
        {
            return false;
        }

        foreach (PoolShare candidate in rule.Pools)
        {
            if (Of(state.Pools[candidate.Pool]) == value)
            {
                share = candidate;
                return true;
            }
        }

        return false;
    }

    /// <summary>The cookie of the balancer's that names a target behind a rule, and the application's that it needs; "" where there is none.</summary>
    public static (string Name, string Needs) NameOf(BalancerRule rule, Pool pool) =>
        rule.Cookie.Length > 0 ? (rule.Cookie, rule.AppCookie)
        : pool.Keeps == Stickiness.Cookie ? (Duration, "")
        : pool.Keeps == Stickiness.ApplicationCookie ? (Application, pool.AppCookie)
        : ("", "");

    /// <summary>The target that the request's cookie names, if the node may take it; -1 where none is named or it may not.</summary>
    public static int TargetOf(in TargetSite site, BalancerRule rule, HttpRequest? request)
    {
        Pool pool = site.Targets;
        (string name, string needs) = NameOf(rule, pool);
        if (request is null || name.Length == 0 || (needs.Length > 0 && !Has(request, needs)) || !TryRead(request, name, out ulong value))
        {
            return -1;
        }

        for (int i = 0; i < pool.Targets.Length; i++)
        {
            if (Of(pool, i) == value)
            {
                return TargetChoice.IsCandidate(site, i, TargetChoice.FailsOpen(site)) ? i : -1;
            }
        }

        return -1;
    }

    private static bool TryRead(HttpRequest request, string name, out ulong value)
    {
        value = 0;
        return TryFind(request.HeaderOf("cookie"), name, out ReadOnlySpan<char> text)
            && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private static bool Has(HttpRequest request, string name) => TryFind(request.HeaderOf("cookie"), name, out _);

    /// <summary>A cookie's value out of the header (RFC 6265, 4.2); names are told apart by case.</summary>
    private static bool TryFind(ReadOnlySpan<char> header, ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
    {
        foreach (Range part in header.Split(';'))
        {
            ReadOnlySpan<char> pair = header[part].Trim();
            int equals = pair.IndexOf('=');
            if (equals > 0 && pair[..equals].SequenceEqual(name))
            {
                value = pair[(equals + 1)..];
                return true;
            }
        }

        value = default;
        return false;
    }

    private static ulong Add(ulong hash, string text)
    {
        foreach (char letter in text)
        {
            hash = (hash ^ letter) * Prime;
        }

        return hash;
    }
}
