using Trunkline.Cloud;
using Trunkline.Control;

namespace Trunkline.Tests.Control.Elbv2;

/// <summary>Limits, security policies and trust stores.</summary>
public sealed class AccountTests
{
    private static readonly AwsElbv2.CreateTrustStoreInput Clients =
        new() { Name = "clients", CaCertificatesBundleS3Bucket = "bucket", CaCertificatesBundleS3Key = "ca.pem" };

    private readonly Lab lab = new();

    [Theory]
    [InlineData("ELBSecurityPolicy-2016-08", 18, "TLSv1.2", 3)]
    [InlineData("ELBSecurityPolicy-TLS-1-0-2015-04", 19, "TLSv1.2", 3)]
    [InlineData("ELBSecurityPolicy-TLS-1-2-2017-01", 12, "TLSv1.2", 1)]
    [InlineData("ELBSecurityPolicy-FS-1-2-2019-08", 12, "TLSv1.2", 1)]
    [InlineData("ELBSecurityPolicy-TLS13-1-3-2021-06", 3, "TLSv1.3", 1)]
    [InlineData("ELBSecurityPolicy-TLS13-1-2-2021-06", 11, "TLSv1.3", 2)]
    [InlineData("ELBSecurityPolicy-TLS13-1-2-Res-2021-06", 7, "TLSv1.3", 2)]
    [InlineData("ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06", 15, "TLSv1.3", 2)]
    [InlineData("ELBSecurityPolicy-TLS13-1-0-2021-06", 21, "TLSv1.3", 4)]
    [InlineData("ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04", 2, "TLSv1.3", 1)]
    [InlineData("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", 7, "TLSv1.3", 2)]
    public void Policies_have_the_protocols_and_ciphers_of_the_page(string name, int ciphers, string newest, int protocols)
    {
        AwsElbv2.SslPolicy policy = lab.Elb((elb, c) => elb.DescribeSSLPolicies(c, new() { Names = [name] })).SslPolicies!.Single();
        Assert.Equal(ciphers, policy.Ciphers!.Count);
        Assert.Equal(Enumerable.Range(1, ciphers), policy.Ciphers.Select(p => p.Priority!.Value));
        Assert.Equal(newest, policy.SslProtocols![0]);
        Assert.Equal(protocols, policy.SslProtocols.Count);
    }

    [Fact]
    public void Policies_are_listed_in_pages_and_by_type()
    {
        int all = lab.Elb((elb, c) => elb.DescribeSSLPolicies(c, new())).SslPolicies!.Count;
        AwsElbv2.DescribeSSLPoliciesOutput page = lab.Elb((elb, c) => elb.DescribeSSLPolicies(c, new() { PageSize = 3 }));
        Assert.Equal(3, page.SslPolicies!.Count);
        Assert.Equal(all - 3, lab.Elb((elb, c) => elb.DescribeSSLPolicies(c, new() { Marker = page.NextMarker })).SslPolicies!.Count);
        Assert.Empty(lab.Elb((elb, c) => elb.DescribeSSLPolicies(c, new() { LoadBalancerType = "gateway" })).SslPolicies!);
        Assert.Equal("SSLPolicyNotFound", lab.ElbRefused((elb, c) => elb.DescribeSSLPolicies(c, new() { Names = ["none"] })));
    }

    [Fact]
    public void Limits_are_the_ones_that_hold()
    {
        IReadOnlyList<AwsElbv2.Limit> limits = lab.Elb((elb, c) => elb.DescribeAccountLimits(c, new())).Limits!;
        Assert.Equal("50", limits.Single(l => l.Name == "application-load-balancers").Max);
        Assert.Equal("3000", limits.Single(l => l.Name == "target-groups").Max);
        lab.Quotas = new Quotas(System.Collections.Immutable.ImmutableDictionary<string, int>.Empty.Add("target-groups", 7));
        Assert.Equal("7", lab.Elb((elb, c) => elb.DescribeAccountLimits(c, new())).Limits!.Single(l => l.Name == "target-groups").Max);
    }

    [Fact]
    public void A_trust_store_serves_listeners_that_verify_clients()
    {
        (_, string[] subnets) = lab.NewThreeZones();
        string web = lab.NewBalancer(subnets).LoadBalancerArn!;
        string store = lab.Elb((elb, c) => elb.CreateTrustStore(c, Clients)).TrustStores!.Single().TrustStoreArn!;
        Assert.Equal("DuplicateTrustStoreName", lab.ElbRefused((elb, c) => elb.CreateTrustStore(c, Clients)));
        AwsElbv2.CreateListenerInput input = new()
        {
            LoadBalancerArn = web,
            Protocol = "HTTPS",
            Port = 443,
            Certificates = [new() { CertificateArn = lab.NewCertificate() }],
            DefaultActions = [Balancing.Fixed()],
            MutualAuthentication = new() { Mode = "verify", TrustStoreArn = store },
        };
        AwsElbv2.CreateListenerInput without = input with { MutualAuthentication = new() { Mode = "verify" } };
        Assert.Equal("ValidationError", lab.ElbRefused((elb, c) => elb.CreateListener(c, without)));
        AwsElbv2.Listener listener = lab.Elb((elb, c) => elb.CreateListener(c, input)).Listeners!.Single();
        Assert.Equal(("verify", store, "off"), (
            listener.MutualAuthentication!.Mode, listener.MutualAuthentication.TrustStoreArn, listener.MutualAuthentication.AdvertiseTrustStoreCaNames));
        Assert.Equal("TrustStoreInUse", lab.ElbRefused((elb, c) => elb.DeleteTrustStore(c, new() { TrustStoreArn = store })));
        Assert.Equal([listener.ListenerArn], lab.Elb((elb, c) => elb.DescribeTrustStoreAssociations(c, new() { TrustStoreArn = store }))
            .TrustStoreAssociations!.Select(a => a.ResourceArn));
        Assert.Equal("DeleteAssociationSameAccount", lab.ElbRefused((elb, c) => elb.DeleteSharedTrustStoreAssociation(
            c, new() { TrustStoreArn = store, ResourceArn = listener.ListenerArn })));
        lab.Elb((elb, c) => elb.DeleteListener(c, new() { ListenerArn = listener.ListenerArn }));
        lab.Elb((elb, c) => elb.DeleteTrustStore(c, new() { TrustStoreArn = store }));
        Assert.Empty(lab.Here.All<TrustStore>());
        Assert.Equal("TrustStoreNotFound", lab.ElbRefused((elb, c) => elb.DescribeTrustStores(c, new() { Names = ["clients"] })));
    }

    [Fact]
    public void Revocations_are_numbered_and_numbers_are_not_given_twice()
    {
        string store = lab.Elb((elb, c) => elb.CreateTrustStore(c, Clients)).TrustStores!.Single().TrustStoreArn!;
        AwsElbv2.RevocationContent content = new() { S3Bucket = "bucket", S3Key = "crl.pem" };
        long Add() => lab.Elb((elb, c) => elb.AddTrustStoreRevocations(c, new() { TrustStoreArn = store, RevocationContents = [content] }))
            .TrustStoreRevocations!.Single().RevocationId!.Value;
        Assert.Equal([1L, 2L], (long[])[Add(), Add()]);
        lab.Elb((elb, c) => elb.RemoveTrustStoreRevocations(c, new() { TrustStoreArn = store, RevocationIds = [2] }));
        Assert.Equal(3, Add());
        Assert.Equal([1L, 3L], lab.Elb((elb, c) => elb.DescribeTrustStoreRevocations(c, new() { TrustStoreArn = store }))
            .TrustStoreRevocations!.Select(r => r.RevocationId!.Value));
        Assert.Equal("RevocationIdNotFound", lab.ElbRefused((elb, c) => elb.GetTrustStoreRevocationContent(
            c, new() { TrustStoreArn = store, RevocationId = 2 })));
        Assert.Equal("https://bucket.s3.us-east-1.amazonaws.com/ca.pem",
            lab.Elb((elb, c) => elb.GetTrustStoreCaCertificatesBundle(c, new() { TrustStoreArn = store })).Location);
        Assert.Equal("ResourceNotFound", lab.ElbRefused((elb, c) => elb.GetResourcePolicy(c, new() { ResourceArn = store })));
    }
}
