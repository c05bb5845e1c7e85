using System.Text.RegularExpressions;

namespace Trunkline.Tests.Fuzz;

/// <summary>Values for parameters: such as would be taken, and such as must be refused.</summary>
/// <param name="accounts">The two that stand on either side of what is between networks.</param>
internal sealed partial class Values(IReadOnlyList<Shapes> services, Random random, params string[] accounts)
{
    private const int IdsMax = 400;
    private const string LongText = "long";

    private static readonly string[] Hostile =
    [
        "", " ", "\0", "a\0b", "\u202Etxet", "💥", "e\u0301", "\uFFFE", "<a>&amp;]]>", "'; DROP TABLE row; --", "../../etc/passwd", "%00", "${x}", "*", "?",
        "\\", "-1", "0", "1", "2147483647", "2147483648", "-2147483649", "9223372036854775808", "99999999999999999999999999", "1e999", "NaN", "true",
        "null", "{}", "[]", "\r\n", "arn:aws:ec2:::", "vpc-", "vpc-zzz", "-", "vpc-0123456789abcdef0", "i-0123456789abcdef0", "aws:reserved", LongText,
    ];

    private static readonly string[] Blocks =
    [
        "10.0.0.0/16", "10.0.0.0/24", "10.0.1.0/24", "10.0.0.128/25", "0.0.0.0/0", "10.0.0.0/28", "10.0.0.0/33", "10.0.0.1/24", "::/0", "2001:db8::/64",
        "169.254.10.0/30", "169.254.11.0/29", "192.168.0.0/16", "10.99.0.0/24", "198.51.100.0/24", "10.0.0.0/-1", "300.0.0.0/8",
        "172.31.0.0/16", "172.31.0.0/20", "10.0.0.0", "/", "10.0.0.0/16/16", "10.0.0.0/99999999999", "::ffff:10.0.0.0/112",
    ];

    private static readonly string[] Addresses =
    [
        "10.0.0.5", "10.0.0.6", "10.0.1.9", "172.31.0.9", "172.31.16.20", "0.0.0.0", "255.255.255.255", "::1", "10.0.0", "2001:db8::5", "1.2.3.4.5",
        "fe80::1%eth0", "198.51.100.1", "203.0.113.9", "169.254.0.1/30", "203.0.113.1/30", "203.0.113.2/30",
    ];

    private static readonly string[] Numbers = ["64512", "64513", "65000", "65001", "4200000000", "7224", "0", "4294967295"];
    private static readonly string[] Bandwidths = ["1Gbps", "10Gbps", "10Gbps", "100Gbps", "500Mbps", "50Mbps", "3Gbps"];

    private static readonly string[] Documents =
    [
        """{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}""", """{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}""",
        "{}", "[", """{"Statement":[{"Effect":1}]}""", """{"Statement":{"Effect":"Allow","Action":[[]],"Resource":{}}}""",
    ];

    private readonly List<string> ids = [];
    private readonly List<string> arns = [];
    private readonly List<string> tunnels = [];

    /// <summary>Remembers the ids and ARNs of an answer, so that later requests name what is there.</summary>
    public void Learn(string body)
    {
        string read = body.Length > 20_000 ? body[..20_000] : body;
        Learn(ids, Id().Matches(read));
        Learn(ids, DirectId().Matches(read));
        if (read.StartsWith('{'))
        {
            // XML answers bear a request id of this form.
            Learn(ids, Uuid().Matches(read));
        }

        Learn(tunnels, Tunnel().Matches(read));
        Learn(arns, Arn().Matches(read));
    }

    private void Learn(List<string> into, MatchCollection found)
    {
        foreach (Match match in found)
        {
            string value = match.Groups[^1].Value;
            if (into.Count < IdsMax)
            {
                into.Add(value);
            }
            else
            {
                into[random.Next(IdsMax)] = value;
            }
        }
    }

    public string Text(string name, string shape)
    {
        Shapes? known = services.FirstOrDefault(s => s.Values(shape).Count > 0);
        if (random.Next(8) == 0)
        {
            return OneHostile();
        }

        if (known?.Values(shape) is { } words && random.Next(10) > 0)
        {
            return words[random.Next(words.Count)];
        }

        if (name.EndsWith("asn", StringComparison.OrdinalIgnoreCase) || name.EndsWith("asnLong", StringComparison.OrdinalIgnoreCase))
        {
            return One(Numbers);
        }

        return shape.ToUpperInvariant() switch
        {
            "INTEGER" when name == "vlan" => (100 + random.Next(4)).ToString(),
            // One that ended by itself would change what a window of refused requests must leave.
            "INTEGER" when name == "testDurationInMinutes" => ((string[])["180", "4320", "0", "4321"])[random.Next(4)],
            "BOOLEAN" => random.Next(2) == 0 ? "true" : "false",
            "INTEGER" or "LONG" or "DOUBLE" or "FLOAT" => Number(),
            _ => ByName(name),
        };
    }

    /// <summary>One of the two accounts.</summary>
    public string Account() => accounts[random.Next(accounts.Length)];

    /// <summary>An id that is, or was, there: one that begins so up to its last dash, or <c>uuid</c>; newer ones more often.</summary>
    public string Known(string start)
    {
        string[] fitting = [.. ids.Where(id => (Guid.TryParse(id, out _) ? "uuid" : id[..(id.LastIndexOf('-') + 1)]) == start)];
        return fitting.Length == 0 ? start + "0123456789abcdef0" : fitting[Math.Max(random.Next(fitting.Length), random.Next(fitting.Length))];
    }

    /// <summary>A value that is made to be refused.</summary>
    public string OneHostile()
    {
        string text = Hostile[random.Next(Hostile.Length)];
        return text == LongText ? new string((char)random.Next('a', 'z'), random.Next(2) == 0 ? 300 : 100_000) : text;
    }

    private string Number() => random.Next(6) switch
    {
        0 => random.Next(-5, 5).ToString(),
        1 => random.NextInt64().ToString(),
        2 => random.Next(65536).ToString(),
        _ => random.Next(1, 12).ToString(),
    };

    private string ByName(string name)
    {
        bool Says(string part) => name.Contains(part, StringComparison.OrdinalIgnoreCase);
        if (OfBetween(name) is { } between)
        {
            return between;
        }

        if (Says("Cidr"))
        {
            return Blocks[random.Next(Blocks.Length)];
        }

        if (Says("Arn") && arns.Count > 0)
        {
            return OneArn(name);
        }

        if (Says("Document"))
        {
            return Documents[random.Next(Documents.Length)];
        }

        if (Says("ServiceName"))
        {
            return "com.amazonaws.us-east-1." + ((string[])["s3", "dynamodb", "ssm", "ec2", "none"])[random.Next(5)];
        }

        if (Says("ImageId"))
        {
            return "ami-0123456789abcdef0";
        }

        if (Says("Id") || Says("Resource") || Says("Subnets") || Says("SecurityGroups"))
        {
            return OneId(name);
        }

        if (Says("Target"))
        {
            return ((string[])["TCP:80", "HTTP:80/x", "HTTP:80", "SSL:0", "x"])[random.Next(5)];
        }

        if (Says("Port"))
        {
            return ((string[])["80", "443", "0", "65536", "traffic-port"])[random.Next(5)];
        }

        if (Says("DomainName") || Says("DNS") || name == "Name")
        {
            return random.Next(3) == 0 ? $"z{random.Next(3)}.example.com" : "name" + random.Next(5);
        }

        if (Says("Ip") || Says("Address"))
        {
            return Addresses[random.Next(Addresses.Length)];
        }

        if (Says("Zone"))
        {
            return "us-east-1" + "abcdz"[random.Next(5)];
        }

        return Says("Protocol")
            ? ((string[])["tcp", "udp", "icmp", "-1", "6", "58", "300", "HTTP", "TCP", "HTTPS"])[random.Next(10)]
            : "name" + random.Next(5);
    }

    /// <summary>What stands between networks is named by more than ids.</summary>
    private string? OfBetween(string name)
    {
        bool Says(string part) => name.Contains(part, StringComparison.OrdinalIgnoreCase);
        return (Says("Account") || Says("OwnerId") || Says("principal") || name == "UserId") && accounts.Length > 0 && random.Next(8) > 0 ? One(accounts)
            : Says("Region") ? One(["us-east-1", "us-east-1", "eu-west-1", "nowhere-1"])
            : name == "location" ? One(["EqDC2", "EqDC2", "CSVA1", "EqDC9"])
            : Says("bandwidth") ? One(Bandwidths)
            : Says("OutsideIp") && tunnels.Count > 0 ? tunnels[random.Next(tunnels.Count)]
            : name == "Type" ? One(["ipsec.1", "ipsec.1", "ipsec.1", "x"])
            : null;
    }

    private string One(string[] of) => of[random.Next(of.Length)];

    /// <summary>An id that is there: of the kind that the parameter's name says where one is known, else of any.</summary>
    private string OneId(string name)
    {
        if (ids.Count == 0)
        {
            return "vpc-0123456789abcdef0";
        }

        string wanted = name.Replace("Id", "", StringComparison.Ordinal).TrimEnd('s').ToLowerInvariant();
        string[] prefixes = PrefixOf(wanted)?.Split(' ') ?? [];
        string[] fitting = [.. ids.Where(id => prefixes.Contains(Guid.TryParse(id, out _) ? "uuid" : id[..(id.LastIndexOf('-') + 1)]))];
        return fitting.Length > 0 && random.Next(12) > 0 ? fitting[random.Next(fitting.Length)] : ids[random.Next(ids.Count)];
    }

    /// <summary>An ARN that is there: of the kind that the parameter's name says where one is known, else any.</summary>
    private string OneArn(string name)
    {
        string wanted = name.Replace("Arns", "", StringComparison.Ordinal).Replace("Arn", "", StringComparison.Ordinal).ToLowerInvariant();
        string[] fitting = [.. arns.Where(a => wanted.Length > 0 && a.Contains($":{wanted}", StringComparison.OrdinalIgnoreCase))];
        return fitting.Length > 0 && random.Next(12) > 0 ? fitting[random.Next(fitting.Length)] : arns[random.Next(arns.Count)];
    }

    private static string? PrefixOf(string kind) => kind switch
    {
        "vpc" => "vpc-",
        "subnet" => "subnet-",
        "instance" => "i-",
        "networkinterface" => "eni-",
        "routetable" => "rtb-",
        "internetgateway" => "igw-",
        "gateway" => "igw- vgw- tgw-",
        "natgateway" => "nat-",
        "group" or "securitygroup" => "sg-",
        "vpcendpoint" => "vpce-",
        "service" => "vpce-svc-",
        "prefixlist" => "pl-",
        "flowlog" => "fl-",
        "networkacl" => "acl-",
        "allocation" => "eipalloc-",
        "dhcpoption" => "dopt-",
        "volume" => "vol-",
        "launchtemplate" => "lt-",
        "egressonlyinternetgateway" => "eigw-",
        "attachment" => "eni-attach-",
        "peervpc" => "vpc-",
        "vpcpeeringconnection" => "pcx-",
        "transitgateway" or "peertransitgateway" => "tgw-",
        "transitgatewayattachment" or "transporttransitgatewayattachment" => "tgw-attach-",
        "transitgatewayroutetable" or "associationdefaultroutetable" or "propagationdefaultroutetable" => "tgw-rtb-",
        "transitgatewayconnectpeer" => "tgw-connect-peer-",
        "customergateway" => "cgw-",
        "vpngateway" or "virtualgateway" => "vgw-",
        "vpnconnection" => "vpn-",
        "connection" or "parentconnection" => "dxcon- dxlag- connection-",
        "interconnect" => "dxcon-",
        "lag" => "dxlag-",
        "virtualinterface" => "dxvif-",
        "bgppeer" => "dxpeer-",
        "directconnectgateway" or "proposal" or "test" => "uuid",
        "association" => "uuid rtbassoc- eipassoc- vpc-cidr-assoc- subnet-cidr-assoc- aclassoc-",
        "globalnetwork" => "global-network-",
        "site" => "site-",
        "device" or "connecteddevice" => "device-",
        "link" or "connectedlink" => "link-",
        _ => null,
    };

    [GeneratedRegex(@"\b(?!r-)[a-z]+(?:-[a-z]+){0,3}-[0-9a-f]{17}\b")]
    private static partial Regex Id();

    [GeneratedRegex(@"\bdx(?:con|lag|vif|peer)-f[0-9a-z]{7}\b")]
    private static partial Regex DirectId();

    [GeneratedRegex(@"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")]
    private static partial Regex Uuid();

    [GeneratedRegex("<outsideIpAddress>([^<]*)<")]
    private static partial Regex Tunnel();

    [GeneratedRegex("""arn:aws:[a-z0-9]+:[a-z0-9-]*:[0-9]*:[^<>"\s]+""")]
    private static partial Regex Arn();
}
