using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;
using Trunkline.Tracing;

namespace Trunkline.Tests.Tracing;

/// <summary>VPC endpoints as ends of flows, by their id and by their name.</summary>
public sealed class EndpointEndTests
{
    private readonly CloudBuilder net = new();
    private readonly string vpc;
    private readonly string one;
    private readonly string two;
    private readonly string open;
    private readonly string client;

    public EndpointEndTests()
    {
        vpc = net.Vpc("10.0.0.0/16");
        one = net.Subnet(vpc, "10.0.1.0/24");
        two = net.Subnet(vpc, "10.0.2.0/24", zone: "us-east-1b");
        open = net.Group(vpc, "in all 0.0.0.0/0", "out all 0.0.0.0/0");
        client = net.Instance(two, "10.0.2.10", open);
    }

    [Fact]
    public void An_interface_endpoint_is_its_interface_in_the_senders_zone()
    {
        string endpoint = net.InterfaceEndpoint(vpc, Endpoints.Sns, [(one, "10.0.1.20"), (two, "10.0.2.20")], open);
        net.Edit<VpcEndpoint>(endpoint, e => e with { Tags = e.Tags.SetItem("Name", "sns") });
        Assert.Equal(IpAddress.Parse("10.0.2.20"), Resolve(client, endpoint).Destination);
        Assert.Equal(IpAddress.Parse("10.0.1.20"), Resolve(net.Instance(one, "10.0.1.10", open), "sns").Destination);
        Asking.Explain(Compiler.Compile(net.Cloud), Resolve("sns", client)).Dropped(ExplanationCode.VPCE_INTRA_VPC_TRAFFIC);
    }

    [Fact]
    public void A_gateway_endpoint_is_its_service()
    {
        string endpoint = net.GatewayEndpoint(vpc, Endpoints.S3, net.MainTable(vpc));
        Flow flow = Resolve(client, endpoint);
        Assert.Equal(Endpoints.S3, AwsServices.At(flow.Destination)!.Name);
        Asking.Explain(Compiler.Compile(net.Cloud), flow).Delivered();
        Flow back = Resolve(endpoint, client);
        Assert.Equal(OriginKind.Gateway, back.Origin.Kind);
        Asking.Explain(Compiler.Compile(net.Cloud), back).Delivered();
    }

    [Fact]
    public void An_endpoint_that_was_not_accepted_is_nowhere()
    {
        string endpoint = net.EndpointTo(vpc, VpcEndpointType.Interface, (CloudBuilder.Home, "vpce-svc-1"), []);
        Assert.False(Resolver().TryResolve(new FlowQuestion(client, endpoint) { Port = 443 }, out _, out string error));
        Assert.Contains("it was not accepted", error, StringComparison.Ordinal);
    }

    private EndpointResolver Resolver() => new(Compiler.Compile(net.Cloud), CloudBuilder.Home);

    private Flow Resolve(string from, string to)
    {
        Assert.True(Resolver().TryResolve(new FlowQuestion(from, to) { Port = 443 }, out Flow flow, out string error), error);
        return flow;
    }
}
