namespace Trunkline.Tests.Clients;

/// <summary>Changes of services inside a VPC: each makes or takes away a row of its own and the interfaces that it holds, together.</summary>
internal static class MixedServiceWrite
{
    /// <summary>A classic or a network load balancer with its listener, or a target group.</summary>
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
        if (random.Next(2) == 0)
        {
            await Spread(client, ledger, vpc, subnet, name);
            return;
        }

        await client.Must(
            QueryService.Elb, "CreateLoadBalancer", $"LoadBalancerName={name}", "Scheme=internal", $"Subnets.member.1={subnet}",
            "Listeners.member.1.Protocol=TCP", "Listeners.member.1.LoadBalancerPort=80", "Listeners.member.1.InstancePort=80");
        ledger.Made(name);
        ledger.Services.Add(name);
        await client.Must(
            QueryService.Elb, "CreateLoadBalancerListeners", $"LoadBalancerName={name}", "Listeners.member.1.Protocol=TCP",
            "Listeners.member.1.LoadBalancerPort=81", "Listeners.member.1.InstancePort=80");
    }

    /// <summary>A network load balancer of one node, with a target group of its own.</summary>
    private static async Task Spread(QueryClient client, Ledger ledger, string vpc, string subnet, string name)
    {
        string group = (await client.Must(
            QueryService.Elbv2, "CreateTargetGroup", $"Name={name}", "Protocol=TCP", "Port=80", $"VpcId={vpc}", "TargetType=ip")).First("TargetGroupArn");
        ledger.Made(group);
        ledger.Vpcs[vpc].Add(group);
        string balancer = (await client.Must(
            QueryService.Elbv2, "CreateLoadBalancer", $"Name={name}", "Type=network", "Scheme=internal", $"Subnets.member.1={subnet}"))
            .First("LoadBalancerArn");
        ledger.Made(balancer);
        ledger.Services.Add(balancer);
        string listener = (await client.Must(
            QueryService.Elbv2, "CreateListener", $"LoadBalancerArn={balancer}", "Protocol=TCP", "Port=80", "DefaultActions.member.1.Type=forward",
            $"DefaultActions.member.1.TargetGroupArn={group}")).First("ListenerArn");
        ledger.Made(listener);
        ledger.Listeners[balancer] = listener;
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
        else if (one.StartsWith("arn:", StringComparison.Ordinal))
        {
            if (ledger.Listeners.Remove(one, out string? listener))
            {
                ledger.Asks(listener);
            }

            await client.Must(QueryService.Elbv2, "DeleteLoadBalancer", $"LoadBalancerArn={one}");
            if (listener is not null)
            {
                ledger.Deleted(listener);
            }
        }
        else
        {
            await client.Must(QueryService.Elb, "DeleteLoadBalancer", $"LoadBalancerName={one}");
        }

        ledger.Deleted(one);
    }
}
