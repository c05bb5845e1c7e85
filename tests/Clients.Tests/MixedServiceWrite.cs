namespace Trunkline.Tests.Clients;

/// <summary>Changes of services inside a VPC: each makes or takes away a row of its own and the interfaces that it holds, together.</summary>
internal static class MixedServiceWrite
{
    /// <summary>A classic load balancer, a target group, or one more listener.</summary>
    public static async Task Balance(QueryClient client, Ledger ledger, string vpc, Random random)
    {
        string? subnet = ledger.Vpcs[vpc].Find(p => p.StartsWith("subnet-", StringComparison.Ordinal));
        if (subnet is null || random.Next(3) == 0)
        {
            string group = (await client.Must(
                QueryService.Elbv2, "CreateTargetGroup", $"Name=g{random.NextInt64()}", "Protocol=TCP", "Port=80", $"VpcId={vpc}")).First("TargetGroupArn");
            ledger.Made(group);
            ledger.Vpcs[vpc].Add(group);
            return;
        }

        string name = $"b{random.NextInt64()}";
        await client.Must(
            QueryService.Elb, "CreateLoadBalancer", $"LoadBalancerName={name}", "Scheme=internal", $"Subnets.member.1={subnet}",
            "Listeners.member.1.Protocol=TCP", "Listeners.member.1.LoadBalancerPort=80", "Listeners.member.1.InstancePort=80");
        ledger.Made(name);
        ledger.Services.Add(name);
        await client.Must(
            QueryService.Elb, "CreateLoadBalancerListeners", $"LoadBalancerName={name}", "Listeners.member.1.Protocol=TCP",
            "Listeners.member.1.LoadBalancerPort=81", "Listeners.member.1.InstancePort=80");
    }

    /// <summary>An interface endpoint.</summary>
    public static async Task Reach(QueryClient client, Ledger ledger, string vpc)
    {
        if (ledger.Vpcs[vpc].Find(p => p.StartsWith("subnet-", StringComparison.Ordinal)) is not { } subnet)
        {
            return;
        }

        string endpoint = (await client.Must(
            "CreateVpcEndpoint", $"VpcId={vpc}", "VpcEndpointType=Interface", $"ServiceName=com.amazonaws.{client.Region}.ssm", $"SubnetId.1={subnet}",
            "PrivateDnsEnabled=false")).First("vpcEndpointId");
        ledger.Made(endpoint);
        ledger.Services.Add(endpoint);
    }

    public static async Task TakeAway(QueryClient client, Ledger ledger, Random random)
    {
        if (ledger.Services.Count == 0)
        {
            return;
        }

        string one = ledger.Services[random.Next(ledger.Services.Count)];
        ledger.Services.Remove(one);
        ledger.Asks(one);
        if (one.StartsWith("vpce-", StringComparison.Ordinal))
        {
            await client.Must("DeleteVpcEndpoints", $"VpcEndpointId.1={one}");
        }
        else
        {
            await client.Must(QueryService.Elb, "DeleteLoadBalancer", $"LoadBalancerName={one}");
        }

        ledger.Deleted(one);
    }
}
