namespace Trunkline.Tests.Fuzz;

/// <summary>A request of the query protocol: what is asked, and whether a refusal of it is certain.</summary>
/// <param name="Parameters">Names and values, in order; a name may come twice.</param>
internal sealed record Asked(string Action, IReadOnlyList<KeyValuePair<string, string>> Parameters)
{
    public bool IsRead => Action.StartsWith("Describe", StringComparison.Ordinal) || Action.StartsWith("Get", StringComparison.Ordinal);

    public override string ToString() => Action + string.Concat(Parameters.Select(p => $"&{Short(p.Key)}={Short(p.Value)}"));

    private static string Short(string text) => text.Length > 60 ? $"{text[..60]}...({text.Length})" : text;
}

/// <summary>Makes random requests: operations that are served, with parameters that are theirs, missing, doubled, oversized, or nobody's.</summary>
internal sealed class Requests(Shapes shapes, Values values, Random random)
{
    private const int DepthMax = 5;

    public Asked Next()
    {
        string action = shapes.Operations[random.Next(shapes.Operations.Count)];
        List<KeyValuePair<string, string>> parameters = [];
        double wanted = random.NextDouble();
        foreach (Member member in shapes.Parameters(action))
        {
            if (member.Name is not ("DryRun" or "ClientToken") && random.NextDouble() < (IsUsual(member.Name) ? 0.85 : wanted * 0.25))
            {
                Add(parameters, member.Name, member.Shape, 0);
            }
        }

        if (random.Next(6) == 0)
        {
            Spoil(parameters);
        }

        return new Asked(action, parameters);
    }

    /// <summary>What most operations need; without it nearly all requests would end at the first missing parameter.</summary>
    private static bool IsUsual(string name) =>
        name is "VpcId" or "SubnetId" or "CidrBlock" or "GroupId" or "RouteTableId" or "NetworkInterfaceId" or "AllocationId" or "ImageId"
            or "MinCount" or "MaxCount" or "InstanceType" or "GroupName" or "GroupDescription" or "DestinationCidrBlock" or "RuleNumber"
            or "NetworkAclId" or "InstanceId" or "AssociationId" or "InternetGatewayId" or "Attribute" or "IpPermissions" or "ResourceId";

    private void Add(List<KeyValuePair<string, string>> into, string path, string shape, int depth)
    {
        if (depth > DepthMax || into.Count > 200)
        {
            return;
        }

        if (shapes.Members(shape) is { } members)
        {
            foreach (Member member in members)
            {
                if (random.NextDouble() < (members.Count < 4 ? 0.7 : 0.25))
                {
                    Add(into, $"{path}.{member.Name}", member.Shape, depth + 1);
                }
            }
        }
        else if (shapes.Item(shape) is { } item)
        {
            int count = random.Next(10) == 0 ? random.Next(50) : random.Next(1, 3);
            for (int i = 1; i <= count; i++)
            {
                Add(into, $"{path}.{Index(i)}", item, depth + 1);
            }
        }
        else
        {
            string name = path[(path.LastIndexOf('.') + 1)..];
            into.Add(new(path, values.Text(name.Length == 0 || char.IsAsciiDigit(name[0]) ? path : name, shape)));
        }
    }

    private string Index(int i) => random.Next(40) != 0
        ? i.ToString()
        : ((string[])["0", "-1", "01", "1000", "2147483647", "99999999999", "x", "", "1.1"])[random.Next(9)];

    private void Spoil(List<KeyValuePair<string, string>> parameters)
    {
        switch (random.Next(7))
        {
            case 0 when parameters.Count > 0:
                parameters.RemoveAt(random.Next(parameters.Count));
                break;
            case 1 when parameters.Count > 0:
                parameters.Add(parameters[random.Next(parameters.Count)]);
                break;
            case 2 when parameters.Count > 0:
                KeyValuePair<string, string> one = parameters[random.Next(parameters.Count)];
                parameters.Add(new(one.Key + ".1", one.Value));
                break;
            case 3:
                parameters.Add(new(string.Join('.', Enumerable.Repeat("1", random.Next(2000))), "deep"));
                break;
            case 4:
                parameters.Add(new("Tag" + string.Concat(Enumerable.Repeat(".Key.1", random.Next(500))), "deep"));
                break;
            case 5:
                parameters.Add(new(values.OneHostile(), values.OneHostile()));
                break;
            default:
                parameters.AddRange(Enumerable.Range(1, random.Next(3000)).Select(i => new KeyValuePair<string, string>($"Filter.{i}.Name", "vpc-id")));
                break;
        }
    }
}
