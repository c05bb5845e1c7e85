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

    public string Code => Regex.Match(Body, "<Code>([^<]*)</Code>").Groups[1].Value;
}

/// <summary>One stream of requests in an account of its own, so that what it did not change must be unchanged.</summary>
internal sealed class Lane(Shapes shapes, string url, string account, int seed, ConcurrentBag<string> faults) : IDisposable
{
    private const int WindowLength = 40;

    private static readonly string[] Digested =
    [
        "DescribeVpcs", "DescribeSubnets", "DescribeRouteTables", "DescribeNetworkAcls", "DescribeSecurityGroups", "DescribeSecurityGroupRules",
        "DescribeInternetGateways", "DescribeEgressOnlyInternetGateways", "DescribeNatGateways", "DescribeInstances", "DescribeNetworkInterfaces",
        "DescribeVolumes", "DescribeAddresses", "DescribeDhcpOptions", "DescribeKeyPairs", "DescribeTags", "DescribePlacementGroups",
        "DescribeLaunchTemplates",
    ];

    private readonly Random random = new(seed);
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };
    private Values? values;
    private Requests? requests;

    /// <summary>Requests that were refused, accepted, and refused while their effect was watched.</summary>
    public (int Refused, int Accepted, int Watched) Counts { get; private set; }

    public void Dispose() => http.Dispose();

    public async Task Run(int count)
    {
        values = new Values(shapes, random);
        requests = new Requests(shapes, values, random);
        values.Learn((await Ask(new Asked("DescribeSubnets", []))).Body);
        values.Learn((await Ask(new Asked("DescribeSecurityGroups", []))).Body);
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
        Reply reply = await Ask(requests!.Next());
        values!.Learn(reply.Body);
        Counts = reply.IsRefusal ? Counts with { Refused = Counts.Refused + 1 } : Counts with { Accepted = Counts.Accepted + 1 };
    }

    /// <summary>Only requests that a dry run refuses are carried out: all that the account has must be as before.</summary>
    private async Task Watched(int count)
    {
        string before = await Digest();
        List<string> sent = [];
        for (int i = 0; i < count; i++)
        {
            Asked asked = requests!.Next();
            Reply dry = asked.IsRead ? new Reply(HttpStatusCode.OK, "") : await Ask(asked with { Parameters = [.. asked.Parameters, new("DryRun", "true")] });
            if (asked.IsRead || (dry.IsRefusal && dry.Code is not ("DryRunOperation" or "UnknownParameter")))
            {
                Reply reply = await Ask(asked);
                sent.Add($"{asked} -> {(int)reply.Status} {reply.Code}, dry {dry.Code}");
                Counts = Counts with { Watched = Counts.Watched + 1 };
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
        foreach (string action in Digested)
        {
            string body = (await Ask(new Asked(action, []))).Body;
            all.Append(Regex.Replace(body, "<requestId>[^<]*</requestId>", ""));
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())));
    }

    private Task<Reply> Ask(Asked asked)
    {
        StringBuilder body = new($"Action={asked.Action}&Version=2016-11-15");
        foreach ((string name, string value) in asked.Parameters)
        {
            body.Append('&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        }

        HttpRequestMessage request = new(HttpMethod.Post, url)
        {
            Content = new StringContent(body.ToString(), Encoding.UTF8, "application/x-www-form-urlencoded"),
        };
        request.Headers.TryAddWithoutValidation("Authorization", RawRequests.Authorization(account));
        request.Headers.TryAddWithoutValidation("X-Amz-Date", "20260101T000000Z");
        return Send(request, asked.ToString());
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
