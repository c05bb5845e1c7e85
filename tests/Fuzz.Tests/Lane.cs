using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Trunkline.Tests.Fuzz;

/// <summary>What a server answered to the fuzzer.</summary>
internal sealed record Reply(HttpStatusCode Status, string Body)
{
    public bool IsRefusal => (int)Status is >= 400 and < 500;

    public string Code => Regex.Match(Body, "<Code>([^<]*)</Code>|\"__type\": ?\"([^\"]*)\"") is { Success: true } match
        ? match.Groups[1].Value + match.Groups[2].Value
        : "";
}

/// <summary>One stream of requests in two accounts of its own, so that what it did not change must be unchanged.</summary>
/// <param name="partner">The second account, of which a few requests are: what stands between networks has two sides.</param>
internal sealed class Lane(
    IReadOnlyList<Shapes> services, string url, string account, string partner, int seed, ConcurrentBag<string> faults) : IDisposable
{
    private const int WindowLength = 40;

    private static readonly (string Service, string Action)[] Digested =
    [
        .. new[]
        {
            "DescribeVpcs", "DescribeSubnets", "DescribeRouteTables", "DescribeNetworkAcls", "DescribeSecurityGroups", "DescribeSecurityGroupRules",
            "DescribeInternetGateways", "DescribeEgressOnlyInternetGateways", "DescribeNatGateways", "DescribeInstances", "DescribeNetworkInterfaces",
            "DescribeVolumes", "DescribeAddresses", "DescribeDhcpOptions", "DescribeKeyPairs", "DescribeTags", "DescribePlacementGroups",
            "DescribeLaunchTemplates", "DescribeVpcEndpoints", "DescribeVpcEndpointServiceConfigurations", "DescribeVpcEndpointConnections",
            "DescribeManagedPrefixLists", "DescribeFlowLogs", "DescribeVpcBlockPublicAccessOptions", "DescribeVpcBlockPublicAccessExclusions",
            "DescribeSecurityGroupVpcAssociations", "DescribeVpcPeeringConnections", "DescribeTransitGateways", "DescribeTransitGatewayAttachments",
            "DescribeTransitGatewayVpcAttachments", "DescribeTransitGatewayPeeringAttachments", "DescribeTransitGatewayConnects",
            "DescribeTransitGatewayConnectPeers", "DescribeTransitGatewayRouteTables", "DescribeCustomerGateways", "DescribeVpnGateways",
            "DescribeVpnConnections",
        }.Select(action => ("ec2", action)),
        ("elb", "DescribeLoadBalancers"), ("elbv2", "DescribeLoadBalancers"), ("elbv2", "DescribeTargetGroups"),
        ("iam", "ListServerCertificates"), ("acm", "ListCertificates"), ("logs", "DescribeLogGroups"), ("route53", "ListHostedZones"),
        ("directconnect", "DescribeConnections"), ("directconnect", "DescribeInterconnects"), ("directconnect", "DescribeLags"),
        ("directconnect", "DescribeVirtualInterfaces"), ("directconnect", "DescribeDirectConnectGateways"),
        ("directconnect", "DescribeDirectConnectGatewayAssociationProposals"), ("networkmanager", "DescribeGlobalNetworks"),
        ("ram", "GetResourceShareInvitations"),
    ];

    private readonly Random random = new(seed);
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };
    private Values? values;
    private Requests? requests;

    /// <summary>The changes that were accepted, and how often.</summary>
    public Dictionary<string, int> Changed { get; } = new(StringComparer.Ordinal);

    /// <summary>Requests that were refused, accepted, and refused while their effect was watched.</summary>
    public (int Refused, int Accepted, int Watched) Counts { get; private set; }

    public void Dispose() => http.Dispose();

    public async Task Run(int count)
    {
        values = new Values(services, random, account, partner);
        requests = new Requests(services, values, random);
        foreach (string by in (string[])[account, partner])
        {
            values.Learn((await Ask(Plain("ec2", "DescribeSubnets"), by)).Body);
            values.Learn((await Ask(Plain("ec2", "DescribeSecurityGroups"), by)).Body);
        }

        for (int done = 0; done < count; done += WindowLength)
        {
            if (random.Next(4) == 0)
            {
                await Watched(Math.Min(WindowLength, count - done));
                continue;
            }

            for (int i = 0; i < Math.Min(WindowLength, count - done); i++)
            {
                await (random.Next(10) == 0 ? Raw() : Query());
            }
        }
    }

    private async Task Query()
    {
        Asked asked = requests!.Next();
        Reply reply = await Ask(asked, random.Next(5) == 0 ? partner : account);
        values!.Learn(reply.Body);
        if (!reply.IsRefusal && !asked.IsRead)
        {
            string what = $"{asked.Of.Service} {asked.Action}";
            Changed[what] = Changed.GetValueOrDefault(what) + 1;
        }

        Counts = reply.IsRefusal ? Counts with { Refused = Counts.Refused + 1 } : Counts with { Accepted = Counts.Accepted + 1 };
    }

    /// <summary>
    /// What is refused changes nothing: of EC2 only what a dry run refuses is carried out; of services without dry runs, what was taken is
    /// the new beginning.
    /// </summary>
    private async Task Watched(int count)
    {
        string before = await Digest();
        List<string> sent = [];
        for (int i = 0; i < count; i++)
        {
            Asked asked = requests!.Next();
            string by = random.Next(5) == 0 ? partner : account;
            bool tries = asked.Of.Dialect == Dialect.Ec2 && !asked.IsRead;
            Reply dry = tries ? await Ask(asked with { Parameters = [.. asked.Parameters, new("DryRun", "true")] }, by) : new Reply(HttpStatusCode.OK, "");
            if (tries && (!dry.IsRefusal || dry.Code is "DryRunOperation" or "UnknownParameter"))
            {
                continue;
            }

            Reply reply = await Ask(asked, by);
            sent.Add($"{asked} -> {(int)reply.Status} {reply.Code}, dry {dry.Code}");
            Counts = Counts with { Watched = Counts.Watched + 1 };
            if (!tries && !asked.IsRead && !reply.IsRefusal)
            {
                before = await Digest();
            }
        }

        if (await Digest() != before)
        {
            faults.Add("refused requests changed the state:\n  " + string.Join("\n  ", sent));
        }
    }

    private async Task<string> Digest()
    {
        StringBuilder all = new();
        foreach ((string service, string action) in Digested)
        {
            foreach (string by in (string[])[account, partner])
            {
                string body = (await Ask(Plain(service, action), by)).Body;
                all.Append(Regex.Replace(body, "<[rR]equestId>[^<]*</[rR]equestId>", ""));
            }
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())));
    }

    private Task<Reply> Ask(Asked asked, string by) => Send(asked.Message(url, by), asked.ToString());

    /// <summary>A request without parameters.</summary>
    private Asked Plain(string service, string action)
    {
        Shapes shapes = services.Single(s => s.Service == service);
        return shapes.Dialect is Dialect.RestXml or Dialect.RestJson
            ? new Asked(shapes, action, [], null, shapes.Way(action).Method, shapes.Way(action).Path)
            : new Asked(shapes, action, []);
    }

    /// <summary>Broken at the level of HTTP, signature, XML or JSON.</summary>
    private async Task Raw()
    {
        HttpRequestMessage request = RawRequests.Next(url, account, random, values!);
        string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync();
        await Send(request, $"{request.Method} {request.RequestUri} {request.Headers} {body[..Math.Min(body.Length, 200)]}");
    }

    private async Task<Reply> Send(HttpRequestMessage request, string what)
    {
        try
        {
            using (request)
            {
                using HttpResponseMessage response = await http.SendAsync(request);
                Reply reply = new(response.StatusCode, await response.Content.ReadAsStringAsync());
                if ((int)reply.Status >= 500)
                {
                    faults.Add($"{(int)reply.Status} {what}\n  {reply.Body}");
                }

                return reply;
            }
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            faults.Add($"no answer ({e.Message}) to {what}");
            return new Reply(0, "");
        }
    }
}
