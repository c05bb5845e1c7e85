namespace Trunkline.Tests.Clients;

/// <summary>One random change out of a mix, noted in the writer's ledger when it is answered.</summary>
internal static class MixedWrite
{
    /// <summary>Instances of one RunInstances: a reservation that has fewer was half written.</summary>
    public const int LaunchedTogether = 3;

    /// <returns>Always true; it ends by the exception of a connection that is gone.</returns>
    public static async Task<bool> Do(QueryClient client, QueryClient partner, Ledger ledger, Random random)
    {
        string? vpc = ledger.Vpcs.Count == 0 ? null : ledger.Vpcs.Keys.ElementAt(random.Next(ledger.Vpcs.Count));
        switch (vpc is null ? 0 : random.Next(20))
        {
            case 0:
                await CreateVpc(client, ledger);
                break;
            case 1 or 2:
                await RunInstances(client, ledger, vpc!, random);
                break;
            case 3 or 4:
                await Tag(client, ledger, vpc!, random);
                break;
            case 5:
                await CreateGroup(client, ledger, vpc!, random);
                break;
            case 6:
                await DeleteVpc(client, ledger, vpc!);
                break;
            case 7:
                await Terminate(client, ledger, random);
                break;
            case 8:
                await CreateRoute(client, ledger, vpc!);
                break;
            case 9:
                await Allocate(client, ledger, random);
                break;
            case 10 or 11:
                await MixedServiceWrite.Balance(client, ledger, vpc!, random);
                break;
            case 12:
                await MixedServiceWrite.Reach(client, ledger, vpc!);
                break;
            case 13:
                await MixedServiceWrite.TakeAway(client, ledger, random);
                break;
            default:
                await MixedJoinWrite.Do(client, partner, ledger, vpc!, random);
                break;
        }

        return true;
    }

    private static async Task CreateVpc(QueryClient client, Ledger ledger)
    {
        string vpc = (await client.Must("CreateVpc", "CidrBlock=10.0.0.0/16")).First("vpcId");
        ledger.Made(vpc);
        ledger.Vpcs[vpc] = [];
    }

    private static async Task RunInstances(QueryClient client, Ledger ledger, string vpc, Random random)
    {
        List<string> parts = ledger.Vpcs[vpc];
        string? subnet = parts.Find(p => p.StartsWith("subnet-", StringComparison.Ordinal));
        if (subnet is null)
        {
            Answer answer = await client.Ask("CreateSubnet", $"VpcId={vpc}", $"CidrBlock=10.0.{random.Next(256)}.0/24");
            if (answer.Code == "InvalidSubnet.Conflict")
            {
                // Made by a request that the last kill left without its answer.
                return;
            }

            Assert.True(answer.IsOk, answer.Body);
            subnet = answer.First("subnetId");
            ledger.Made(subnet);
            parts.Add(subnet);
            return;
        }

        string image = (await client.Must("DescribeImages", "Owner.1=amazon", "Filter.1.Name=architecture", "Filter.1.Value.1=x86_64")).First("imageId");
        Answer run = await client.Must(
            "RunInstances", $"ImageId={image}", "InstanceType=t3.micro", $"SubnetId={subnet}", $"MinCount={LaunchedTogether}", $"MaxCount={LaunchedTogether}");
        foreach (string instance in run.All("instanceId").Distinct())
        {
            ledger.Made(instance);
            ledger.Instances.Add(instance);
        }
    }

    private static async Task Tag(QueryClient client, Ledger ledger, string id, Random random)
    {
        string value = random.Next().ToString();
        ledger.AsksTag(id);
        await client.Must("CreateTags", $"ResourceId.1={id}", "Tag.1.Key=last", $"Tag.1.Value={value}");
        ledger.Tagged(id, value);
    }

    private static async Task CreateGroup(QueryClient client, Ledger ledger, string vpc, Random random)
    {
        string group = (await client.Must(
            "CreateSecurityGroup", $"VpcId={vpc}", $"GroupName=g{random.NextInt64()}", "GroupDescription=of a kill test")).First("groupId");
        ledger.Made(group);
        ledger.Vpcs[vpc].Add(group);
        Answer rules = await client.Must(
            "AuthorizeSecurityGroupIngress", $"GroupId={group}", "IpPermissions.1.IpProtocol=tcp", "IpPermissions.1.FromPort=443",
            "IpPermissions.1.ToPort=443", "IpPermissions.1.IpRanges.1.CidrIp=192.0.2.0/24");
        ledger.Made(rules.First("securityGroupRuleId"));
    }

    /// <summary>Deletes a VPC that has nothing in it; one that has is left alone.</summary>
    private static async Task DeleteVpc(QueryClient client, Ledger ledger, string vpc)
    {
        if (ledger.Vpcs[vpc].Count > 0)
        {
            return;
        }

        ledger.Vpcs.Remove(vpc);
        ledger.Asks(vpc);
        Answer answer = await client.Ask("DeleteVpc", $"VpcId={vpc}");
        if (answer.Code == "DependencyViolation")
        {
            // Something was made in it by a request that the last kill left without its answer.
            ledger.Made(vpc);
            return;
        }

        Assert.True(answer.IsOk, answer.Body);
        ledger.Deleted(vpc);
    }

    private static async Task Terminate(QueryClient client, Ledger ledger, Random random)
    {
        if (ledger.Instances.Count == 0)
        {
            return;
        }

        string instance = ledger.Instances[random.Next(ledger.Instances.Count)];
        ledger.Instances.Remove(instance);
        ledger.Asks(instance);
        await client.Must("TerminateInstances", $"InstanceId.1={instance}");
        ledger.Deleted(instance);
    }

    private static async Task CreateRoute(QueryClient client, Ledger ledger, string vpc)
    {
        string table = (await client.Must("CreateRouteTable", $"VpcId={vpc}")).First("routeTableId");
        ledger.Made(table);
        ledger.Vpcs[vpc].Add(table);
    }

    /// <summary>Takes an Elastic IP, or gives one back: addresses come from one pool for all accounts and regions.</summary>
    private static async Task Allocate(QueryClient client, Ledger ledger, Random random)
    {
        if (ledger.Addresses.Count == 0 || random.Next(3) > 0)
        {
            string made = (await client.Must("AllocateAddress")).First("allocationId");
            ledger.Made(made);
            ledger.Addresses.Add(made);
            return;
        }

        string address = ledger.Addresses[^1];
        ledger.Addresses.Remove(address);
        ledger.Asks(address);
        await client.Must("ReleaseAddress", $"AllocationId={address}");
        ledger.Deleted(address);
    }
}
