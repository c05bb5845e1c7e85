using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Machines;
using Trunkline.Control.Names;
using Trunkline.Tracing;

namespace Trunkline.Api;

/// <summary>The body of <c>POST /_trunkline/resolve</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ResolveRequest
{
    public string? Name { get; init; }

    /// <summary>An instance (id, interface, address or tag <c>Name</c>) or a VPC's id; outside AWS when not given.</summary>
    public string? From { get; init; }

    /// <summary><c>A</c>, <c>AAAA</c>, <c>CNAME</c>, …; A and AAAA when not given.</summary>
    public string? Type { get; init; }
}

/// <summary>Answers what a name stands for, from the one resolver.</summary>
internal static class ResolveQuestion
{
    public static JsonNode Answer(Engine engine, PartitionKey home, ResolveRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Name))
        {
            throw new Fault("MissingName", "'name' is missing");
        }

        ushort type = request.Type is null ? DnsTypes.Any : DnsTypes.Of(request.Type);
        if (type == 0)
        {
            throw new Fault("InvalidType", $"'{request.Type}' is no type of record");
        }

        Tracer tracer = engine.Tracer;
        NameAnswer answer = Ask(tracer, home, request.From, request.Name.Trim(), type);
        return new JsonObject
        {
            ["name"] = request.Name.Trim(),
            ["status"] = answer.Code.ToString(),
            ["reason"] = answer.Reason,
            ["records"] = new JsonArray(
            [
                .. answer.Records.Select(r => (JsonNode)new JsonObject
                {
                    ["name"] = r.Owner,
                    ["type"] = DnsTypes.TextOf(r.Type),
                    ["ttl"] = r.Ttl,
                    ["value"] = r.ToString(),
                }),
            ]),
        };
    }

    private static NameAnswer Ask(Tracer tracer, PartitionKey home, string? from, string name, ushort type)
    {
        NameResolver resolver = NameResolver.Of(tracer.State.Cloud, tracer);
        if (string.IsNullOrWhiteSpace(from) || from == "internet")
        {
            return resolver.Outside(name, type);
        }

        Partition here = tracer.State.Cloud.Partition(home);
        if (Kinds.OfId(from) == Kind.Of<Vpc>())
        {
            return here.Find(new Id<Vpc>(from)) is { } vpc
                ? resolver.Inside(here, vpc, name, type)
                : throw new Fault("UnknownEndpoint", $"there is no VPC '{from}' in {home}");
        }

        if (!new EndpointResolver(tracer.State, home).TryMachine(from, out string id, out string error))
        {
            throw new Fault("UnknownEndpoint", error);
        }

        // The words may name another account and region than the home one.
        foreach (Partition partition in tracer.State.Cloud.Partitions.Values)
        {
            if (MachineView.Of(partition, id) is { } machine)
            {
                return resolver.For(machine, name, type);
            }
        }

        throw new Fault("UnknownEndpoint", $"'{from}' has no interface that could ask");
    }
}
