using System.Security.Cryptography;
using System.Text;
using Trunkline.Cloud;

namespace Trunkline.Control;

/// <summary>Client tokens: the same request twice is carried out once. Source: AWS, "Ensuring idempotency in Amazon EC2 API requests".</summary>
internal static class Idempotency
{
    private const int TokenLengthMax = 64;

    /// <summary>The answer already given to this token, as a body for this request; null where the token is new.</summary>
    public static string? Replay(CommandContext context, Command command)
    {
        if (command.ClientToken is not { } token)
        {
            return null;
        }

        if (token.Length > TokenLengthMax || token.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new Fault("InvalidParameterValue", $"Invalid value for ClientToken: up to {TokenLengthMax} ASCII characters are allowed");
        }

        if (context.Here.Find(KeyOf(command, token)) is not { } used || used.UsedAt < context.Now.AddDays(-1))
        {
            return null;
        }

        return used.Digest == DigestOf(command)
            ? used.Answer.Replace(used.RequestId, context.Caller.RequestId, StringComparison.Ordinal)
            : throw new Fault(
                "IdempotentParameterMismatch", "The request uses the same client token as a previous, but non-identical request.");
    }

    /// <summary>Notes the answer beside what the command wrote; sweeps what was used two days ago.</summary>
    public static void Note(CommandContext context, Command command, object output)
    {
        if (command.ClientToken is not { } token)
        {
            return;
        }

        foreach (ClientToken old in context.Here.By<ClientToken>(ClientToken.DayWord(context.Now.AddDays(-2))).ToList())
        {
            context.Remove(new Id<ClientToken>(old.Key));
        }

        context.Put(new ClientToken
        {
            Key = KeyOf(command, token).Value,
            Digest = DigestOf(command),
            Answer = command.Render(output),
            RequestId = context.Caller.RequestId,
            UsedAt = context.Now,
        });
    }

    private static Id<ClientToken> KeyOf(Command command, string token) => new($"{command.Action}/{token}");

    private static string DigestOf(Command command) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(command.Parameters())));
}
