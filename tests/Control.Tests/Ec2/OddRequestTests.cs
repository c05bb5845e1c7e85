using System.Reflection;
using System.Text.Json;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Ec2;

namespace Trunkline.Tests.Control.Ec2;

/// <summary>
/// Random requests, most of them odd: every one is answered or refused by a fault, and what a network must always have stays whole.
/// </summary>
public sealed class OddRequestTests
{
    private static readonly string?[] Words =
    [
        null, "", "x", "-1", "0", "default", "local", "10.0.0.0/16", "10.0.1.7", "0.0.0.0/0", "::/0", "999.1.1.1/40", "a-0123456789abcdef0",
        "pl-0123456789abcdef0", "us-east-1a", "*",
    ];

    private static readonly int[] Numbers = [0, 1, 2, 5, 22, 100, 255, 32767, 65535, 65536, -1, -2, int.MaxValue, int.MinValue];

    private static readonly string[] Blocks = ["10.0.0.0/16", "10.0.1.0/24", "10.0.2.0/24", "192.0.2.77/24", "0.0.0.0/0", "169.254.0.0/16"];

    /// <summary>Parameters that name a row, and how the ids of its kind begin.</summary>
    private static readonly Dictionary<string, string> Prefixes = new(StringComparer.Ordinal)
    {
        ["VpcId"] = "vpc-0",
        ["SubnetId"] = "subnet-0",
        ["RouteTableId"] = "rtb-",
        ["NetworkAclId"] = "acl-",
        ["GroupId"] = "sg-",
        ["Group"] = "sg-",
        ["ReferencedGroupId"] = "sg-",
        ["SecurityGroupRuleId"] = "sgr-",
        ["NatGatewayId"] = "nat-",
        ["GatewayId"] = "igw-",
        ["NetworkInterfaceId"] = "eni-0",
        ["AllocationId"] = "eipalloc-",
        ["SecondaryAllocationId"] = "eipalloc-",
    };

    /// <summary>Parameters whose values fit, so that requests get past the first check.</summary>
    private static readonly Dictionary<string, string[]> Fitting = new(StringComparer.Ordinal)
    {
        ["IpProtocol"] = ["tcp", "udp", "icmp", "icmpv6", "-1", "50"],
        ["Protocol"] = ["6", "17", "1", "58", "-1", "50"],
        ["RuleAction"] = ["allow", "deny"],
        ["ConnectivityType"] = ["public", "private"],
        ["AvailabilityMode"] = ["zonal"],
        ["CidrIp"] = Blocks,
        ["CidrIpv4"] = Blocks,
        ["CidrBlock"] = Blocks,
        ["DestinationCidrBlock"] = Blocks,
        ["CidrIpv6"] = ["::/0", "2001:db8::/32"],
        ["Ipv6CidrBlock"] = ["::/0"],
        ["DestinationIpv6CidrBlock"] = ["::/0", "2001:db8::/32"],
        ["PrivateIpAddress"] = ["10.0.1.7", "10.0.2.9", "10.0.1.77"],
        ["GroupName"] = ["web", "db", "default"],
        ["Description"] = ["for tests"],
        ["ResourceType"] = ["route-table", "network-acl", "security-group", "security-group-rule", "natgateway"],
    };

    /// <summary>The operations of routing and filtering, and those whose rows these name.</summary>
    private static readonly MethodInfo[] Operations =
    [
        .. typeof(Ec2Service).GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
            .Where(m => m.GetParameters() is [{ ParameterType: var first }, _] && first == typeof(CommandContext))
            .Where(m => m.Name.Contains("Route", StringComparison.Ordinal) || m.Name.Contains("NetworkAcl", StringComparison.Ordinal)
                || m.Name.Contains("SecurityGroup", StringComparison.Ordinal) || m.Name.Contains("NatGateway", StringComparison.Ordinal)
                || m.Name is "AllocateAddress" or "CreateNetworkInterface" or "DeleteNetworkInterface" or "CreateSubnet")
            .OrderBy(m => m.Name, StringComparer.Ordinal),
    ];

    private readonly Lab lab = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_request_is_answered_or_refused(int seed)
    {
        Random random = new(seed);
        HashSet<string> answered = new(StringComparer.Ordinal);
        string vpc = lab.NewVpc(ipv6: true).VpcId!;
        lab.NewSubnet(vpc, "10.0.1.0/24");
        lab.NewSubnet(vpc, "10.0.2.0/24");
        lab.NewGateway(vpc);
        string[] ids = Ids();
        for (int i = 0; i < 2000; i++)
        {
            MethodInfo operation = Operations[random.Next(Operations.Length)];
            object request = Fill(operation.GetParameters()[1].ParameterType, random, ids, depth: 0);
            CommandContext context = lab.Context();
            try
            {
                operation.Invoke(lab.Ec2, [context, request]);
            }
            catch (TargetInvocationException e) when (e.InnerException is Fault fault)
            {
                Assert.False(string.IsNullOrEmpty(fault.Code));
                continue;
            }
            catch (TargetInvocationException e)
            {
                Assert.Fail($"{operation.Name} {JsonSerializer.Serialize(request, request.GetType())}: {e.InnerException}");
            }

            lab.Commit(context);
            ids = Ids();
            answered.Add(operation.Name);
            CheckWhole(operation.Name);
        }

        // Many kinds of requests must get through, or they are too odd to try anything.
        Assert.True(answered.Count >= 18, $"only {string.Join(' ', answered.Order(StringComparer.Ordinal))}");
    }

    /// <summary>One main table and one default ACL for each VPC, one ACL and at most one table for each subnet.</summary>
    private void CheckWhole(string operation)
    {
        foreach (Vpc vpc in lab.Here.All<Vpc>())
        {
            Assert.True(lab.Here.By<RouteTable>(vpc.Key).Count(t => t.IsMain) == 1, $"{operation}: main tables of {vpc.Id}");
            Assert.True(lab.Here.By<NetworkAcl>(vpc.Key).Count(a => a.IsDefault) == 1, $"{operation}: default ACLs of {vpc.Id}");
        }

        foreach (Subnet subnet in lab.Here.All<Subnet>())
        {
            Assert.True(lab.Here.By<NetworkAcl>(subnet.Key).Count() == 1, $"{operation}: ACLs of {subnet.Id}");
            Assert.True(lab.Here.By<RouteTable>(subnet.Key).Count() <= 1, $"{operation}: route tables of {subnet.Id}");
        }
    }

    /// <summary>Ids that requests may name: rows, and what rows are found by.</summary>
    private string[] Ids() =>
    [
        .. Kinds.All.SelectMany(k => lab.Here.Table(k).Rows).SelectMany(r => r.Keys.Append(r.Key)).Where(k => !k.Contains('/')),
    ];

    private static object Fill(Type type, Random random, string[] ids, int depth)
    {
        object record = Activator.CreateInstance(type)!;
        foreach (PropertyInfo property in type.GetProperties().Where(p => p.CanWrite))
        {
            if (random.Next(100) < ChanceOf(property, type))
            {
                property.SetValue(record, ValueOf(property.PropertyType, property.Name, random, ids, depth));
            }
        }

        return record;
    }

    /// <summary>How often, in percent, a member is given: what most requests need, often; what stands beside it, seldom.</summary>
    private static int ChanceOf(PropertyInfo property, Type type) => property.Name switch
    {
        "DestinationIpv6CidrBlock" or "Ipv6CidrBlock" or "CidrIpv6" => 25,
        "Filters" or "Filter" or "MaxResults" or "NextToken" or "TagSpecifications" or "ClientToken" => 5,
        "NetworkInterfaceId" or "NatGatewayId" when type.Name is "CreateRouteRequest" or "ReplaceRouteRequest" => 15,
        "GatewayId" => 45,
        "IpPermissions" => 85,
        "FromPort" or "ToPort" or "From" or "To" or "Type" or "Code" => 90,
        "GroupName" when type.Name != "CreateSecurityGroupRequest" => 5,
        _ when Prefixes.ContainsKey(property.Name.TrimEnd('s')) || Fitting.ContainsKey(property.Name) => 85,
        "AssociationId" or "AssociationIds" or "RuleNumber" or "Egress" or "SecurityGroupRule" or "SecurityGroupRules"
            or "PortRange" or "IcmpTypeCode" or "IpRanges" => 85,
        "SecurityGroupRuleIds" or "SecurityGroupRuleDescriptions" or "UserIdGroupPairs" or "LocalTarget" => 25,
        _ => 4,
    };

    private static object? ValueOf(Type type, string name, Random random, string[] ids, int depth)
    {
        Type bare = Nullable.GetUnderlyingType(type) ?? type;
        if (bare == typeof(string))
        {
            string[] fitting = FittingFor(name, ids);
            return fitting.Length > 0 && random.Next(8) > 0 ? fitting[random.Next(fitting.Length)] : Words[random.Next(Words.Length)];
        }

        if (bare == typeof(int))
        {
            // A narrow range, so that numbers meet again: in replaced and deleted entries, and in ranges that are in order.
            int first = name.StartsWith("To", StringComparison.Ordinal) ? 9 : 1;
            return random.Next(4) > 0 ? first + random.Next(8) : Numbers[random.Next(Numbers.Length)];
        }

        if (bare == typeof(bool))
        {
            return random.Next(2) == 0;
        }

        if (bare.IsGenericType && bare.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            Type item = bare.GetGenericArguments()[0];
            Array list = Array.CreateInstance(item, random.Next(8) == 0 ? 0 : 1 + random.Next(2));
            for (int i = 0; i < list.Length; i++)
            {
                list.SetValue(ValueOf(item, name.TrimEnd('s'), random, ids, depth + 1) ?? (item == typeof(string) ? "" : null), i);
            }

            return list;
        }

        return bare is { IsClass: true, IsArray: false } && depth < 5 ? Fill(bare, random, ids, depth + 1) : null;
    }

    /// <summary>Values that a parameter of this name may well have.</summary>
    private static string[] FittingFor(string name, string[] ids) =>
        name == "AssociationId" ? [.. ids.Where(i => i.Contains("assoc-", StringComparison.Ordinal))]
        : Prefixes.TryGetValue(name, out string? prefix) ? [.. ids.Where(i => i.StartsWith(prefix, StringComparison.Ordinal))]
        : Fitting.GetValueOrDefault(name, []);
}
