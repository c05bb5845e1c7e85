using System.Text.Json.Nodes;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Control;

/// <summary>What a question's arguments mean in the cloud: planes know no names and no accounts.</summary>
internal static class PlaneArguments
{
    /// <summary>Turns <c>machine</c> into an instance's id: the id itself, an interface's, an address or a tag Name, as for a trace.</summary>
    /// <exception cref="Fault">Nothing has that name, or several have.</exception>
    public static void Resolve(JsonObject arguments, ForwardingState state, PartitionKey home)
    {
        if (arguments["machine"] is not JsonValue word)
        {
            return;
        }

        if (!word.TryGetValue(out string? name))
        {
            throw new Fault("UnknownMachine", "'machine' is not text");
        }

        arguments["machine"] = new EndpointResolver(state, home).TryMachine(name, out string id, out string error)
            ? id
            : throw new Fault("UnknownMachine", error);
    }
}
