using System.Collections.Immutable;
using Trunkline.Cloud;
using Trunkline.Forwarding;

namespace Trunkline.Tracing;

/// <summary>Handles of a forwarding state back to the cloud's rows, and rows to names.</summary>
internal sealed class Namer(ForwardingState state)
{
    public ForwardingState State { get; } = state;

    /// <summary>The row behind a reason, or null where it is gone.</summary>
    public T? Row<T>(RowKey key)
        where T : class, IResource<T> =>
        State.Cloud.Partitions.TryGetValue(State.Partitions[key.Partition], out Partition? rows) ? rows.Find(new Id<T>(key.Id)) : null;

    /// <summary>The account and region of a reason, as the state was compiled from it.</summary>
    public Partition PartitionOf(RowKey key) => State.Cloud.Partition(State.Partitions[key.Partition]);

    public Component Name<T>(RowKey key)
        where T : class, IResource<T> =>
        new(T.Kind, key.Id, Row<T>(key) is ITagged tagged ? Tags.NameOf(tagged) : null, State.Partitions[key.Partition]);

    public Component Interface(int nic) => Name<NetworkInterface>(State.NicMores[nic].Row);

    public NetworkInterface? InterfaceRow(int nic) => Row<NetworkInterface>(State.NicMores[nic].Row);

    public Component? Machine(int nic) =>
        State.Nics[nic].Machine is >= 0 and int machine ? Name<Instance>(State.Machines[machine].Row) : null;

    public Component Subnet(int segment) => Name<Subnet>(State.Segments[segment].More.Row);

    public Component Vpc(int domain) => Name<Vpc>(State.Domains[domain].More.Row);

    public ImmutableArray<Component> GroupsOf(int nic)
    {
        if (State.Nics[nic].Filter is not (>= 0 and int filter))
        {
            return [];
        }

        return [.. State.Filters[filter].Groups.Select(g => Name<SecurityGroup>(State.Groups[g].Row))];
    }

    public Component Host(int host) => host < 0
        ? new Component("internet", "internet", null, null)
        : Host(State.Outside.At(host));

    public static Component Host(OutsideHost host) => new(host.IsService ? "aws-service" : "internet-host", host.Name, null, null);

    public Component Endpoint(int entrance) => Name<VpcEndpoint>(State.Entrances[entrance].Row);

    /// <summary>The service that an endpoint leads to: a public one, or what another account offers.</summary>
    public Component Provider(int entrance)
    {
        Entrance at = State.Entrances[entrance];
        return at.Service is { } service ? Host(service)
            : at.Offer >= 0 ? Name<VpcEndpointService>(State.Offers[at.Offer].Row)
            : new Component("aws-service", Row<VpcEndpoint>(at.Row)?.ServiceName ?? "unknown", null, null);
    }

    public EndpointUse? EndpointUse(int entrance) => Row<VpcEndpoint>(State.Entrances[entrance].Row) is { } row
        ? new EndpointUse(row.Type.ToString(), row.ServiceName, StateOf(row.State), row.PolicyDocument)
        : null;

    /// <summary>As the API writes it: the first letter is small.</summary>
    private static string StateOf(VpcEndpointState state)
    {
        string name = state.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    public static Component Service(int service) => new("service", ((LocalService)service).ToString().ToLowerInvariant(), null, null);
}
