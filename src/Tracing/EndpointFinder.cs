using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>Finds one end of a flow from the words for it.</summary>
internal sealed class EndpointFinder(ForwardingState state, PartitionKey home)
{
    private const string InternetWord = "internet";
    private const string SiteWord = "site:";
    private const string ClassicWord = "classic/";
    private const int CandidatesMax = 8;

    public bool TryFind(string word, bool isSource, out Endpoint found, out string error)
    {
        if (word.StartsWith(SiteWord, StringComparison.Ordinal))
        {
            return TrySite(word[SiteWord.Length..], out found, out error);
        }

        PartitionKey at = home;
        string[] parts = word.Split('/');
        if (parts.Length >= 3 && parts[0].Length == 12 && parts[0].All(char.IsAsciiDigit))
        {
            at = new PartitionKey(parts[0], parts[1]);
            parts = parts[2..];
        }

        error = "";
        found = default;
        string rest = string.Join('/', parts);
        if (parts.Length == 2 && IpAddress.TryParse(parts[1], out IpAddress inVpc))
        {
            return TryInVpc(at, parts[0], inVpc, isSource, out found, out error);
        }

        if (rest == InternetWord)
        {
            found = new Endpoint(Origin.Internet, null);
            return true;
        }

        if (rest.StartsWith(InternetWord + ":", StringComparison.Ordinal))
        {
            return TryInternet(rest[(InternetWord.Length + 1)..], out found, out error);
        }

        if (IpAddress.TryParse(rest, out IpAddress address))
        {
            return TryAddress(at, address, isSource, out found, out error);
        }

        return TryId(at, rest, out found, out error) || (error.Length == 0 && TryName(at, rest, out found, out error));
    }

    /// <summary>A site of the world, or the host of it that has an address.</summary>
    private bool TrySite(string rest, out Endpoint found, out string error)
    {
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string name = slash < 0 ? rest : rest[..slash];
        found = default;
        int site = state.Sites.Find(name);
        if (site < 0)
        {
            string names = string.Join(", ", state.Sites.All.Select(s => s.Name).Take(CandidatesMax));
            error = $"the world has no site '{name}'{(names.Length == 0 ? "" : $"; there are {names}")}";
            return false;
        }

        IpAddress address = default;
        bool good = slash < 0 || IpAddress.TryParse(rest[(slash + 1)..], out address);
        error = !good ? $"'{rest[(slash + 1)..]}' is not an IP address"
            : slash >= 0 && state.Sites.At(site).BlockOf(address) < 0 ? $"no network of site '{name}' has {address}"
            : "";
        found = new Endpoint(Origin.OfSite(site), slash < 0 ? null : address);
        return error.Length == 0;
    }

    private static bool TryInternet(string text, out Endpoint found, out string error)
    {
        bool good = IpAddress.TryParse(text, out IpAddress address);
        found = new Endpoint(Origin.Internet, address);
        error = good ? "" : $"'{text}' is not an IP address";
        return good;
    }

    private bool TryInVpc(PartitionKey at, string vpc, IpAddress address, bool isSource, out Endpoint found, out string error)
    {
        found = default;
        int domain = state.DomainOf(at, vpc);
        error = domain < 0 ? $"there is no VPC '{vpc}' in {at}" : "";
        int nic = domain < 0 ? -1 : state.NicAt(domain, address.Bits, address.IsV4);
        if (domain >= 0 && nic < 0)
        {
            error = $"no interface of {vpc} has {address}";
        }

        found = nic < 0 ? default : new Endpoint(Origin.OfNic(nic), address);
        return nic >= 0 || (!isSource && domain >= 0 && Accept(address, out found, out error));
    }

    /// <summary>A destination may be an address that nobody has: the trace says what becomes of it.</summary>
    private static bool Accept(IpAddress address, out Endpoint found, out string error)
    {
        found = new Endpoint(Origin.Internet, address);
        error = "";
        return true;
    }

    private bool TryAddress(PartitionKey at, IpAddress address, bool isSource, out Endpoint found, out string error)
    {
        if (!isSource)
        {
            return Accept(address, out found, out error);
        }

        found = default;
        error = "";
        List<(int Nic, string Word)> owners = [];
        int partition = state.Partitions.IndexOf(at);
        for (int domain = 0; domain < state.Domains.Count; domain++)
        {
            RowKey row = state.Domains[domain].More.Row;
            if (row.Partition == partition && state.NicAt(domain, address.Bits, address.IsV4) is >= 0 and int nic)
            {
                owners.Add((nic, $"{row.Id}/{address}"));
            }
        }

        if (owners.Count > 1)
        {
            error = $"'{address}' is an address in {owners.Count} VPCs: say {Alternatives(owners.ConvertAll(o => o.Word))}";
            return false;
        }

        if (owners.Count == 1)
        {
            found = new Endpoint(Origin.OfNic(owners[0].Nic), address);
            return true;
        }

        if (address.IsV4 && state.Public.Find(address.V4Bits) is >= 0 and int behind)
        {
            found = new Endpoint(Origin.OfNic(behind), null);
            return true;
        }

        for (int site = 0; site < state.Sites.All.Count; site++)
        {
            if (state.Sites.At(site).BlockOf(address) >= 0)
            {
                found = new Endpoint(Origin.OfSite(site), address);
                return true;
            }
        }

        if (!Special.IsPublic(address.Bits, address.IsV4))
        {
            error = $"no interface in {at} has {address}, and it is no public address";
            return false;
        }

        return Accept(address, out found, out error);
    }

    private bool TryId(PartitionKey at, string id, out Endpoint found, out string error)
    {
        found = default;
        error = "";
        Kind? kind = Kinds.OfId(id);
        if (kind == Kind.Of<NetworkInterface>() && state.NicOf(at, id) is >= 0 and int nic)
        {
            found = new Endpoint(Origin.OfNic(nic), null);
            return true;
        }

        if (kind == Kind.Of<InternetGateway>() && state.BorderOf(at, id) is >= 0 and int border)
        {
            found = new Endpoint(Origin.OfBorder(border), null);
            return true;
        }

        if (kind == Kind.Of<Instance>() && state.MachineOf(at, id) is >= 0 and int machine)
        {
            return TryMachine(machine, id, out found, out error);
        }

        if (TryBalancer(at, LoadBalancer.KeyOfArn(id) ?? id, out found))
        {
            return true;
        }

        if (kind == Kind.Of<VpcEndpoint>() && state.EntranceOf(at, id) is >= 0 and int entrance)
        {
            return TryEntrance(at, entrance, id, out found, out error);
        }

        if (kind is not null && state.Cloud.Partition(at).Table(kind).FindRow(id) is not null)
        {
            error = $"'{id}' is a {kind.Name}: a flow begins and ends at an instance, an interface, an internet gateway, an endpoint or an address";
        }

        return false;
    }

    /// <summary>
    /// A load balancer by its key or ARN, a classic one as <c>classic/NAME</c>: the nodes that its name stands for, of which the sender's zone decides.
    /// </summary>
    private bool TryBalancer(PartitionKey at, string word, out Endpoint found)
    {
        found = default;
        string key = word.StartsWith(ClassicWord, StringComparison.Ordinal) ? word[ClassicWord.Length..] : word;
        int balancer = word.Contains('/', StringComparison.Ordinal) ? state.BalancerOf(at, key) : -1;
        if (balancer < 0 || state.Balancers[balancer].Nodes.Length == 0)
        {
            return false;
        }

        BalancerNode[] nodes = state.Balancers[balancer].Nodes;
        int[] doors = [.. new HealthBook(state).NodesInNames(balancer).Select(node => nodes[node].Nic).Where(nic => nic >= 0)];
        found = doors.Length == 0 ? default : new Endpoint(Origin.OfNic(doors[0]), null) { Doors = doors };
        return doors.Length > 0;
    }

    /// <summary>A gateway endpoint stands for its service; another one for its interfaces, of which the sender's zone decides.</summary>
    private bool TryEntrance(PartitionKey at, int entrance, string id, out Endpoint found, out string error)
    {
        error = "";
        found = new Endpoint(Origin.OfGateway(entrance), null);
        if (state.Entrances[entrance].Kind == EntranceKind.Gateway)
        {
            return true;
        }

        VpcEndpoint row = state.Cloud.Partition(at).Get(new Id<VpcEndpoint>(id));
        int[] doors = [.. row.NetworkInterfaceIds.Select(eni => state.NicOf(at, eni.Value)).Where(nic => nic >= 0)];
        found = doors.Length == 0 ? default : new Endpoint(Origin.OfNic(doors[0]), null) { Doors = doors };
        error = doors.Length == 0 ? $"'{id}' has no interface: it was not accepted" : "";
        return doors.Length > 0;
    }

    private bool TryMachine(int machine, string id, out Endpoint found, out string error)
    {
        int primary = state.Machines[machine].Primary;
        found = primary < 0 ? default : new Endpoint(Origin.OfNic(primary), null);
        error = primary < 0 ? $"'{id}' has no interface" : "";
        return primary >= 0;
    }

    private bool TryName(PartitionKey at, string name, out Endpoint found, out string error)
    {
        found = default;
        error = "";
        Partition rows = state.Cloud.Partition(at);
        List<string> ids =
        [
            .. Named<Instance>(rows, name).Where(id => rows.Find(new Id<Instance>(id))!.State != InstanceState.Terminated),
            .. Named<NetworkInterface>(rows, name),
            .. Named<InternetGateway>(rows, name),
            .. Named<VpcEndpoint>(rows, name),
            .. rows.By<LoadBalancer>(LoadBalancer.NameWord(name)).Select(balancer => balancer.Key),
            .. rows.Table<ClassicLoadBalancer>().Find(name) is null ? [] : new[] { ClassicWord + name },
        ];
        if (ids.Count > 1)
        {
            error = $"{ids.Count} resources in {at} are named '{name}': say {Alternatives(ids)}";
            return false;
        }

        if (ids.Count == 1)
        {
            return TryId(at, ids[0], out found, out error);
        }

        foreach (OutsideHost host in state.Outside.Hosts)
        {
            if (host.Name == name && host.Blocks.Count > 0)
            {
                found = new Endpoint(Origin.Internet, host.Blocks[0].First);
                return true;
            }
        }

        error = $"nothing in {at} and no host of the world is '{name}'{Hint(rows)}";
        return false;
    }

    private static IEnumerable<string> Named<T>(Partition rows, string name)
        where T : class, IResource<T>, ITagged =>
        rows.All<T>().Where(row => Tags.NameOf(row) == name).Select(row => row.Key);

    private static string Alternatives(List<string> words) =>
        string.Join(" or ", words.Take(CandidatesMax)) + (words.Count > CandidatesMax ? " or another" : "");

    private string Hint(Partition rows)
    {
        List<string> names =
        [
            .. rows.All<Instance>().Where(i => i.State != InstanceState.Terminated).Select(i => Tags.NameOf(i) ?? i.Key).Take(CandidatesMax),
            .. state.Outside.Hosts.Select(h => h.Name).Take(CandidatesMax),
        ];
        return names.Count == 0 ? "" : $"; there are {string.Join(", ", names.Take(CandidatesMax))}";
    }
}
