using System.Text;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.DirectConnect;

namespace Trunkline.Tests.Control.DirectConnect;

/// <summary>Ports: ordered, listed, changed, deleted; keys, letters and agreements that go with them.</summary>
public sealed class ConnectionTests
{
    private const string Ckn = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private readonly Lab lab = new();

    [Fact]
    public void A_connection_is_available_at_once_and_has_awss_form()
    {
        AwsDx.Connection made = lab.Dx((d, c) => d.CreateConnection(c, new()
        {
            ConnectionName = "port",
            Bandwidth = "1Gbps",
            Location = Direct.Location,
            ProviderName = "Megaport",
            Tags = [new() { Key = "a", Value = "1" }],
        }));
        Assert.Matches("^dxcon-f[0-9a-z]{7}$", made.ConnectionId);
        Assert.Equal(("available", "us-east-1", "EqDC2", "1Gbps", Direct.Owner), (
            made.ConnectionState, made.Region, made.Location, made.Bandwidth, made.OwnerAccount));
        Assert.Equal(("Megaport", false, true, "no"), (
            made.ProviderName, made.MacSecCapable, made.JumboFrameCapable, made.HasLogicalRedundancy));
        Assert.Null(made.Vlan);
        Assert.StartsWith("EqDC2-", made.AwsDeviceV2, StringComparison.Ordinal);
        Assert.Equal("a", Assert.Single(made.Tags!).Key);
        AwsDx.Connection seen = Assert.Single(lab.Dx((d, c) => d.DescribeConnections(c, new())).ConnectionsValue!);
        Assert.Equal(made.ConnectionId, seen.ConnectionId);
        Assert.Empty(lab.DxIn("eu-west-1", (d, c) => d.DescribeConnections(c, new())).ConnectionsValue!);
        Assert.Empty(lab.Dx((d, c) => d.DescribeConnections(c, new()), Direct.Tenant).ConnectionsValue!);
    }

    [Fact]
    public void Connections_that_cannot_be_are_refused()
    {
        AwsDx.CreateConnectionRequest good = new() { ConnectionName = "port", Bandwidth = "1Gbps", Location = Direct.Location };
        (string Words, AwsDx.CreateConnectionRequest Request)[] cases =
        [
            ("Bandwidth 2Gbps is not valid", good with { Bandwidth = "2Gbps" }),
            ("Location Nowhere is not valid", good with { Location = "Nowhere" }),
            ("Location EqSV5 is not valid in the Region us-east-1", good with { Location = "EqSV5" }),
            ("Provider Nobody is not valid", good with { ProviderName = "Nobody" }),
            ("MACsec is not supported", good with { RequestMACSec = true }),
            ("Could not find Lag with ID dxlag-f0000000", good with { LagId = "dxlag-f0000000" }),
            ("maximum of 100 characters", good with { ConnectionName = new string('a', 101) }),
            ("Field connectionName is required", good with { ConnectionName = "" }),
            ("The tag with the key 'aws:x' is not valid", good with { Tags = [new() { Key = "aws:x" }] }),
        ];
        foreach ((string words, AwsDx.CreateConnectionRequest request) in cases)
        {
            Assert.Contains(words, lab.DxRefused((d, c) => d.CreateConnection(c, request)), StringComparison.Ordinal);
        }

        Assert.Empty(lab.Here.All<DxConnection>());
        lab.Quotas = Quotas.AwsDefaults;
        for (int i = 0; i < 10; i++)
        {
            lab.Connection($"port-{i}");
        }

        Assert.Contains("limit of connections at the location EqDC2: 10", lab.DxRefused((d, c) => d.CreateConnection(c, good)), StringComparison.Ordinal);
    }

    [Fact]
    public void Pages_are_of_at_most_a_hundred()
    {
        for (int i = 0; i < 5; i++)
        {
            lab.Connection($"port-{i}");
        }

        List<string> seen = [];
        string? token = null;
        do
        {
            AwsDx.Connections page = lab.Dx((d, c) => d.DescribeConnections(c, new() { MaxResults = 2, NextToken = token }));
            Assert.True(page.ConnectionsValue!.Count <= 2);
            seen.AddRange(page.ConnectionsValue.Select(c => c.ConnectionId!));
            token = page.NextToken;
        }
        while (token is not null);

        Assert.Equal(5, seen.Distinct().Count());
        Assert.Equal(5, lab.Dx((d, c) => d.DescribeConnections(c, new() { MaxResults = 1000 })).ConnectionsValue!.Count);
        lab.DxRefused((d, c) => d.DescribeConnections(c, new() { NextToken = "x" }));
        lab.DxRefused((d, c) => d.DescribeConnections(c, new() { MaxResults = 0 }));
    }

    [Fact]
    public void A_connection_is_renamed_and_deleted()
    {
        string id = lab.Connection();
        Assert.Equal("other", lab.Dx((d, c) => d.UpdateConnection(c, new() { ConnectionId = id, ConnectionName = "other" })).ConnectionName);
        Assert.Contains("is not MACsec capable", lab.DxRefused((d, c) => d.UpdateConnection(
            c, new() { ConnectionId = id, EncryptionMode = "must_encrypt" })), StringComparison.Ordinal);
        lab.NewPublic(id, Direct.Public(7));
        Assert.Contains("has virtual interfaces", lab.DxRefused((d, c) => d.DeleteConnection(c, new() { ConnectionId = id })), StringComparison.Ordinal);
        string vif = Assert.Single(lab.Here.All<DxVirtualInterface>()).Key;
        lab.Dx((d, c) => d.DeleteVirtualInterface(c, new() { VirtualInterfaceId = vif }));
        Assert.Equal("deleted", lab.Dx((d, c) => d.DeleteConnection(c, new() { ConnectionId = id })).ConnectionState);
        Assert.Equal(
            $"Could not find Connection with ID {id}", lab.DxRefused((d, c) => d.DescribeConnections(c, new() { ConnectionId = id })));
        Assert.Equal($"Could not find Connection with ID {id}", lab.DxRefused((d, c) => d.DeleteConnection(c, new() { ConnectionId = id })));
    }

    [Fact]
    public void Every_region_has_a_location()
    {
        AwsDx.Location known = lab.Dx((d, c) => d.DescribeLocations(c, new())).LocationsValue!.Single(l => l.LocationCode == "EqDC2");
        Assert.Equal(["1G", "10G", "100G"], known.AvailablePortSpeeds!);
        Assert.Equal(["10G", "100G"], known.AvailableMacSecPortSpeeds!);
        AwsDx.Location own = Assert.Single(lab.DxIn("xx-north-9", (d, c) => d.DescribeLocations(c, new())).LocationsValue!);
        Assert.Equal("xx-north-9", own.Region);
        Assert.Equal(own.LocationCode, lab.DxIn("xx-north-9", (d, c) => d.CreateConnection(
            c, new() { ConnectionName = "port", Bandwidth = "1Gbps", Location = own.LocationCode })).Location);
    }

    [Theory]
    [InlineData("location:EqDC2", "down")]
    [InlineData("location:EqSV5", "available")]
    [InlineData("connection:", "down")]
    public void A_port_is_down_while_the_world_says_so(string failure, string state)
    {
        string id = lab.Connection();
        lab.Site(failed: failure == "connection:" ? failure + id : failure);
        Assert.Equal(state, Assert.Single(lab.Dx((d, c) => d.DescribeConnections(c, new() { ConnectionId = id })).ConnectionsValue!).ConnectionState);
    }

    [Fact]
    public void Keys_of_macsec_come_and_go()
    {
        string id = lab.Connection(macSec: true);
        AwsDx.AssociateMacSecKeyRequest pair = new() { ConnectionId = id, Ckn = Ckn, Cak = Ckn };
        AwsDx.MacSecKey key = Assert.Single(lab.Dx((d, c) => d.AssociateMacSecKey(c, pair)).MacSecKeys!);
        Assert.StartsWith("arn:aws:secretsmanager:us-east-1:000000000000:secret:directconnect!prod/", key.SecretARN, StringComparison.Ordinal);
        Assert.Equal((Ckn, "associated", "2026-01-02T03:04:05Z"), (key.Ckn, key.State, key.StartOn));
        AwsDx.Connection seen = Assert.Single(lab.Dx((d, c) => d.DescribeConnections(c, new() { ConnectionId = id })).ConnectionsValue!);
        Assert.Equal(("Encryption Up", "should_encrypt", true), (seen.PortEncryptionStatus, seen.EncryptionMode, seen.MacSecCapable));
        Assert.Contains("already associated", lab.DxRefused((d, c) => d.AssociateMacSecKey(c, pair)), StringComparison.Ordinal);
        string second = lab.Connection(macSec: true);
        Assert.Equal(Ckn, Assert.Single(lab.Dx((d, c) => d.AssociateMacSecKey(
            c, new() { ConnectionId = second, SecretARN = key.SecretARN })).MacSecKeys!).Ckn);
        Assert.Equal("disassociated", Assert.Single(lab.Dx((d, c) => d.DisassociateMacSecKey(
            c, new() { ConnectionId = id, SecretARN = key.SecretARN })).MacSecKeys!).State);
        Assert.Empty(Assert.Single(lab.Dx((d, c) => d.DescribeConnections(c, new() { ConnectionId = id })).ConnectionsValue!).MacSecKeys!);
        string plain = lab.Connection();
        AwsDx.AssociateMacSecKeyRequest[] wrong =
        [
            pair with { ConnectionId = plain }, pair with { Ckn = "12" }, pair with { Cak = null },
            new() { ConnectionId = id, SecretARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:none" },
            pair with { SecretARN = key.SecretARN },
        ];
        foreach (AwsDx.AssociateMacSecKeyRequest request in wrong)
        {
            lab.DxRefused((d, c) => d.AssociateMacSecKey(c, request));
        }

        lab.DxRefused((d, c) => d.DisassociateMacSecKey(c, new() { ConnectionId = id, SecretARN = key.SecretARN }));
    }

    [Fact]
    public void The_letter_of_authorization_is_a_pdf_that_names_the_port()
    {
        string id = lab.Connection("port (one)");
        AwsDx.Loa loa = lab.Dx((d, c) => d.DescribeLoa(c, new() { ConnectionId = id, ProviderName = "Megaport" }));
        string text = Encoding.ASCII.GetString(loa.LoaContent!);
        Assert.Equal("application/pdf", loa.LoaContentType);
        Assert.StartsWith("%PDF-1.4\n", text, StringComparison.Ordinal);
        Assert.EndsWith("%%EOF\n", text, StringComparison.Ordinal);
        Assert.Contains($"({id}", text.Replace("Connection: ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains(@"port \(one\)", text, StringComparison.Ordinal);
        Assert.Contains("Megaport", text, StringComparison.Ordinal);
        int table = text.IndexOf("xref\n", StringComparison.Ordinal);
        Assert.Contains($"startxref\n{table}\n", text, StringComparison.Ordinal);
        Assert.All(Enumerable.Range(1, 5), i =>
        {
            string line = text[table..].Split('\n')[i + 2];
            Assert.StartsWith($"{i} 0 obj", text[int.Parse(line[..10])..], StringComparison.Ordinal);
        });
        Assert.NotNull(lab.Dx((d, c) => d.DescribeConnectionLoa(c, new() { ConnectionId = id })).Loa!.LoaContent);
        string partner = lab.Interconnect();
        Assert.NotNull(lab.Dx((d, c) => d.DescribeInterconnectLoa(c, new() { InterconnectId = partner })).Loa!.LoaContent);
        string lag = lab.Lag().LagId!;
        Assert.NotNull(lab.Dx((d, c) => d.DescribeLoa(c, new() { ConnectionId = lag })).LoaContent);
        lab.DxRefused((d, c) => d.DescribeInterconnectLoa(c, new() { InterconnectId = id }));
    }

    [Fact]
    public void Who_has_an_interconnect_is_a_partner_and_signs()
    {
        AwsDx.DescribeCustomerMetadataResponse before = lab.Dx((d, c) => d.DescribeCustomerMetadata(c, new()));
        Assert.Equal("nonPartner", before.NniPartnerType);
        Assert.Empty(before.Agreements!);
        lab.Interconnect();
        AwsDx.DescribeCustomerMetadataResponse partner = lab.Dx((d, c) => d.DescribeCustomerMetadata(c, new()));
        AwsDx.CustomerAgreement agreement = Assert.Single(partner.Agreements!);
        Assert.Equal(("v2", "unsigned"), (partner.NniPartnerType, agreement.Status));
        Assert.Equal("signed", lab.Dx((d, c) => d.ConfirmCustomerAgreement(c, new() { AgreementName = agreement.AgreementName })).Status);
        Assert.Equal("signed", Assert.Single(lab.Dx((d, c) => d.DescribeCustomerMetadata(c, new())).Agreements!).Status);
        lab.DxRefused((d, c) => d.ConfirmCustomerAgreement(c, new() { AgreementName = "none" }));
    }

    [Fact]
    public void Tags_are_set_by_arn()
    {
        string id = lab.Connection();
        string arn = $"arn:aws:directconnect:us-east-1:000000000000:dxcon/{id}";
        lab.Dx((d, c) => d.TagResource(c, new() { ResourceArn = arn, Tags = [new() { Key = "a", Value = "1" }, new() { Key = "b" }] }));
        lab.Dx((d, c) => d.UntagResource(c, new() { ResourceArn = arn, TagKeys = ["b", "c"] }));
        string gateway = $"arn:aws:directconnect::000000000000:dx-gateway/{lab.Gateway()}";
        lab.DxIn("eu-west-1", (d, c) => d.TagResource(c, new() { ResourceArn = gateway, Tags = [new() { Key = "g", Value = "2" }] }));
        IReadOnlyList<AwsDx.ResourceTag> seen = lab.Dx((d, c) => d.DescribeTags(c, new() { ResourceArns = [arn, gateway] })).ResourceTags!;
        Assert.Equal([("a", "1"), ("g", "2")], seen.Select(t => (Assert.Single(t.Tags!).Key!, t.Tags![0].Value!)));
        AwsDx.TagResourceRequest tag = new() { ResourceArn = arn, Tags = [new() { Key = "x" }] };
        Assert.Contains("does not exist", lab.DxRefused((d, c) => d.TagResource(c, tag with { ResourceArn = arn[..^1] })), StringComparison.Ordinal);
        Assert.Contains("is not valid", lab.DxRefused((d, c) => d.TagResource(c, tag with { ResourceArn = "arn:aws:ec2:x" })), StringComparison.Ordinal);
        lab.DxRefused((d, c) => d.TagResource(c, tag with { Tags = [] }));
        Assert.Equal("TooManyTagsException", CodeOf(tag with { Tags = [.. Enumerable.Range(0, 51).Select(i => new AwsDx.Tag { Key = $"k{i}" })] }));
        Assert.Equal("DuplicateTagKeysException", CodeOf(tag with { Tags = [new() { Key = "k" }, new() { Key = "k" }] }));
    }

    private string CodeOf(AwsDx.TagResourceRequest request) =>
        lab.DoRefused(c => new DirectConnectService().TagResource(c, request));
}
