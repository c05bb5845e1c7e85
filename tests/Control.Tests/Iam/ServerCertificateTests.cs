using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Trunkline.Control.Elb;
using Trunkline.Control.Iam;
using Trunkline.Tests.Control.Elb;
using AwsIam = Trunkline.Wire.Iam;

namespace Trunkline.Tests.Control.Iam;

public sealed class ServerCertificateTests
{
    private static readonly (string Body, string Key) Pair = NewPair();
    private readonly Balancers lab = new();
    private readonly IamService iam = new();

    [Fact]
    public void A_certificate_is_kept_without_its_key()
    {
        AwsIam.ServerCertificateMetadata made = Upload("web", path: "/lb/");
        Assert.Equal("arn:aws:iam::000000000000:server-certificate/lb/web", made.Arn);
        Assert.Matches("^ASCA[A-Z2-7]{17}$", made.ServerCertificateId!);
        Assert.Equal(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero), made.Expiration);
        AwsIam.ServerCertificate shown = lab.Lab.Do(c => iam.GetServerCertificate(c, new() { ServerCertificateName = "web" })).ServerCertificate!;
        Assert.Equal((Pair.Body.Trim(), Pair.Body.Trim()), (shown.CertificateBody, shown.CertificateChain));
        Assert.DoesNotContain("PRIVATE", System.Text.Json.JsonSerializer.Serialize(lab.Lab.Here.All<Cloud.ServerCertificate>().Single()));
        Assert.Equal("EntityAlreadyExists", Refused("WEB", Pair.Body, Pair.Key, null));
        Upload("app");
        Assert.Equal(["app", "web"], Names(null));
        Assert.Equal(["web"], Names("/lb/"));
        Assert.Equal("ValidationError", lab.Lab.DoRefused(c => iam.ListServerCertificates(c, new() { PathPrefix = "lb" })));
    }

    [Fact]
    public void Body_key_and_chain_must_be_what_they_say()
    {
        Assert.Equal("MalformedCertificate", Refused("web", "nonsense", Pair.Key, null));
        Assert.Equal("MalformedCertificate", Refused("web", Pair.Body, "nonsense", null));
        Assert.Equal("KeyPairMismatch", Refused("web", Pair.Body, NewPair().Key, null));
        Assert.Equal("MalformedCertificate", Refused("web", Pair.Body, Pair.Key, "nonsense"));
        Assert.Equal("ValidationError", Refused("a name", Pair.Body, Pair.Key, null));
    }

    [Fact]
    public void One_that_a_load_balancer_shows_stays_and_keeps_its_name()
    {
        string arn = Upload("web").Arn!;
        lab.New(lab.Ask() with { Listeners = [Balancers.Http with { Protocol = "HTTPS", LoadBalancerPort = 443, SSLCertificateId = arn }] });
        Assert.Equal("DeleteConflict", lab.Lab.DoRefused(c => iam.DeleteServerCertificate(c, new() { ServerCertificateName = "web" })));
        Assert.Equal("DeleteConflict", lab.Lab.DoRefused(c => iam.UpdateServerCertificate(
            c, new() { ServerCertificateName = "web", NewServerCertificateName = "other" })));
        lab.Lab.Do(c => lab.Elb.DeleteLoadBalancer(c, new() { LoadBalancerName = "web" }));
        lab.Lab.Do(c => iam.UpdateServerCertificate(c, new() { ServerCertificateName = "web", NewServerCertificateName = "other", NewPath = "/x/" }));
        Assert.Equal("NoSuchEntity", lab.Lab.DoRefused(c => iam.GetServerCertificate(c, new() { ServerCertificateName = "web" })));
        Assert.Equal(
            "arn:aws:iam::000000000000:server-certificate/x/other",
            lab.Lab.Do(c => iam.GetServerCertificate(c, new() { ServerCertificateName = "other" })).ServerCertificate!.ServerCertificateMetadata!.Arn);
        lab.Lab.Do(c => iam.DeleteServerCertificate(c, new() { ServerCertificateName = "other" }));
        Assert.Equal("NoSuchEntity", lab.Lab.DoRefused(c => iam.DeleteServerCertificate(c, new() { ServerCertificateName = "other" })));
    }

    [Fact]
    public void Tags_come_and_go()
    {
        Upload("web");
        lab.Lab.Do(c => iam.TagServerCertificate(c, new() { ServerCertificateName = "web", Tags = [new() { Key = "a", Value = "1" }, new() { Key = "b", Value = "2" }] }));
        lab.Lab.Do(c => iam.UntagServerCertificate(c, new() { ServerCertificateName = "web", TagKeys = ["a"] }));
        Assert.Equal("b", lab.Lab.Do(c => iam.GetServerCertificate(c, new() { ServerCertificateName = "web" })).ServerCertificate!.Tags!.Single().Key);
    }

    private static (string Body, string Key) NewPair()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=example.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(
            new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private AwsIam.ServerCertificateMetadata Upload(string name, string? path = null) => lab.Lab.Do(c => iam.UploadServerCertificate(c, new()
    {
        ServerCertificateName = name,
        Path = path,
        CertificateBody = Pair.Body,
        PrivateKey = Pair.Key,
        CertificateChain = Pair.Body,
    })).ServerCertificateMetadata!;

    private string Refused(string name, string body, string key, string? chain) => lab.Lab.DoRefused(c => iam.UploadServerCertificate(
        c, new() { ServerCertificateName = name, CertificateBody = body, PrivateKey = key, CertificateChain = chain }));

    private IEnumerable<string> Names(string? prefix) => lab.Lab.Do(c => iam.ListServerCertificates(c, new() { PathPrefix = prefix }))
        .ServerCertificateMetadataList!.Select(m => m.ServerCertificateName!);
}
