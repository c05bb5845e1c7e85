using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Own;

/// <summary>The world as Trunkline's own endpoint reads and writes it; addresses and ports are text.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WorldDocument
{
    /// <summary>The ports of a machine of which only the status is said.</summary>
    private static readonly string[] Everywhere = ["tcp/0-65535", "udp/0-65535"];

    /// <summary>How far the cloud's clock is ahead of the machine's, as <c>8d</c>; not there, or <c>0</c>: it is the machine's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Ahead { get; init; }

    public bool InternetAnswers { get; init; } = true;

    public IReadOnlyList<WorldHost> Hosts { get; init; } = [];

    /// <summary>What has failed, each as <c>ACCOUNT/REGION/az:us-east-1a</c>; what names no account is the asker's.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    /// <summary>Machines that listen on some ports only.</summary>
    public IReadOnlyList<WorldListener> Listening { get; init; } = [];

    /// <summary>Data centres and offices.</summary>
    public IReadOnlyList<WorldSite> Sites { get; init; } = [];

    /// <summary>Instances that are routers.</summary>
    public IReadOnlyList<WorldRole> Roles { get; init; } = [];

    public static WorldDocument Of(World world) => new()
    {
        Ahead = AheadText.Of(world.Ahead),
        InternetAnswers = world.InternetAnswers,
        Failures = [.. world.Failures.Select(TextOf)],
        Sites = [.. world.Sites.Select(WorldSite.Of)],
        Roles = [.. world.Roles.Select(WorldRole.Of)],
        Listening = [.. world.Listening.Select(m => new WorldListener
        {
            Machine = m.Machine,
            Ports = [.. m.Ports.Select(TextOf)],
            Status = m.Status == ListeningMachine.Well ? null : m.Status,
        })],
        Hosts =
        [
            .. world.Hosts.Select(h => new WorldHost
            {
                Name = h.Name,
                Addresses = [.. h.Addresses.Select(a => a.ToString())],
                Answers = h.Answers,
                Ports = [.. h.Ports.Select(TextOf)],
            }),
        ],
    };

    /// <summary>Reads the document; a fault names what is wrong with it.</summary>
    /// <param name="home">Whose failures are those that name no account.</param>
    public World ToWorld(PartitionKey home)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        ImmutableArray<InternetHost>.Builder hosts = ImmutableArray.CreateBuilder<InternetHost>();
        foreach (WorldHost host in Hosts ?? throw Wrong("hosts is null"))
        {
            if (host is null || string.IsNullOrWhiteSpace(host.Name))
            {
                throw Wrong("a host has no name");
            }

            if (!names.Add(host.Name))
            {
                throw Wrong($"the name {host.Name} is given to two hosts");
            }

            if (host.Addresses is not { Count: > 0 })
            {
                throw Wrong($"host {host.Name} has no address");
            }

            hosts.Add(new InternetHost(
                host.Name,
                [.. host.Addresses.Select(a => AddressOf(host.Name, a))],
                host.Answers,
                [.. (host.Ports ?? []).Select(p => PortOf(host.Name, p))]));
        }

        return new World
        {
            Ahead = AheadText.Read(Ahead),
            InternetAnswers = InternetAnswers,
            Hosts = hosts.ToImmutable(),
            Failures = [.. (Failures ?? throw Wrong("failures is null")).Select(f => FailureOf(home, f)).Distinct().Order()],
            Listening = [.. Listeners().OrderBy(m => m.Machine, StringComparer.Ordinal)],
            Sites = SitesOf(Sites ?? throw Wrong("sites is null")),
            Roles = RolesOf(Roles ?? throw Wrong("roles is null")),
        };
    }

    private static WorldFailure FailureOf(PartitionKey home, string? text)
    {
        string[] parts = (text ?? "").Split('/', 3);
        bool elsewhere = parts.Length == 3 && parts[0].Length == 12 && parts[0].All(char.IsAsciiDigit);
        WorldFailure failure = elsewhere
            ? new WorldFailure(new PartitionKey(parts[0], parts[1]), parts[2])
            : new WorldFailure(home, text ?? "");
        failure = FailureWords.IsNowhere(failure.Subject) ? failure with { Partition = WorldFailure.Nowhere } : failure;
        return WorldFailure.Words.Any(w => failure.Subject.Length > w.Length && failure.Subject.StartsWith(w, StringComparison.Ordinal))
            ? failure
            : throw Wrong($"'{text}' is no failure: write {string.Join(", ", WorldFailure.Words.Select(w => w + "…"))}");
    }

    private static ImmutableArray<Site> SitesOf(IReadOnlyList<WorldSite> documents)
    {
        ImmutableArray<Site> sites =
            [.. documents.Select(s => (s ?? throw Wrong("a site is null")).ToSite()).OrderBy(s => s.Name, StringComparer.Ordinal)];
        HashSet<IpAddress> addresses = [];
        for (int i = 0; i < sites.Length; i++)
        {
            if (i > 0 && sites[i].Name == sites[i - 1].Name)
            {
                throw Wrong($"two sites are named {sites[i].Name}");
            }

            foreach (IpAddress address in sites[i].Routers.SelectMany(r => r.Addresses))
            {
                if (!addresses.Add(address))
                {
                    throw Wrong($"two routers have the address {address}");
                }
            }
        }

        return sites;
    }

    /// <summary>One role for a machine.</summary>
    private static ImmutableArray<RoutingMachine> RolesOf(IReadOnlyList<WorldRole> documents)
    {
        ImmutableArray<RoutingMachine> roles =
            [.. documents.Select(r => (r ?? throw Wrong("a role is null")).ToRole()).OrderBy(r => r.Machine, StringComparer.Ordinal)];
        for (int i = 1; i < roles.Length; i++)
        {
            if (roles[i].Machine == roles[i - 1].Machine)
            {
                throw Wrong($"the machine {roles[i].Machine} has two roles");
            }
        }

        return roles;
    }

    private IEnumerable<ListeningMachine> Listeners()
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (WorldListener machine in Listening ?? throw Wrong("listening is null"))
        {
            if (machine is null || string.IsNullOrWhiteSpace(machine.Machine) || !names.Add(machine.Machine))
            {
                throw Wrong("a machine that listens has no name, or is there twice");
            }

            if (machine.Status is < 100 or > 599)
            {
                throw Wrong($"{machine.Machine}: {machine.Status} is no HTTP status, which is 100 to 599");
            }

            IReadOnlyList<string> ports = machine.Ports ?? (machine.Status is null ? [] : Everywhere);
            yield return new ListeningMachine(
                machine.Machine, [.. ports.Select(p => PortOf(machine.Machine, p))], machine.Status ?? ListeningMachine.Well);
        }
    }

    private static Prefix AddressOf(string host, string text)
    {
        Prefix prefix;
        if (IpAddress.TryParse(text, out IpAddress address))
        {
            prefix = Prefix.Host(address);
        }
        else if (!Prefix.TryParse(text, out prefix))
        {
            throw Wrong($"host {host}: '{text}' is neither an address nor a CIDR block");
        }

        return prefix.IsV4 && (WellKnown.IsRfc1918(prefix.First) || WellKnown.IsRfc6598(prefix.First))
            ? throw Wrong($"host {host}: {text} is not a public address")
            : prefix;
    }

    internal static string TextOf(WorldFailure failure) => failure.Partition == WorldFailure.Nowhere ? failure.Subject : failure.ToString();

    internal static HostPort PortOf(string host, string text)
    {
        string[] parts = (text ?? "").Split('/');
        int protocol = parts[0] switch
        {
            "tcp" => 6,
            "udp" => 17,
            _ => -1,
        };
        string[] ends = parts.Length == 2 ? parts[1].Split('-') : [];
        return protocol > 0 && ends.Length is 1 or 2
            && ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort from)
            && ushort.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort to) && from <= to
            ? new HostPort(protocol, from, to)
            : throw Wrong($"{host}: '{text}' is not a port such as tcp/443 or udp/53-60");
    }

    internal static string TextOf(HostPort port)
    {
        string name = port.Protocol == 6 ? "tcp" : "udp";
        return port.From == port.To
            ? string.Create(CultureInfo.InvariantCulture, $"{name}/{port.From}")
            : string.Create(CultureInfo.InvariantCulture, $"{name}/{port.From}-{port.To}");
    }

    private static Fault Wrong(string message) => new("InvalidWorld", message);
}

/// <summary>One machine of a <see cref="WorldDocument"/>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WorldListener
{
    /// <summary>An instance's id or its tag <c>Name</c>.</summary>
    public string Machine { get; init; } = "";

    /// <summary><c>tcp/443</c>, <c>udp/53-60</c>; empty: nowhere. Not there: nowhere too, but everywhere with a status.</summary>
    public IReadOnlyList<string>? Ports { get; init; }

    /// <summary>The HTTP status that its programs answer health checks with; 200 where it is not there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Status { get; init; }
}

/// <summary>One host of a <see cref="WorldDocument"/>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WorldHost
{
    public string Name { get; init; } = "";

    public IReadOnlyList<string> Addresses { get; init; } = [];

    public bool Answers { get; init; } = true;

    /// <summary><c>tcp/443</c>, <c>udp/53-60</c>; empty: everywhere.</summary>
    public IReadOnlyList<string>? Ports { get; init; } = [];
}
