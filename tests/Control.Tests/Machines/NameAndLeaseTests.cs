using System.Buffers.Binary;
using System.Text;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Machines;
using Trunkline.Tests.Control.Ec2;

namespace Trunkline.Tests.Control.Machines;

/// <summary>Names and leases inside a VPC.</summary>
public sealed class NameAndLeaseTests
{
    private readonly Lab lab = new();

    [Fact]
    public void Rule024_The_resolver_is_at_the_primary_block_plus_two()
    {
        (string vpc, _) = lab.NewNetwork();
        Assert.Equal("10.0.0.2", ServiceAddresses.ResolverOf(lab.Here.Get(new Id<Vpc>(vpc))).ToString());
    }

    [Fact]
    public void Private_names_and_addresses_lead_to_each_other()
    {
        Vpc vpc = Network(names: true, out string subnet);
        lab.NewInstance(subnet, "10.0.1.171");
        Assert.Equal("10.0.1.171", Ask(vpc, "ip-10-0-1-171.ec2.internal", DnsTypes.A));
        Assert.Equal("ip-10-0-1-171.ec2.internal", Ask(vpc, "171.1.0.10.in-addr.arpa", DnsTypes.Ptr));
        Assert.Equal("NoError", Ask(vpc, "ip-10-0-1-171.ec2.internal", DnsTypes.Aaaa));
        Assert.Equal("NameError", Ask(vpc, "ip-10-0-1-99.ec2.internal", DnsTypes.A));
        Assert.Equal("NameError", Ask(vpc, "ip-10-0-1-171.eu-west-1.compute.internal", DnsTypes.A));
        Assert.Equal("NameError", Ask(vpc, "ip-10-0-1-171", DnsTypes.A));
        Assert.Equal("NameError", Ask(vpc, "99.1.0.10.in-addr.arpa", DnsTypes.Ptr));
    }

    [Fact]
    public void Without_hostnames_the_VPC_knows_none()
    {
        Vpc vpc = Network(names: false, out string subnet);
        lab.NewInstance(subnet, "10.0.1.171");
        Assert.Equal("NameError", Ask(vpc, "ip-10-0-1-171.ec2.internal", DnsTypes.A));
        Assert.Equal("NameError", Ask(vpc, "171.1.0.10.in-addr.arpa", DnsTypes.Ptr));
    }

    [Fact]
    public void An_instance_named_by_its_id_is_found_where_that_was_asked_for()
    {
        Vpc vpc = Network(names: true, out string subnet);
        (Instance instance, _) = lab.NewInstance(subnet, "10.0.1.171");
        string name = $"{instance.Id}.ec2.internal";
        Assert.Equal("NameError", Ask(vpc, name, DnsTypes.A));
        lab.Put(instance with { HostnameType = "resource-name", ResourceNameDnsA = true });
        Assert.Equal("10.0.1.171", Ask(vpc, name, DnsTypes.A));
        Assert.Equal(name, Ask(vpc, "171.1.0.10.in-addr.arpa", DnsTypes.Ptr));
    }

    [Fact]
    public void Rule040_A_public_name_is_private_inside_and_public_elsewhere()
    {
        Vpc vpc = Network(names: true, out string subnet);
        (_, NetworkInterface eni) = lab.NewInstance(subnet, "10.0.1.171");
        lab.Put(eni with { PrivateAddresses = [eni.PrivateAddresses[0] with { AutoPublicIp = IpAddress.Parse("3.80.1.2") }] });
        string second = lab.NewVpc("10.9.0.0/16").VpcId!;
        Vpc other = lab.Here.Get(new Id<Vpc>(second));
        const string name = "ec2-3-80-1-2.compute-1.amazonaws.com";
        Assert.Equal("10.0.1.171", Ask(vpc, name, DnsTypes.A));
        Assert.Equal("3.80.1.2", Ask(other, name, DnsTypes.A));
        Assert.Equal("NameError", Ask(vpc, "ec2-3-80-1-2.eu-west-1.compute.amazonaws.com", DnsTypes.A));
        Assert.Equal("NameError", Ask(vpc, "ec2-3-80-1-3.compute-1.amazonaws.com", DnsTypes.A));
        Assert.Equal(name, Ask(vpc, "2.1.80.3.in-addr.arpa", DnsTypes.Ptr));
    }

    [Fact]
    public void Hosts_of_the_world_have_their_names()
    {
        Vpc vpc = Network(names: true, out _);
        CloudSnapshot cloud = lab.Cloud with
        {
            World = new World { Hosts = [new InternetHost("www.example.com", [Prefix.Parse("198.51.100.9/32"), Prefix.Parse("2001:db8::9/128")], true, [])] },
        };
        Assert.Equal("198.51.100.9", Ask(vpc, "www.example.com", DnsTypes.A, cloud));
        Assert.Equal("2001:db8::9", Ask(vpc, "www.example.com", DnsTypes.Aaaa, cloud));
        Assert.Equal("www.example.com", Ask(vpc, "9.100.51.198.in-addr.arpa", DnsTypes.Ptr, cloud));
        Assert.Equal("NameError", Ask(vpc, "example.com", DnsTypes.A, cloud));
    }

    [Fact]
    public void Messages_keep_the_question_as_it_came_and_are_cut_to_size()
    {
        byte[] query = Query("Ip-10-0-1-171.EC2.internal", DnsTypes.A, edns: true);
        DnsQuestion question = DnsMessage.Read(query, out byte[]? refusal)!;
        Assert.Null(refusal);
        Assert.Equal(("ip-10-0-1-171.ec2.internal", true, 1232), (question.Name, question.HasEdns, question.UdpSize));
        byte[] answer = DnsMessage.Write(question, new DnsReply(DnsCode.NoError, [new DnsRecord(DnsTypes.A, IpAddress.Parse("10.0.1.171"))]), 512);
        Assert.Equal(query[12..(12 + question.Question.Length)], answer[12..(12 + question.Question.Length)]);
        Assert.Equal([0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 1], answer[..12]);
        DnsRecord[] many = [.. Enumerable.Range(0, 100).Select(i => new DnsRecord(DnsTypes.A, IpAddress.FromV4((uint)i)))];
        byte[] cut = DnsMessage.Write(question, new DnsReply(DnsCode.NoError, many), 512);
        Assert.True(cut.Length <= 512 && (cut[2] & 2) != 0);
        Assert.True(DnsMessage.Write(question, new DnsReply(DnsCode.NoError, many), 65_535).Length > 1600);
    }

    [Fact]
    public void What_is_no_question_is_refused_or_left()
    {
        Assert.Null(DnsMessage.Read([1, 2, 3], out byte[]? none));
        Assert.Null(none);
        byte[] update = Query("x", DnsTypes.A);
        update[2] = 5 << 3;
        Assert.Null(DnsMessage.Read(update, out byte[]? refusal));
        Assert.Equal((byte)DnsCode.NotImplemented, refusal![3] & 15);
        byte[] endless = [.. Query("x", DnsTypes.A)[..12], 63];
        Assert.Null(DnsMessage.Read(endless, out refusal));
        Assert.Equal((byte)DnsCode.FormatError, refusal![3] & 15);
        Random random = new(1);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] noise = new byte[random.Next(80)];
            random.NextBytes(noise);
            _ = DnsMessage.Read(noise, out _);
            _ = DhcpMessage.Read(noise);
        }
    }

    [Fact]
    public void DHCP_offers_and_gives_the_primary_address_with_the_sets_options()
    {
        Vpc vpc = Network(names: true, out string subnet);
        (_, NetworkInterface eni) = lab.NewInstance(subnet, "10.0.1.171");
        string options = lab.Run((ec2, c) => ec2.CreateDhcpOptions(c, new()
        {
            DhcpConfigurations =
            [
                new() { Key = "domain-name", Values = ["corp.example"] },
                new() { Key = "domain-name-servers", Values = ["AmazonProvidedDNS", "10.0.0.99"] },
                new() { Key = "ntp-servers", Values = ["169.254.169.123"] },
            ],
        })).DhcpOptions!.DhcpOptionsId!;
        lab.Run((ec2, c) => ec2.AssociateDhcpOptions(c, new() { VpcId = vpc.Key, DhcpOptionsId = options }));
        vpc = lab.Here.Get(vpc.Id);
        Dictionary<byte, byte[]> offer = Lease(vpc, eni, DhcpKind.Discover, null, out string address);
        Assert.Equal("10.0.1.171", address);
        Assert.Equal([(byte)DhcpKind.Offer], offer[DhcpOptionCode.MessageType]);
        Assert.Equal([10, 0, 1, 1], offer[DhcpOptionCode.ServerId]);
        Assert.Equal([10, 0, 1, 1], offer[DhcpOptionCode.Router]);
        Assert.Equal([255, 255, 255, 0], offer[DhcpOptionCode.SubnetMask]);
        Assert.Equal([10, 0, 0, 2, 10, 0, 0, 99], offer[DhcpOptionCode.DomainNameServers]);
        Assert.Equal([169, 254, 169, 123], offer[DhcpOptionCode.NtpServers]);
        Assert.Equal("corp.example", Encoding.ASCII.GetString(offer[DhcpOptionCode.DomainName]));
        Assert.Equal("ip-10-0-1-171", Encoding.ASCII.GetString(offer[DhcpOptionCode.HostName]));
        Assert.Equal([0x23, 0x29], offer[DhcpOptionCode.Mtu]);
        Assert.Equal([(byte)DhcpKind.Ack], Lease(vpc, eni, DhcpKind.Request, [10, 0, 1, 171], out _)[DhcpOptionCode.MessageType]);
        Assert.Equal([(byte)DhcpKind.Nak], Lease(vpc, eni, DhcpKind.Request, [10, 0, 1, 99], out _)[DhcpOptionCode.MessageType]);
        Assert.Null(DhcpAnswers.Answer(lab.Here, vpc, DhcpMessage.Read(Request(eni.MacAddress, DhcpKind.Release, null))!));
        Assert.Null(DhcpAnswers.Answer(lab.Here, vpc, DhcpMessage.Read(Request("02:00:00:00:00:01", DhcpKind.Discover, null))!));

        MachineFacts facts = MachineFacts.Of(MachineView.Of(lab.Here, eni.Attachment!.InstanceId!.Value.Value)!);
        Assert.Equal("search corp.example\nnameserver 10.0.0.2\nnameserver 10.0.0.99\n", facts.Files["/etc/resolv.conf"]);
        Assert.Equal(("ip-10-0-1-171", "ip-10-0-1-171\n"), (facts.HostName, facts.Files["/etc/hostname"]));
    }

    [Fact]
    public void Starts_and_reboots_are_counted()
    {
        Network(names: true, out string subnet);
        (Instance instance, _) = lab.NewInstance(subnet);
        lab.Run((ec2, c) => ec2.RebootInstances(c, new() { InstanceIds = [instance.Key] }));
        lab.Run((ec2, c) => ec2.StopInstances(c, new() { InstanceIds = [instance.Key] }));
        lab.Run((ec2, c) => ec2.StartInstances(c, new() { InstanceIds = [instance.Key] }));
        Assert.Equal(2, lab.Here.Get(instance.Id).Boots);
    }

    private Vpc Network(bool names, out string subnet)
    {
        (string vpc, subnet) = lab.NewNetwork(names: names);
        return lab.Here.Get(new Id<Vpc>(vpc));
    }

    private string Ask(Vpc vpc, string name, ushort type, CloudSnapshot? cloud = null)
    {
        DnsQuestion question = DnsMessage.Read(Query(name, type), out _)!;
        DnsReply reply = DnsAnswers.Answer(cloud ?? lab.Cloud, lab.Here, vpc, question);
        return reply.Records.Count == 0 ? reply.Code.ToString() : string.Join(' ', reply.Records.Select(r => r.Target ?? r.Address.ToString()));
    }

    private static byte[] Query(string name, ushort type, bool edns = false)
    {
        List<byte> query = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte)(edns ? 1 : 0)];
        foreach (string label in name.Split('.'))
        {
            query.Add((byte)label.Length);
            query.AddRange(Encoding.ASCII.GetBytes(label));
        }

        query.AddRange([0, (byte)(type >> 8), (byte)type, 0, 1]);
        if (edns)
        {
            query.AddRange([0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0]);
        }

        return [.. query];
    }

    private Dictionary<byte, byte[]> Lease(Vpc vpc, NetworkInterface eni, DhcpKind kind, byte[]? wanted, out string address)
    {
        DhcpReply reply = DhcpAnswers.Answer(lab.Here, vpc, DhcpMessage.Read(Request(eni.MacAddress, kind, wanted))!)!;
        address = IpAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(reply.Message.AsSpan(16))).ToString();
        Assert.Equal("10.0.1.171", reply.To.ToString());
        Assert.Equal([2, 1, 6, 0, 9, 8, 7, 6], reply.Message[..8]);
        Dictionary<byte, byte[]> options = [];
        for (int at = 240; reply.Message[at] != DhcpOptionCode.End; at += 2 + reply.Message[at + 1])
        {
            options[reply.Message[at]] = reply.Message[(at + 2)..(at + 2 + reply.Message[at + 1])];
        }

        return options;
    }

    private static byte[] Request(string mac, DhcpKind kind, byte[]? wanted)
    {
        byte[] message = new byte[300];
        (message[0], message[1], message[2]) = (1, 1, 6);
        new byte[] { 9, 8, 7, 6 }.CopyTo(message, 4);
        Convert.FromHexString(mac.Replace(":", "", StringComparison.Ordinal)).CopyTo(message, 28);
        byte[] options = [0x63, 0x82, 0x53, 0x63, DhcpOptionCode.MessageType, 1, (byte)kind, .. wanted is null ? []
            : (byte[])[DhcpOptionCode.RequestedAddress, 4, .. wanted], 255];
        options.CopyTo(message, 236);
        return message;
    }
}
