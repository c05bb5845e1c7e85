using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Wire;

namespace Trunkline.Api;

/// <summary>Who a request speaks for: a twelve-digit access key id is the account, any other key is account 000000000000.</summary>
internal static class Callers
{
    public const string DefaultAccount = "000000000000";
    public const string DefaultRegion = "us-east-1";

    /// <summary>The longest region name that is taken from a credential scope.</summary>
    private const int RegionLengthMax = 64;

    public static Caller Of(RequestSignature? signature, string requestId)
    {
        string key = signature?.AccessKeyId ?? "";
        string account = key.Length == 12 && !key.AsSpan().ContainsAnyExceptInRange('0', '9') ? key : DefaultAccount;
        string region = signature?.Region is { Length: > 0 and <= RegionLengthMax } named ? named : DefaultRegion;
        return new Caller(new PartitionKey(account, region), key, requestId);
    }
}
