using System.Text.RegularExpressions;

namespace Trunkline.Tests.Fuzz;

/// <summary>Values for parameters: such as would be taken, and such as must be refused.</summary>
internal sealed partial class Values(IReadOnlyList<Shapes> services, Random random)
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
        "10.0.0.0/-1", "300.0.0.0/8", "172.31.0.0/16", "172.31.0.0/20", "10.0.0.0", "/", "10.0.0.0/16/16", "10.0.0.0/99999999999", "::ffff:10.0.0.0/112",
    ];

    private static readonly string[] Addresses =
    [
        "10.0.0.5", "10.0.0.6", "10.0.1.9", "172.31.0.9", "172.31.16.20", "0.0.0.0", "255.255.255.255", "::1", "10.0.0", "2001:db8::5", "1.2.3.4.5",
        "fe80::1%eth0",
    ];

    private static readonly string[] Documents =
    [
        """{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}""", """{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}""",
        "{}", "[", """{"Statement":[{"Effect":1}]}""", """{"Statement":{"Effect":"Allow","Action":[[]],"Resource":{}}}""",
    ];

    private readonly List<string> ids = [];
    private readonly List<string> arns = [];

    /// <summary>Remembers the ids and ARNs of an answer, so that later requests name what is there.</summary>
    public void Learn(string body)
    {
        string read = body.Length > 20_000 ? body[..20_000] : body;
        Learn(ids, Id().Matches(read));
        Learn(arns, Arn().Matches(read));
    }

    private void Learn(List<string> into, MatchCollection found)
    {
        foreach (Match match in found)
        {
            if (into.Count < IdsMax)
            {
                into.Add(match.Value);
            }
            else
            {
                into[random.Next(IdsMax)] = match.Value;
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

        return shape.ToUpperInvariant() switch
        {
            "BOOLEAN" => random.Next(2) == 0 ? "true" : "false",
            "INTEGER" or "LONG" or "DOUBLE" or "FLOAT" => Number(),
            _ => ByName(name),
        };
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

        if (Says("Ip"))
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

    /// <summary>An id that is there: of the kind that the parameter's name says where one is known, else of any.</summary>
    private string OneId(string name)
    {
        if (ids.Count == 0)
        {
            return "vpc-0123456789abcdef0";
        }

        string wanted = name.Replace("Id", "", StringComparison.Ordinal).TrimEnd('s').ToLowerInvariant();
        string[] fitting = [.. ids.Where(id => PrefixOf(wanted) is { } prefix && id.StartsWith(prefix, StringComparison.Ordinal))];
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
        "internetgateway" or "gateway" => "igw-",
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
        _ => null,
    };

    [GeneratedRegex(@"\b(?!r-)[a-z]+(?:-[a-z]+){0,3}-[0-9a-f]{17}\b")]
    private static partial Regex Id();

    [GeneratedRegex("""arn:aws:[a-z0-9]+:[a-z0-9-]*:[0-9]*:[^<>"\s]+""")]
    private static partial Regex Arn();
}
