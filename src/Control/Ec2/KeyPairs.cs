using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Key pairs. Source: AWS, "Amazon EC2 key pairs"; EC2 API, CreateKeyPair, ImportKeyPair.</summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<KeyPair> KeyPairIds =
        new("KeyPairId", "InvalidKeyPair.NotFound", "InvalidParameterValue", "The key pair ID '{0}' does not exist");

    private static readonly FilterTable<KeyPair> KeyPairFilters = new()
    {
        { "key-pair-id", k => k.Key },
        { "fingerprint", k => k.Fingerprint },
        { "key-name", k => k.Name },
    };

    public Aws.KeyPair CreateKeyPair(CommandContext context, Aws.CreateKeyPairRequest request)
    {
        string name = NewKeyName(context, request.KeyName);
        KeyFiles files = new(context.Keys(request.KeyType ?? "rsa"));
        KeyPair pair = PutKeyPair(
            context, name, new PublicKeyRead(request.KeyType ?? "rsa", files.PublicLine, files.Fingerprint), request.TagSpecifications);
        return new Aws.KeyPair
        {
            KeyPairId = pair.Key,
            KeyName = pair.Name,
            KeyFingerprint = pair.Fingerprint,
            KeyMaterial = request.KeyFormat == "ppk" ? files.Ppk(name) : files.Pem(),
            Tags = TagRules.ToWire(pair.Tags),
        };
    }

    public Aws.ImportKeyPairResult ImportKeyPair(CommandContext context, Aws.ImportKeyPairRequest request)
    {
        string name = NewKeyName(context, request.KeyName);
        KeyPair pair = PutKeyPair(context, name, PublicKeys.Read(request.PublicKeyMaterial), request.TagSpecifications);
        return new Aws.ImportKeyPairResult
        {
            KeyPairId = pair.Key,
            KeyName = pair.Name,
            KeyFingerprint = pair.Fingerprint,
            Tags = TagRules.ToWire(pair.Tags),
        };
    }

    public Aws.DescribeKeyPairsResult DescribeKeyPairs(CommandContext context, Aws.DescribeKeyPairsRequest request)
    {
        IEnumerable<KeyPair> rows = context.Here.All<KeyPair>();
        if (request.KeyNames is { Count: > 0 } names)
        {
            rows = [.. names.Distinct(StringComparer.Ordinal).Select(n => KeyPairNamed(context, n) ?? throw KeyPairNotFound(n))];
        }

        if (request.KeyPairIds is { Count: > 0 } ids)
        {
            HashSet<string> wanted = [.. ids.Select(id => KeyPairById(context, id).Key)];
            rows = rows.Where(k => wanted.Contains(k.Key));
        }

        return new Aws.DescribeKeyPairsResult
        {
            KeyPairs =
            [
                .. KeyPairFilters.Apply(context, rows, request.Filters).Select(k => new Aws.KeyPairInfo
                {
                    KeyPairId = k.Key,
                    KeyName = k.Name,
                    KeyType = k.KeyType,
                    KeyFingerprint = k.Fingerprint,
                    PublicKey = request.IncludePublicKey == true ? $"{k.PublicKey} {k.Name}\n" : null,
                    CreateTime = k.CreateTime,
                    Tags = TagRules.ToWire(k.Tags),
                }),
            ],
        };
    }

    /// <remarks>AWS answers that a pair that is not there was deleted too.</remarks>
    public Aws.DeleteKeyPairResult DeleteKeyPair(CommandContext context, Aws.DeleteKeyPairRequest request)
    {
        if (request.KeyName is null && request.KeyPairId is null)
        {
            throw Fault.Missing("KeyName or KeyPairId");
        }

        if (request.KeyName is not null && request.KeyPairId is not null)
        {
            throw Fault.Combination("The parameter keyName cannot be used with the parameter keyPairId");
        }

        KeyPair? pair = request.KeyName is { } name
            ? KeyPairNamed(context, name) : context.Here.Find(new Id<KeyPair>(request.KeyPairId!));
        if (pair is not null)
        {
            context.Remove(pair.Id);
        }

        return new Aws.DeleteKeyPairResult { Return = true, KeyPairId = pair?.Key };
    }

    internal static Fault KeyPairNotFound(string name) => new("InvalidKeyPair.NotFound", $"The key pair '{name}' does not exist");

    private static KeyPair? KeyPairNamed(CommandContext context, string name) =>
        context.Here.By<KeyPair>(KeyPair.NameWord(name)).FirstOrDefault();

    private static KeyPair KeyPairById(CommandContext context, string id) => context.Here.Find(new Id<KeyPair>(id))
        ?? throw KeyPairIds.NotFound(id);

    private static string NewKeyName(CommandContext context, string? text)
    {
        string name = Door.Required(text, "KeyName");
        if (name.Length > 255 || !System.Text.Ascii.IsValid(name))
        {
            throw Fault.Invalid($"Value ({name}) for parameter KeyName is invalid. It must be up to 255 ASCII characters.");
        }

        return KeyPairNamed(context, name) is null ? name : throw new Fault(
            "InvalidKeyPair.Duplicate", $"The keypair already exists");
    }

    private static KeyPair PutKeyPair(
        CommandContext context, string name, PublicKeyRead key, IReadOnlyList<Aws.TagSpecification>? tags) => context.Put(new KeyPair
        {
            Id = new(context.NewId(KeyPair.IdPrefix)),
            Name = name,
            KeyType = key.Type,
            Fingerprint = key.Fingerprint,
            PublicKey = key.Line,
            CreateTime = context.Now,
            Tags = TagRules.New<KeyPair>(tags),
        });
}
