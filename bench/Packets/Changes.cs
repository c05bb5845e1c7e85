using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Trunkline.Packets;

/// <summary>
/// From a security group call to packets that obey: a server with the linux plane, a VPC of N interfaces in a hundred groups. The clock runs
/// from the call until the plane says that the kernel carries it (two requests over HTTP: more than the packets wait).
/// </summary>
internal sealed class Changes(string trunkline, int interfaces, int changes) : IDisposable
{
    private const int Groups = 100;
    private const int LaunchedAtOnce = 100;
    private readonly string data = Directory.CreateTempSubdirectory("trunkline-changes-").FullName;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromMinutes(5) };
    private Process? server;
    private string url = "";

    /// <returns>Median and 99th percentile, milliseconds.</returns>
    public async Task<(double P50, double P99)> Run()
    {
        await Start();
        string vpc = await Ask("Action=CreateVpc&CidrBlock=10.0.0.0/16", "<vpcId>(vpc-[0-9a-f]+)<");
        string subnet = await Ask($"Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.0.0.0/17", "<subnetId>(subnet-[0-9a-f]+)<");
        string image = await Ask("Action=DescribeImages&Owner.1=amazon&Filter.1.Name=architecture&Filter.1.Value.1=x86_64", "<imageId>(ami-[0-9a-f]+)<");
        string[] groups = new string[Groups];
        for (int i = 0; i < Groups; i++)
        {
            groups[i] = await Ask($"Action=CreateSecurityGroup&VpcId={vpc}&GroupName=g{i}&GroupDescription=bench", "<groupId>(sg-[0-9a-f]+)<");
            string rules = string.Concat(Enumerable.Range(1, 10).Select(r =>
                $"&IpPermissions.{r}.IpProtocol=tcp&IpPermissions.{r}.FromPort={1000 + r}&IpPermissions.{r}.ToPort={1000 + r}"
                + $"&IpPermissions.{r}.IpRanges.1.CidrIp=10.{r}.0.0/16"));
            await Ask($"Action=AuthorizeSecurityGroupIngress&GroupId={groups[i]}{rules}", "<return>(true)<");
        }

        string used = "";
        for (int i = 0; i < interfaces; i += LaunchedAtOnce)
        {
            int count = Math.Min(LaunchedAtOnce, interfaces - i);
            used = await Ask(
                $"Action=RunInstances&ImageId={image}&InstanceType=t3.micro&SubnetId={subnet}&SecurityGroupId.1={groups[i / LaunchedAtOnce % Groups]}"
                + $"&MinCount={count}&MaxCount={count}",
                "<instanceId>(i-[0-9a-f]+)<");
        }

        await Plane("use", $$"""{"machine":"{{used}}"}""");
        await Plane("settle", "{}");
        List<double> taken = [];
        for (int i = 0; i < changes; i++)
        {
            string rule = $"&GroupId={groups[i % Groups]}&IpPermissions.1.IpProtocol=udp&IpPermissions.1.FromPort={5000 + i}"
                + $"&IpPermissions.1.ToPort={5000 + i}&IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8";
            long begin = Stopwatch.GetTimestamp();
            await Ask($"Action=AuthorizeSecurityGroupIngress{rule}", "<return>(true)<");
            await Plane("settle", "{}");
            taken.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        taken.Sort();
        return (taken[taken.Count / 2], taken[(int)(taken.Count * 0.99)]);
    }

    public void Dispose()
    {
        using (Process down = Process.Start(trunkline, ["down", "--data", data]))
        {
            down.WaitForExit();
        }

        server?.WaitForExit();
        server?.Dispose();
        http.Dispose();
        Directory.Delete(data, recursive: true);
    }

    private async Task Start()
    {
        ProcessStartInfo start = new(trunkline, ["up", "--plane", "linux", "--port", "0", "--json", "--data", data]) { RedirectStandardOutput = true };
        server = Process.Start(start) ?? throw new InvalidOperationException($"{trunkline} did not start");
        string line = await server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"{trunkline} up ended");
        url = JsonDocument.Parse(line).RootElement.GetProperty("endpoint").GetString()!;
    }

    private async Task<string> Ask(string parameters, string pattern)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, url)
        {
            Content = new StringContent($"{parameters}&Version=2016-11-15", Encoding.ASCII, "application/x-www-form-urlencoded"),
        };
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature={new string('0', 64)}");
        request.Headers.TryAddWithoutValidation("X-Amz-Date", "20260101T000000Z");
        using HttpResponseMessage response = await http.SendAsync(request);
        string body = await response.Content.ReadAsStringAsync();
        Match match = Regex.Match(body, pattern);
        return response.IsSuccessStatusCode && match.Success
            ? match.Groups[1].Value
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{parameters}: {(int)response.StatusCode} {body}"));
    }

    private async Task Plane(string question, string arguments)
    {
        using StringContent content = new(arguments, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.PostAsync($"{url}/_trunkline/plane/{question}", content);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{question}: {await response.Content.ReadAsStringAsync()}");
        }
    }
}
