using System.Collections.Immutable;

namespace Trunkline.Cloud;

/// <summary>The public half of a key pair; the private half is given out once and not kept. Source: AWS, "Amazon EC2 key pairs".</summary>
public sealed record KeyPair : IResource<KeyPair>, ITagged
{
    public static string Kind => "key-pair";

    public static string IdPrefix => "key";

    public required Id<KeyPair> Id { get; init; }

    public required string Name { get; init; }

    /// <summary><c>rsa</c> or <c>ed25519</c>.</summary>
    public required string KeyType { get; init; }

    /// <summary>As AWS computes it: of the private key where AWS made it, of the public key where it was imported.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>OpenSSH's one line, without a comment.</summary>
    public required string PublicKey { get; init; }

    public required DateTimeOffset CreateTime { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = Trunkline.Cloud.Tags.None;

    public string Key => Id.Value;

    public IEnumerable<string> Keys => [NameWord(Name)];

    public static string NameWord(string name) => $"name/{name}";

    public ITagged WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
