using Trunkline.Cloud;
using AwsElb = Trunkline.Wire.Elb;

namespace Trunkline.Tests.Control.Elb;

public sealed class ListenerAndPolicyTests
{
    private readonly Balancers lab = new();

    public ListenerAndPolicyTests() => lab.New();

    [Fact]
    public void Listeners_are_added_once_and_must_not_differ_from_what_is_there()
    {
        Add(Balancers.Http, new() { Protocol = "TCP", LoadBalancerPort = 22, InstancePort = 22 });
        Add(Balancers.Http);
        Assert.Equal([22, 80], Ports());
        Assert.Equal("DuplicateListener", Refused(Balancers.Http with { InstancePort = 9 }));
        Assert.Equal("InvalidConfigurationRequest", Refused(new AwsElb.Listener
        {
            Protocol = "HTTP",
            LoadBalancerPort = 81,
            InstancePort = 8080,
            InstanceProtocol = "HTTPS",
        }));
        Delete(22, 4000);
        Assert.Equal([80], Ports());
        Delete(80);
        Assert.Empty(Ports());
        Assert.Equal("LoadBalancerNotFound", lab.Lab.DoRefused(c => lab.Elb.DeleteLoadBalancerListeners(
            c, new() { LoadBalancerName = "none", LoadBalancerPorts = [80] })));
    }

    [Fact]
    public void A_secure_listener_has_a_certificate_and_the_default_security_policy()
    {
        string certificate = lab.NewCertificate();
        Add(new AwsElb.Listener { Protocol = "HTTPS", LoadBalancerPort = 443, InstancePort = 8080, SSLCertificateId = certificate });
        AwsElb.ListenerDescription secure = lab.Described().ListenerDescriptions!.Single(l => l.Listener!.LoadBalancerPort == 443);
        Assert.Equal((certificate, "HTTP"), (secure.Listener!.SSLCertificateId, secure.Listener.InstanceProtocol));
        Assert.Equal(["ELBSecurityPolicy-2016-08"], secure.PolicyNames!);
        Assert.Equal(["ELBSecurityPolicy-2016-08"], lab.Described().Policies!.OtherPolicies!);
        string other = lab.NewCertificate("other");
        SetCertificate(443, other);
        Assert.Equal(other, lab.Described().ListenerDescriptions!.Single(l => l.Listener!.LoadBalancerPort == 443).Listener!.SSLCertificateId);
        Assert.Equal("ListenerNotFound", lab.Lab.DoRefused(c => lab.Elb.SetLoadBalancerListenerSSLCertificate(
            c, new() { LoadBalancerName = "web", LoadBalancerPort = 1, SSLCertificateId = other })));
        Assert.Equal("CertificateNotFound", lab.Lab.DoRefused(c => lab.Elb.SetLoadBalancerListenerSSLCertificate(
            c, new() { LoadBalancerName = "web", LoadBalancerPort = 443, SSLCertificateId = "arn:aws:acm:us-east-1:000000000000:certificate/none" })));
        Assert.Equal("InvalidConfigurationRequest", lab.Lab.DoRefused(c => lab.Elb.SetLoadBalancerListenerSSLCertificate(
            c, new() { LoadBalancerName = "web", LoadBalancerPort = 80, SSLCertificateId = other })));
    }

    [Fact]
    public void Stickiness_goes_with_requests_only()
    {
        Add(new AwsElb.Listener { Protocol = "TCP", LoadBalancerPort = 22, InstancePort = 22 });
        lab.Lab.Do(c => lab.Elb.CreateLBCookieStickinessPolicy(c, new() { LoadBalancerName = "web", PolicyName = "lb", CookieExpirationPeriod = 60 }));
        lab.Lab.Do(c => lab.Elb.CreateLBCookieStickinessPolicy(c, new() { LoadBalancerName = "web", PolicyName = "session" }));
        lab.Lab.Do(c => lab.Elb.CreateAppCookieStickinessPolicy(c, new() { LoadBalancerName = "web", PolicyName = "app", CookieName = "JSESSIONID" }));
        AwsElb.Policies policies = lab.Described().Policies!;
        Assert.Equal([("lb", 60L), ("session", (long?)null)], policies.LBCookieStickinessPolicies!.Select(p => (p.PolicyName!, p.CookieExpirationPeriod)));
        Assert.Equal([("app", "JSESSIONID")], policies.AppCookieStickinessPolicies!.Select(p => (p.PolicyName!, p.CookieName!)));
        SetListener(80, "app");
        Assert.Equal(["app"], lab.Described().ListenerDescriptions!.Single(l => l.Listener!.LoadBalancerPort == 80).PolicyNames!);
        Assert.Equal("InvalidConfigurationRequest", SetRefused(22, "app"));
        Assert.Equal("InvalidConfigurationRequest", SetRefused(80, "app", "lb"));
        Assert.Equal("PolicyNotFound", SetRefused(80, "none"));
        Assert.Equal("ListenerNotFound", SetRefused(81, "app"));
        Assert.Equal("InvalidConfigurationRequest", DeleteRefused("app"));
        SetListener(80);
        DeletePolicy("app");
        DeletePolicy("app");
        Assert.Empty(lab.Described().Policies!.AppCookieStickinessPolicies!);
        Assert.Equal("DuplicatePolicyName", lab.Lab.DoRefused(c => lab.Elb.CreateLBCookieStickinessPolicy(
            c, new() { LoadBalancerName = "web", PolicyName = "lb" })));
    }

    [Fact]
    public void Proxy_protocol_and_authentication_are_set_towards_instance_ports()
    {
        string certificate = lab.NewCertificate();
        Add(
            new AwsElb.Listener { Protocol = "TCP", LoadBalancerPort = 22, InstancePort = 22 },
            new AwsElb.Listener { Protocol = "SSL", LoadBalancerPort = 443, InstancePort = 443, InstanceProtocol = "SSL", SSLCertificateId = certificate });
        Policy("proxy", "ProxyProtocolPolicyType", ("ProxyProtocol", "True"));
        Policy("key", "PublicKeyPolicyType", ("PublicKey", "MIIB"));
        Policy("trust", "BackendServerAuthenticationPolicyType", ("PublicKeyPolicyName", "key"));
        Assert.Equal("true", lab.Lab.Here.All<ClassicLoadBalancer>().Single().Policies.Single(p => p.Name == "proxy").Attributes.Single().Value);
        SetBackend(22, "proxy");
        SetBackend(443, "trust");
        Assert.Equal([(22, "proxy"), (443, "trust")], lab.Described().BackendServerDescriptions!.Select(b => (b.InstancePort!.Value, b.PolicyNames!.Single())));
        Assert.Equal("InvalidConfigurationRequest", BackendRefused(8080, "proxy"));
        Assert.Equal("InvalidConfigurationRequest", BackendRefused(22, "trust"));
        Assert.Equal("InvalidConfigurationRequest", BackendRefused(22, "key"));
        Assert.Equal("InvalidConfigurationRequest", BackendRefused(1, "proxy"));
        Assert.Equal("InvalidConfigurationRequest", SetRefused(22, "proxy"));
        Assert.Equal("InvalidConfigurationRequest", DeleteRefused("key"));
        SetBackend(443);
        DeletePolicy("trust");
        DeletePolicy("key");
        Delete(22);
        Assert.Empty(lab.Described().BackendServerDescriptions!);
    }

    [Theory]
    [InlineData("PolicyTypeNotFound", "NoSuchType", "a", "b")]
    [InlineData("InvalidConfigurationRequest", "ProxyProtocolPolicyType", "Other", "true")]
    [InlineData("InvalidConfigurationRequest", "ProxyProtocolPolicyType", "ProxyProtocol", "yes")]
    [InlineData("InvalidConfigurationRequest", "BackendServerAuthenticationPolicyType", "PublicKeyPolicyName", "none")]
    [InlineData("InvalidConfigurationRequest", "SSLNegotiationPolicyType", "Reference-Security-Policy", "ELBSecurityPolicy-None")]
    [InlineData("InvalidConfigurationRequest", "LBCookieStickinessPolicyType", "CookieExpirationPeriod", "-1")]
    public void Attributes_of_policies_are_those_of_their_types(string code, string type, string name, string value) =>
        Assert.Equal(code, lab.Lab.DoRefused(c => lab.Elb.CreateLoadBalancerPolicy(c, new()
        {
            LoadBalancerName = "web",
            PolicyName = "p",
            PolicyTypeName = type,
            PolicyAttributes = [new() { AttributeName = name, AttributeValue = value }],
        })));

    [Fact]
    public void A_security_policy_by_reference_has_the_ciphers_of_the_one_it_names()
    {
        Policy("tls", "SSLNegotiationPolicyType", ("Reference-Security-Policy", "ELBSecurityPolicy-TLS-1-2-2017-01"));
        Policy("own", "SSLNegotiationPolicyType", ("Protocol-TLSv1.2", "true"), ("AES128-SHA", "true"));
        Dictionary<string, string> tls = Attributes("tls");
        Assert.Equal(
            ("ELBSecurityPolicy-TLS-1-2-2017-01", "true", "false", "true", "false"),
            (tls["Reference-Security-Policy"], tls["Protocol-TLSv1.2"], tls["Protocol-TLSv1.1"], tls["ECDHE-RSA-AES128-GCM-SHA256"], tls["AES128-SHA"]));
        Dictionary<string, string> own = Attributes("own");
        Assert.Equal(("true", "true", "false"), (own["Protocol-TLSv1.2"], own["AES128-SHA"], own["ECDHE-RSA-AES128-GCM-SHA256"]));
        Assert.False(own.ContainsKey("Reference-Security-Policy"));
        Assert.Equal("PolicyNotFound", lab.Lab.DoRefused(c => lab.Elb.DescribeLoadBalancerPolicies(c, new() { PolicyNames = ["own"] })));
        Assert.Contains(
            "ELBSecurityPolicy-2015-05", lab.Lab.Do(c => lab.Elb.DescribeLoadBalancerPolicies(c, new())).PolicyDescriptions!.Select(p => p.PolicyName!));

        Dictionary<string, string> Attributes(string name) => lab.Lab.Do(c => lab.Elb.DescribeLoadBalancerPolicies(
            c, new() { LoadBalancerName = "web", PolicyNames = [name] })).PolicyDescriptions!.Single()
            .PolicyAttributeDescriptions!.ToDictionary(a => a.AttributeName!, a => a.AttributeValue!);
    }

    [Fact]
    public void The_types_of_policies_are_described()
    {
        Assert.Equal(6, lab.Lab.Do(c => lab.Elb.DescribeLoadBalancerPolicyTypes(c, new())).PolicyTypeDescriptions!.Count);
        AwsElb.PolicyTypeDescription proxy = lab.Lab.Do(c => lab.Elb.DescribeLoadBalancerPolicyTypes(
            c, new() { PolicyTypeNames = ["ProxyProtocolPolicyType"] })).PolicyTypeDescriptions!.Single();
        AwsElb.PolicyAttributeTypeDescription attribute = proxy.PolicyAttributeTypeDescriptions!.Single();
        Assert.Equal(("ProxyProtocol", "Boolean", "ONE"), (attribute.AttributeName, attribute.AttributeType, attribute.Cardinality));
        Assert.Equal("PolicyTypeNotFound", lab.Lab.DoRefused(c => lab.Elb.DescribeLoadBalancerPolicyTypes(c, new() { PolicyTypeNames = ["x"] })));
    }

    [Fact]
    public void No_more_than_fifty_policies()
    {
        for (int i = 0; i < 50; i++)
        {
            Policy($"p{i}", "PublicKeyPolicyType", ("PublicKey", "MIIB"));
        }

        Assert.Equal("TooManyPolicies", lab.Lab.DoRefused(c => lab.Elb.CreateLBCookieStickinessPolicy(
            c, new() { LoadBalancerName = "web", PolicyName = "more" })));
    }

    private IEnumerable<int> Ports() => lab.Described().ListenerDescriptions!.Select(l => l.Listener!.LoadBalancerPort!.Value);

    private void Add(params AwsElb.Listener[] listeners) =>
        lab.Lab.Do(c => lab.Elb.CreateLoadBalancerListeners(c, new() { LoadBalancerName = "web", Listeners = listeners }));

    private string Refused(AwsElb.Listener listener) =>
        lab.Lab.DoRefused(c => lab.Elb.CreateLoadBalancerListeners(c, new() { LoadBalancerName = "web", Listeners = [listener] }));

    private void Delete(params int[] ports) =>
        lab.Lab.Do(c => lab.Elb.DeleteLoadBalancerListeners(c, new() { LoadBalancerName = "web", LoadBalancerPorts = ports }));

    private void SetCertificate(int port, string arn) => lab.Lab.Do(c => lab.Elb.SetLoadBalancerListenerSSLCertificate(
        c, new() { LoadBalancerName = "web", LoadBalancerPort = port, SSLCertificateId = arn }));

    private void SetListener(int port, params string[] names) => lab.Lab.Do(c => lab.Elb.SetLoadBalancerPoliciesOfListener(
        c, new() { LoadBalancerName = "web", LoadBalancerPort = port, PolicyNames = names }));

    private string SetRefused(int port, params string[] names) => lab.Lab.DoRefused(c => lab.Elb.SetLoadBalancerPoliciesOfListener(
        c, new() { LoadBalancerName = "web", LoadBalancerPort = port, PolicyNames = names }));

    private void SetBackend(int port, params string[] names) => lab.Lab.Do(c => lab.Elb.SetLoadBalancerPoliciesForBackendServer(
        c, new() { LoadBalancerName = "web", InstancePort = port, PolicyNames = names }));

    private string BackendRefused(int port, params string[] names) => lab.Lab.DoRefused(c => lab.Elb.SetLoadBalancerPoliciesForBackendServer(
        c, new() { LoadBalancerName = "web", InstancePort = port, PolicyNames = names }));

    private void DeletePolicy(string name) => lab.Lab.Do(c => lab.Elb.DeleteLoadBalancerPolicy(c, new() { LoadBalancerName = "web", PolicyName = name }));

    private string DeleteRefused(string name) =>
        lab.Lab.DoRefused(c => lab.Elb.DeleteLoadBalancerPolicy(c, new() { LoadBalancerName = "web", PolicyName = name }));

    private void Policy(string name, string type, params (string Name, string Value)[] attributes) => lab.Lab.Do(c => lab.Elb.CreateLoadBalancerPolicy(c, new()
    {
        LoadBalancerName = "web",
        PolicyName = name,
        PolicyTypeName = type,
        PolicyAttributes = [.. attributes.Select(a => new AwsElb.PolicyAttribute { AttributeName = a.Name, AttributeValue = a.Value })],
    }));
}
