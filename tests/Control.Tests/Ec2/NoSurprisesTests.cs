using System.Collections;
using System.Reflection;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Ec2;

namespace Trunkline.Tests.Control.Ec2;

/// <summary>Whatever a request holds, it is carried out or refused in AWS's words: no handler ends in any other exception.</summary>
public sealed class NoSurprisesTests
{
    private const int RequestsPerOperation = 150;

    private static readonly string[] Words =
    [
        "", "x", "*", "0.0.0.0/0", "10.0.1.0/24", "10.0.1.77", "10.0.1.64/28", "255.255.255.255", "198.18.4.0/24", "198.18.4.9", "::/0", "::1",
        "2001:db8::/48", "1", "65536", "-1", "tcp", "udp", "vpc", "true", "us-east-1", "us-east-1a", "use1-az1", "111111111111", "domain-name",
        "INSTANCE-ATTACH", "description", "groupSet", "subnet-id", "tag:Name", "tag-key", "path-found", "amazon", "i-0000000000000dead",
        "arn:aws:ec2:us-east-1:000000000000:instance/i-0000000000000dead", "mail.example.com", "eipassoc-0000000000000dead",
    ];

    public static TheoryData<string> Operations() => [.. Methods().Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_request_is_carried_out_or_refused(string operation)
    {
        MethodInfo method = Methods().Single(m => m.Name == operation);
        Type requestType = method.GetParameters()[1].ParameterType;
        IdSource random = new(PublicPool.Hash(operation));
        (Lab lab, string[] words) = Furnished();
        for (int i = 0; i < RequestsPerOperation; i++)
        {
            object request = Random(random, requestType, words, depth: 0)!;
            CommandContext context = lab.Context();
            try
            {
                method.Invoke(lab.Ec2, [context, request]);
            }
            catch (TargetInvocationException e) when (e.InnerException is Fault fault)
            {
                Assert.False(string.IsNullOrWhiteSpace(fault.Message));
            }
            catch (TargetInvocationException e)
            {
                Assert.Fail($"{operation} ended in {e.InnerException}\nfor {request}");
            }
        }
    }

    /// <summary>What takes something away or apart says which parameter it misses, and does nothing.</summary>
    [Theory]
    [MemberData(nameof(Endings))]
    public void Without_its_id_a_deletion_misses_a_parameter(string operation)
    {
        MethodInfo method = Methods().Single(m => m.Name == operation);
        Lab lab = new();
        lab.NewVpc();
        TargetInvocationException thrown = Assert.Throws<TargetInvocationException>(() => method.Invoke(
            lab.Ec2, [lab.Context(), Activator.CreateInstance(method.GetParameters()[1].ParameterType)]));
        Assert.Equal("MissingParameter", Assert.IsType<Fault>(thrown.InnerException).Code);
    }

    public static TheoryData<string> Endings() =>
    [
        .. Methods().Select(m => m.Name).Where(n => new[] { "Delete", "Detach", "Disassociate", "Release", "Revoke", "Deprovision", "Terminate", "Reject" }
            .Any(word => n.StartsWith(word, StringComparison.Ordinal))),
    ];

    private static IEnumerable<MethodInfo> Methods() => typeof(Ec2Service)
        .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(m => m.GetParameters() is [var first, _] && first.ParameterType == typeof(CommandContext));

    /// <summary>A cloud with one of most kinds in it, and the ids of all its rows as words.</summary>
    private static (Lab Lab, string[] Words) Furnished()
    {
        Lab lab = new();
        string vpc = lab.NewVpc(ipv6: true).VpcId!;
        string ipv6 = lab.Described(vpc).Ipv6CidrBlockAssociationSet!.Single().Ipv6CidrBlock!.Replace("/56", "/64", StringComparison.Ordinal);
        string subnet = lab.NewSubnet(vpc, "10.0.1.0/24", ipv6).SubnetId!;
        lab.NewGateway(vpc);
        (Instance instance, NetworkInterface eni) = lab.NewInstance(subnet, "10.0.1.10", publicIp: true);
        string spare = lab.NewEni(subnet).NetworkInterfaceId!;
        string eip = lab.NewEip();
        lab.NewEip();
        lab.Run((ec2, c) => ec2.AssociateAddress(c, new() { AllocationId = eip, NetworkInterfaceId = eni.Id.Value }));
        lab.Run((ec2, c) => ec2.CreateNetworkInterfacePermission(
            c, new() { NetworkInterfaceId = spare, AwsAccountId = "111111111111", Permission = "INSTANCE-ATTACH" }));
        lab.Run((ec2, c) => ec2.ProvisionByoipCidr(c, new() { Cidr = "198.18.4.0/24" }));
        string path = lab.Run((ec2, c) => ec2.CreateNetworkInsightsPath(
            c, new() { Source = instance.Id.Value, Destination = spare, Protocol = "tcp" })).NetworkInsightsPath!.NetworkInsightsPathId!;
        lab.Run((ec2, c) => ec2.StartNetworkInsightsAnalysis(c, new() { NetworkInsightsPathId = path }));
        IEnumerable<string> rows = Kinds.All.SelectMany(kind => lab.Here.Table(kind).Rows).SelectMany(row => row.Keys.Prepend(row.Key));
        return (lab, [.. Words, .. rows.Distinct()]);
    }

    /// <summary>A value of a wire type: mostly absent, else a word that means something here, or a number at an edge.</summary>
    internal static object? Random(IdSource random, Type type, string[] words, int depth)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
        {
            return words[random.Below((ulong)words.Length)];
        }

        if (type == typeof(int) || type == typeof(long) || type == typeof(double) || type == typeof(float))
        {
            int[] edges = [0, 1, 2, 5, 22, 80, 1000, 65_535, 65_536, -1, int.MaxValue, int.MinValue];
            return Convert.ChangeType(edges[random.Below((ulong)edges.Length)], type, System.Globalization.CultureInfo.InvariantCulture);
        }

        if (type == typeof(bool))
        {
            return random.Below(2) == 0;
        }

        if (type == typeof(DateTimeOffset))
        {
            return random.Below(2) == 0 ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue;
        }

        if (type == typeof(byte[]))
        {
            return new byte[random.Below(3)];
        }

        return type.IsGenericType ? RandomList(random, type, words, depth) : RandomRecord(random, type, words, depth);
    }

    private static object? RandomList(IdSource random, Type type, string[] words, int depth)
    {
        if (type.GetGenericTypeDefinition() != typeof(IReadOnlyList<>))
        {
            return null;
        }

        Type item = type.GetGenericArguments()[0];
        IList list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(item))!;
        for (ulong n = random.Below(4); n > 0; n--)
        {
            list.Add(Random(random, item, words, depth + 1));
        }

        return list;
    }

    private static object RandomRecord(IdSource random, Type type, string[] words, int depth)
    {
        object record = Activator.CreateInstance(type)!;
        foreach (PropertyInfo member in type.GetProperties().Where(p => p.CanWrite && p.Name != "DryRun"))
        {
            if (depth < 4 && random.Below(3) == 0)
            {
                member.SetValue(record, Random(random, member.PropertyType, WordsFor(random, member.Name, words), depth + 1));
            }
        }

        return record;
    }

    /// <summary>Mostly the words that a member of that name would hold, so that requests get past the first check.</summary>
    private static string[] WordsFor(IdSource random, string member, string[] words)
    {
        string? prefix = member switch
        {
            "NetworkInterfaceId" or "NetworkInterfaceIds" => "eni-0",
            "SubnetId" or "SubnetIds" => "subnet-",
            "InstanceId" or "InstanceIds" => "i-",
            "AllocationId" or "AllocationIds" => "eipalloc-",
            "VpcId" or "VpcIds" => "vpc-",
            "Groups" or "GroupId" or "GroupIds" => "sg-",
            "AttachmentId" => "eni-attach-",
            "AssociationId" => "eipassoc-",
            "PoolId" or "PublicIpv4Pool" => "ipv4pool-",
            "NetworkInsightsPathId" => "nip-",
            "RouteTableId" => "rtb-",
            "NetworkAclId" => "acl-",
            "Source" or "Destination" => random.Below(2) == 0 ? "i-" : "eni-",
            _ => null,
        };
        string[] chosen = prefix is null || random.Below(4) == 0 ? [] : [.. words.Where(w => w.StartsWith(prefix, StringComparison.Ordinal))];
        return chosen.Length > 0 ? chosen : words;
    }
}
