using System.Collections.Concurrent;
using Amazon.EC2;
using Amazon.Runtime;
using Amazon.SecurityToken;

namespace Trunkline.Tests.Clients;

/// <summary>The AWS SDK for .NET as one account in one region, counting which operations it speaks.</summary>
internal sealed class Session : IDisposable
{
    private readonly ConcurrentDictionary<string, int> operations = new();

    public Session(string url, string account, string region)
    {
        BasicAWSCredentials credentials = new(account, "any");
        Ec2 = new AmazonEC2Client(credentials, new AmazonEC2Config { ServiceURL = url, AuthenticationRegion = region, MaxErrorRetry = 0 });
        Sts = new AmazonSecurityTokenServiceClient(
            credentials, new AmazonSecurityTokenServiceConfig { ServiceURL = url, AuthenticationRegion = region, MaxErrorRetry = 0 });
        Ec2.BeforeRequestEvent += Note;
        Sts.BeforeRequestEvent += Note;
    }

    public AmazonEC2Client Ec2 { get; }

    public AmazonSecurityTokenServiceClient Sts { get; }

    /// <summary>The different operations so far.</summary>
    public IReadOnlyCollection<string> Operations => [.. operations.Keys];

    public void Dispose()
    {
        Ec2.Dispose();
        Sts.Dispose();
    }

    /// <summary>A request that must be refused with this code.</summary>
    public static async Task Refused<T>(string code, Task<T> request)
    {
        AmazonEC2Exception refusal = await Assert.ThrowsAsync<AmazonEC2Exception>(() => request);
        Assert.Equal(code, refusal.ErrorCode);
    }

    private void Note(object sender, RequestEventArgs e) =>
        operations.TryAdd(((WebServiceRequestEventArgs)e).Request.GetType().Name, 0);
}
