using System.Text.Json.Nodes;
using Trunkline.Forwarding;

namespace Trunkline.Planes;

/// <summary>A plane that answers questions of its own: run a program in a machine, capture its packets, send one for real.</summary>
public interface IPlaneQuestions
{
    /// <summary>The questions' names, as they stand in <c>/_trunkline/plane/NAME</c>.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>Answers; null where the answer went over <see cref="PlaneQuestion.Upgrade"/>.</summary>
    /// <exception cref="PlaneException">It is refused, with the reason.</exception>
    ValueTask<JsonNode?> Answer(PlaneQuestion question, CancellationToken stop);
}

/// <summary>One question.</summary>
/// <param name="Arguments">As the client gave them, with <c>machine</c> turned into the instance's id.</param>
/// <param name="State">The forwarding state that the question is about.</param>
/// <param name="Upgrade">
/// Makes the connection a stream of raw octets both ways; null where the client did not ask for one. Once only; from then on no refusal
/// can be told in HTTP.
/// </param>
public sealed record PlaneQuestion(
    string Name, JsonObject Arguments, ForwardingState State, Func<CancellationToken, ValueTask<Stream>>? Upgrade);
