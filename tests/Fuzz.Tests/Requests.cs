using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Trunkline.Tests.Fuzz;

/// <summary>A request: of which service, what is asked, and with what.</summary>
/// <param name="Parameters">Names and values of a form, in order; a name may come twice.</param>
/// <param name="Body">The body of a request that is no form; null for a form.</param>
/// <param name="Path">Path and query string.</param>
internal sealed record Asked(
    Shapes Of, string Action, IReadOnlyList<KeyValuePair<string, string>> Parameters, string? Body = null, string Method = "POST", string Path = "/")
{
    public bool IsRead => Action.StartsWith("Describe", StringComparison.Ordinal) || Action.StartsWith("Get", StringComparison.Ordinal)
        || Action.StartsWith("List", StringComparison.Ordinal);

    public HttpRequestMessage Message(string url, string account)
    {
        HttpRequestMessage request = new(new HttpMethod(Method), url + Path);
        if (Of.Dialect is Dialect.Ec2 or Dialect.Query)
        {
            StringBuilder form = new($"Action={Action}&Version={Of.Version}");
            foreach ((string name, string value) in Parameters)
            {
                form.Append('&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            }

            request.Content = new StringContent(form.ToString(), Encoding.UTF8, "application/x-www-form-urlencoded");
        }
        else if (Of.Dialect == Dialect.Json)
        {
            request.Content = new StringContent(Body ?? "{}", Encoding.UTF8, new MediaTypeHeaderValue("application/x-amz-json-1.1"));
            request.Headers.TryAddWithoutValidation("X-Amz-Target", $"{Of.Target}.{Action}");
        }
        else if (Body is not null)
        {
            request.Content = new StringContent(Body, Encoding.UTF8, Of.Dialect == Dialect.RestJson ? "application/json" : "application/xml");
        }

        request.Headers.TryAddWithoutValidation("Authorization", RawRequests.Authorization(account, Of.SigningName));
        request.Headers.TryAddWithoutValidation("X-Amz-Date", "20260101T000000Z");
        return request;
    }

    public override string ToString() =>
        $"{Of.Service} {Action}{(Path == "/" ? "" : " " + Short(Path))}{string.Concat(Parameters.Select(p => $"&{Short(p.Key)}={Short(p.Value)}"))} {Short(Body ?? "")}";

    private static string Short(string text) => text.Length > 60 ? $"{text[..60]}...({text.Length})" : text;
}

/// <summary>Makes random requests: operations that are served, with parameters that are theirs, missing, doubled, oversized, or nobody's.</summary>
internal sealed class Requests(IReadOnlyList<Shapes> services, Values values, Random random)
{
    private const int DepthMax = 5;
    private const int ParametersMost = 200;

    private readonly Recipes recipes = new(services, values, random);

    public Asked Next()
    {
        if (random.Next(2) == 0)
        {
            return recipes.Next();
        }

        // Half of all go to EC2, without which there is nothing that the others could speak of.
        Shapes shapes = random.Next(2) == 0 ? services[0] : services[random.Next(services.Count)];
        string action = shapes.Operations[random.Next(shapes.Operations.Count)];
        return shapes.Dialect switch
        {
            Dialect.Json => Json(shapes, action),
            Dialect.RestXml or Dialect.RestJson => Rest(shapes, action),
            _ => Form(shapes, action),
        };
    }

    private Asked Form(Shapes shapes, string action)
    {
        List<KeyValuePair<string, string>> parameters = [];
        double wanted = random.NextDouble();
        foreach (Member member in shapes.Parameters(action))
        {
            if (member.Name is not ("DryRun" or "ClientToken") && IsWanted(shapes, member.Name, wanted))
            {
                Add(shapes, parameters, member.Name, member.Shape, 0);
            }
        }

        if (random.Next(6) == 0)
        {
            Spoil(parameters);
        }

        return new Asked(shapes, action, parameters);
    }

    private Asked Json(Shapes shapes, string action)
    {
        JsonObject body = [];
        double wanted = random.NextDouble();
        foreach (Member member in shapes.Parameters(action).Where(m => IsWanted(shapes, m.Name, wanted)))
        {
            body[member.Name] = NodeOf(shapes, member.Name, member.Shape, 0);
        }

        if (random.Next(10) == 0)
        {
            body[values.OneHostile() is { Length: > 0 and < 400 } name ? name : "More"] = values.OneHostile();
        }

        string text = body.ToJsonString();
        return new Asked(shapes, action, [], random.Next(20) == 0 ? text[..random.Next(text.Length)] : text);
    }

    private Asked Rest(Shapes shapes, string action)
    {
        (string method, string path, string input) = shapes.Way(action);
        XNamespace space = shapes.Namespace;
        XElement root = new(space + input);
        JsonObject fields = [];
        List<string> query = [];
        double wanted = random.NextDouble();
        foreach (Member member in shapes.Parameters(action))
        {
            if (member.Place == "label")
            {
                string value = Uri.EscapeDataString(Whole(values.Text(member.Name, member.Shape)));
                path = path.Replace($"{{{member.Name}}}", value, StringComparison.OrdinalIgnoreCase)
                    .Replace($"{{{member.Name}+}}", value, StringComparison.OrdinalIgnoreCase);
            }
            else if (IsWanted(shapes, member.Name, wanted) && member.Place is { } place)
            {
                query.Add($"{place["querystring=".Length..]}={Uri.EscapeDataString(Whole(values.Text(member.Name, member.Shape)))}");
            }
            else if (member.Place is null && shapes.Dialect == Dialect.RestJson && IsWanted(shapes, member.Name, wanted))
            {
                fields[member.Name] = NodeOf(shapes, member.Name, member.Shape, 0);
            }
            else if (member.Place is null && shapes.Dialect == Dialect.RestXml && IsWanted(shapes, member.Name, wanted))
            {
                Fill(shapes, root, space + member.Name, member.Name, member.Shape, 0);
            }
        }

        string? body = method is "GET" or "DELETE" ? null
            : shapes.Dialect == Dialect.RestJson ? fields.ToJsonString()
            : root.IsEmpty ? null : root.ToString(SaveOptions.DisableFormatting);
        return new Asked(
            shapes, action, [], body is not null && random.Next(20) == 0 ? body[..random.Next(body.Length)] : body, method,
            query.Count == 0 ? path : $"{path}{(path.Contains('?') ? '&' : '?')}{string.Join('&', query)}");
    }

    /// <summary>Few members of other services are left out: they need most of what they have.</summary>
    private bool IsWanted(Shapes shapes, string name, double wanted) => random.NextDouble() < (shapes.Dialect == Dialect.Ec2
        ? IsUsual(name) ? 0.85 : wanted * 0.25
        : IsUsual(name) ? 0.9 : 0.3 + (wanted * 0.4));

    /// <summary>What most operations need; without it nearly all requests would end at the first missing parameter.</summary>
    private static bool IsUsual(string name) =>
        name is "VpcId" or "SubnetId" or "CidrBlock" or "GroupId" or "RouteTableId" or "NetworkInterfaceId" or "AllocationId" or "ImageId"
            or "MinCount" or "MaxCount" or "InstanceType" or "GroupName" or "GroupDescription" or "DestinationCidrBlock" or "RuleNumber"
            or "NetworkAclId" or "InstanceId" or "AssociationId" or "InternetGatewayId" or "Attribute" or "IpPermissions" or "ResourceId"
            or "LoadBalancerName" or "LoadBalancerArn" or "ListenerArn" or "TargetGroupArn" or "Listeners" or "DefaultActions" or "Actions" or "Name"
            or "RoleName" or "PolicyName" or "PolicyArn" or "InstanceProfileName" or "PolicyDocument" or "AssumeRolePolicyDocument" or "TopicArn"
            or "ServiceName" or "VpcEndpointType" or "PrefixListName" or "AddressFamily" or "MaxEntries" or "logGroupName" or "logStreamName"
            or "CallerReference" or "HostedZoneId" or "ChangeBatch" or "VPC" or "DomainName" or "CertificateArn" or "ServerCertificateName"
        || IsUsualBetween(name);

    /// <summary>The same for what stands between networks.</summary>
    private static bool IsUsualBetween(string name) =>
        name is "PeerVpcId" or "VpcPeeringConnectionId" or "TransitGatewayId" or "TransitGatewayAttachmentId" or "TransitGatewayRouteTableId" or "SubnetIds"
            or "TransportTransitGatewayAttachmentId" or "PeerTransitGatewayId" or "PeerAccountId" or "PeerRegion" or "PeerAddress" or "InsideCidrBlocks"
            or "TransitGatewayConnectPeerId" or "PrefixListId" or "CustomerGatewayId" or "VpnGatewayId" or "VpnConnectionId" or "GatewayId" or "Type"
            or "IpAddress" or "BgpAsn" or "VpnTunnelOutsideIpAddress" or "Options" or "Protocol" or "connectionId" or "interconnectId" or "lagId" or "location"
            or "bandwidth" or "connectionsBandwidth" or "connectionName" or "interconnectName" or "lagName" or "numberOfConnections" or "ownerAccount" or "vlan"
            or "virtualInterfaceId" or "virtualInterfaceName" or "asn" or "directConnectGatewayId" or "directConnectGatewayName" or "gatewayId"
            or "associationId" or "proposalId" or "directConnectGatewayOwnerAccount" or "associatedGatewayOwnerAccount" or "newPrivateVirtualInterface"
            or "newPublicVirtualInterface" or "newTransitVirtualInterface" or "newPrivateVirtualInterfaceAllocation" or "newTransitVirtualInterfaceAllocation"
            or "newPublicVirtualInterfaceAllocation" or "newBGPPeer" or "parentConnectionId" or "resourceArns" or "principals" or "resourceShareArn"
            or "resourceShareInvitationArn" or "name" or "GlobalNetworkId" or "DeviceId" or "SiteId" or "LinkId";

    /// <summary>Text that XML and paths can hold; the rest is tried in forms.</summary>
    private static string Whole(string text) => text.Length > 500 || text.Any(c => c < ' ' || c >= '\uD800') ? "long" : text;

    private void Add(Shapes shapes, List<KeyValuePair<string, string>> into, string path, string shape, int depth)
    {
        if (depth > DepthMax || into.Count > ParametersMost)
        {
            return;
        }

        string dot = shapes.Dialect == Dialect.Query ? ".member." : ".";
        if (shapes.Members(shape) is { } members)
        {
            foreach (Member member in members.Where(_ => random.NextDouble() < ChanceOf(shapes, members)))
            {
                Add(shapes, into, $"{path}.{member.Name}", member.Shape, depth + 1);
            }
        }
        else if (shapes.Item(shape) is { } item)
        {
            int count = Count();
            for (int i = 1; i <= count; i++)
            {
                Add(shapes, into, $"{path}{dot}{Index(i)}", item.Shape, depth + 1);
            }
        }
        else if (shapes.MapValue(shape) is { } value)
        {
            for (int i = 1; i <= random.Next(1, 4); i++)
            {
                into.Add(new($"{path}.entry.{Index(i)}.key", values.Text("AttributeName", "string")));
                Add(shapes, into, $"{path}.entry.{Index(i)}.value", value, depth + 1);
            }
        }
        else
        {
            string name = path[(path.LastIndexOf('.') + 1)..];
            into.Add(new(path, values.Text(name.Length == 0 || char.IsAsciiDigit(name[0]) ? path : name, shape)));
        }
    }

    private JsonNode? NodeOf(Shapes shapes, string name, string shape, int depth)
    {
        if (depth > DepthMax)
        {
            return null;
        }

        if (shapes.Members(shape) is { } members)
        {
            JsonObject made = [];
            foreach (Member member in members.Where(_ => random.NextDouble() < ChanceOf(shapes, members)))
            {
                made[member.Name] = NodeOf(shapes, member.Name, member.Shape, depth + 1);
            }

            return made;
        }

        if (shapes.Item(shape) is { } item)
        {
            return new JsonArray([.. Enumerable.Range(0, Count()).Select(_ => NodeOf(shapes, name, item.Shape, depth + 1))]);
        }

        if (shapes.MapValue(shape) is { } value)
        {
            return new JsonObject { ["key" + random.Next(3)] = NodeOf(shapes, "Value", value, depth + 1) };
        }

        string text = values.Text(name, shape);
        return random.Next(30) == 0 ? new JsonArray() : shape.ToUpperInvariant() switch
        {
            "BOOLEAN" => text == "true",
            "INTEGER" or "LONG" or "DOUBLE" when long.TryParse(text, out long number) => number,
            _ => text,
        };
    }

    private void Fill(Shapes shapes, XElement into, XName element, string name, string shape, int depth)
    {
        if (depth > DepthMax)
        {
            return;
        }

        XElement made = new(element);
        into.Add(made);
        if (shapes.Members(shape) is { } members)
        {
            foreach (Member member in members.Where(_ => random.NextDouble() < ChanceOf(shapes, members)))
            {
                Fill(shapes, made, element.Namespace + member.Name, member.Name, member.Shape, depth + 1);
            }
        }
        else if (shapes.Item(shape) is { } item)
        {
            for (int i = Count(); i > 0; i--)
            {
                Fill(shapes, made, element.Namespace + item.Name, name, item.Shape, depth + 1);
            }
        }
        else
        {
            made.Value = Whole(values.Text(name, shape));
        }
    }

    private double ChanceOf(Shapes shapes, IReadOnlyList<Member> members) => members.Count < 4 ? 0.7 : shapes.Dialect == Dialect.Ec2 ? 0.25 : 0.5;

    private int Count() => random.Next(10) == 0 ? random.Next(50) : random.Next(1, 3);

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
