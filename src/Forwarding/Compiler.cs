using Trunkline.Cloud;
using Trunkline.Forwarding.Compile;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Forwarding;

/// <summary>Compiles the cloud: all of it, or what changed. The full compile is right by definition; the other must equal it.</summary>
public static class Compiler
{
    /// <summary>The state of a cloud, from nothing.</summary>
    public static ForwardingState Compile(CloudSnapshot cloud)
    {
        Workspace work = new(cloud);
        foreach (PartitionKey key in cloud.Partitions.Keys)
        {
            work.PlaceOf(key);
        }

        int count = work.PartitionCount;
        for (int place = 0; place < count; place++)
        {
            Entities(work, place, work.PartitionAt(place));
        }

        for (int place = 0; place < count; place++)
        {
            Between(work, place, work.PartitionAt(place));
        }

        work.Routes = Settler.Settle(cloud);
        for (int place = 0; place < count; place++)
        {
            foreach (RouteTable row in work.PartitionAt(place).All<RouteTable>())
            {
                RouteTables.Put(work, place, row);
            }
        }

        Vpcs.IndexBlocks6(work);
        ByoipCidrs.Index(work);
        return work.Done();
    }

    /// <summary>The state of <paramref name="next"/>, from that of the cloud before it: compiles anew what the changes touch.</summary>
    /// <param name="state">Stays as it is, for its readers.</param>
    /// <param name="changes">Every row in which the two clouds differ; the world may differ too.</param>
    public static ForwardingState Apply(ForwardingState state, CloudSnapshot next, IReadOnlyList<Change> changes) =>
        Incremental.Apply(state, next, changes) ?? Compile(next);

    /// <summary>Everything of one partition that routes may lead to, in the order in which rows refer to each other.</summary>
    private static void Entities(Workspace work, int place, Partition rows)
    {
        work.NicHandles.Expect(rows.Table<NetworkInterface>().Count);
        work.MachineHandles.Expect(rows.Table<Instance>().Count);
        work.GroupHandles.Expect(rows.Table<SecurityGroup>().Count);
        foreach (Vpc row in rows.All<Vpc>())
        {
            Vpcs.Put(work, place, row);
        }

        foreach (NetworkAcl row in rows.All<NetworkAcl>())
        {
            NetworkAcls.Put(work, place, row);
        }

        foreach (RouteTable row in rows.All<RouteTable>())
        {
            RouteTables.Declare(work, place, row);
        }

        foreach (Subnet row in rows.All<Subnet>())
        {
            Subnets.Put(work, place, row);
        }

        foreach (Instance row in rows.All<Instance>())
        {
            Instances.Put(work, place, row);
        }

        foreach (NatGateway row in rows.All<NatGateway>())
        {
            NatGateways.Put(work, place, row);
        }

        foreach (VpcEndpointService row in rows.All<VpcEndpointService>())
        {
            EndpointServices.Put(work, place, row);
        }

        foreach (VpcEndpoint row in rows.All<VpcEndpoint>())
        {
            VpcEndpoints.Put(work, place, row);
        }

        foreach (NetworkInterface row in rows.All<NetworkInterface>())
        {
            NetworkInterfaces.Put(work, place, row);
        }

        foreach (ElasticIp row in rows.All<ElasticIp>())
        {
            ElasticIps.Put(work, row);
        }

        Services(work, place, rows);
        foreach (InternetGateway row in rows.All<InternetGateway>())
        {
            InternetGateways.Put(work, place, row);
        }

        foreach (EgressOnlyInternetGateway row in rows.All<EgressOnlyInternetGateway>())
        {
            EgressOnlyInternetGateways.Put(work, place, row);
        }
    }

    /// <summary>Load balancers and what they lead to; their interfaces are there.</summary>
    private static void Services(Workspace work, int place, Partition rows)
    {
        foreach (TargetGroup row in rows.All<TargetGroup>())
        {
            Pools.Put(work, place, row);
        }

        foreach (LoadBalancer row in rows.All<LoadBalancer>())
        {
            Balancers.Put(work, place, row);
        }

        foreach (ClassicLoadBalancer row in rows.All<ClassicLoadBalancer>())
        {
            Pools.Put(work, place, row);
            Balancers.Put(work, place, row);
        }
    }

    /// <summary>What joins networks: it refers to rows of any account and region.</summary>
    private static void Between(Workspace work, int place, Partition rows)
    {
        foreach (VpcPeeringConnection row in rows.All<VpcPeeringConnection>())
        {
            Peerings.Put(work, place, row);
        }

        foreach (TransitGateway row in rows.All<TransitGateway>())
        {
            TransitGateways.Put(work, place, row);
        }

        foreach (TransitGatewayAttachment row in rows.All<TransitGatewayAttachment>())
        {
            TransitGateways.Put(work, place, row);
        }

        foreach (VpnGateway row in rows.All<VpnGateway>())
        {
            VpnGateways.Put(work, place, row);
        }
    }
}
