using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;

namespace Trunkline.Tests.Tracing;

/// <summary>What <see cref="Reference"/> must guess: tried one after the other, or taken from the trace.</summary>
internal sealed partial class Reference
{
    /// <summary>What a health check finds depends on a choice that cannot be seen from outside.</summary>
    public sealed class AmbiguousException : Exception;

    /// <summary>The choices of one walk after another, until every one was tried.</summary>
    private sealed class Choices
    {
        private const int RunsMax = 4096;

        private readonly List<(int Chosen, int Of)> script = [];
        private int at;
        private int runs;

        /// <summary>What the walk took, in order; null where nobody says.</summary>
        public (string Group, string Target, int Port)[]? Taken { get; init; }

        /// <summary>It goes round: how often it chose does not matter.</summary>
        public bool Goes { get; init; }

        public int Used { get; private set; }

        /// <summary>Why this try is not what the walk did.</summary>
        public string? Wrong { get; private set; }

        public int Pick(int count)
        {
            if (at == script.Count)
            {
                script.Add((0, count));
            }

            return script[at++].Chosen;
        }

        /// <summary>The candidate that the walk took; each in turn where nobody says.</summary>
        public Target? Take(Target[] candidates, string group, int port)
        {
            if (Taken is null)
            {
                return candidates[Pick(candidates.Length)];
            }

            if (Goes && Used >= Taken.Length)
            {
                return candidates[0];
            }

            (string Group, string Target, int Port) wanted = Used < Taken.Length ? Taken[Used] : default;
            Target? found = candidates.FirstOrDefault(c => wanted == (group, c.Id, port == 0 ? c.Port : port));
            Wrong ??= found is null ? $"one of {string.Join(' ', candidates.Select(c => c.Id))} of {group} is chosen, not {wanted}" : null;
            Used++;
            return found;
        }

        /// <summary>Goes on to the next try; false where there is none.</summary>
        public bool Next()
        {
            at = Used = 0;
            Wrong = null;
            while (script.Count > 0 && script[^1].Chosen + 1 == script[^1].Of)
            {
                script.RemoveAt(script.Count - 1);
            }

            if (script.Count == 0)
            {
                return false;
            }

            script[^1] = (script[^1].Chosen + 1, script[^1].Of);
            return ++runs < RunsMax ? true : throw new AmbiguousException();
        }
    }

    /// <param name="Id">An instance's id, an address, or a load balancer's key.</param>
    /// <param name="Zone">Null where every node may use it.</param>
    private sealed record Target(string Id, int Port, string? Zone, NetworkInterface? Eni, IpAddress? Address, bool IsPresent)
    {
        /// <summary>The load balancer that the target is.</summary>
        public string? Inner { get; init; }
    }

    /// <summary>A health check.</summary>
    private sealed record Check(int Port, HttpRequest? Request, string? Codes)
    {
        public static Check Of(TargetGroup row, int port)
        {
            HealthCheck check = row.HealthCheck;
            bool asks = check.Protocol is "HTTP" or "HTTPS";
            return new Check(
                check.Port == "traffic-port" ? port : int.Parse(check.Port, CultureInfo.InvariantCulture),
                asks ? RequestOf(check.Path ?? "/") : null, asks ? check.Matcher : null);
        }

        public static Check Of(ClassicLoadBalancer row)
        {
            string[] words = row.HealthCheck.Target.Split(':');
            string[] rest = words[1].Split('/');
            return new Check(
                int.Parse(rest[0], CultureInfo.InvariantCulture), rest.Length > 1 ? RequestOf("/" + rest[1]) : null, rest.Length > 1 ? "200" : null);
        }

        public bool Accepts(int status) => Codes is null || Codes.Split(',').Select(c => c.Split('-')).Any(
            r => int.Parse(r[0], CultureInfo.InvariantCulture) <= status && status <= int.Parse(r[^1], CultureInfo.InvariantCulture));

        private static HttpRequest RequestOf(string path) => new("GET", "", path, "", []);
    }
}
