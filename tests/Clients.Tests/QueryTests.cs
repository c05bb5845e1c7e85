namespace Trunkline.Tests.Clients;

/// <summary>What clients rely on beneath their own checks: parameters by name, client tokens.</summary>
public sealed class QueryTests(SharedServer server)
{
    [Fact]
    public async Task An_unknown_parameter_is_refused_by_name()
    {
        using QueryClient client = new(server.Url, "400000000001");
        Answer answer = await client.Ask("CreateVpc", "CidrBlock=10.0.0.0/16", "Colour=blue");
        Assert.Equal("UnknownParameter", answer.Code);
        Assert.Contains("Colour", answer.Body, StringComparison.Ordinal);
        Assert.Single((await client.Must("DescribeVpcs")).All("vpcId"));
    }

    [Fact]
    public async Task An_unknown_operation_is_refused_by_name()
    {
        using QueryClient client = new(server.Url, "400000000002");
        Answer answer = await client.Ask("MakeCoffee");
        Assert.Equal("InvalidAction", answer.Code);
        Assert.Contains("MakeCoffee", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_token_twice_makes_one_thing_and_another_request_with_it_is_refused()
    {
        using QueryClient client = new(server.Url, "400000000003");
        string vpc = (await client.Must("DescribeVpcs")).First("vpcId");
        Answer first = await client.Must("CreateRouteTable", $"VpcId={vpc}", "ClientToken=once");
        Answer second = await client.Must("CreateRouteTable", $"VpcId={vpc}", "ClientToken=once");
        Assert.Equal(first.First("routeTableId"), second.First("routeTableId"));
        Assert.Equal(2, (await client.Must("DescribeRouteTables")).All("main").Count + 1);
        Answer other = await client.Ask(
            "CreateRouteTable", $"VpcId={vpc}", "ClientToken=once", "TagSpecification.1.ResourceType=route-table",
            "TagSpecification.1.Tag.1.Key=a", "TagSpecification.1.Tag.1.Value=b");
        Assert.Equal("IdempotentParameterMismatch", other.Code);
    }
}
