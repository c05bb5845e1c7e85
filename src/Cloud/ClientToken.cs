namespace Trunkline.Cloud;

/// <summary>An idempotency token that was used: the same request again gets the same answer and makes nothing new.</summary>
/// <remarks>Source: AWS, "Ensuring idempotency in Amazon EC2 API requests".</remarks>
public sealed record ClientToken : IResource<ClientToken>
{
    public static string Kind => "client-token";

    public static string IdPrefix => "";

    /// <summary>Service, operation and token: <c>ec2:RunInstances/abc</c>.</summary>
    public required string Key { get; init; }

    /// <summary>SHA-256 of the other parameters, hexadecimal: the token with other parameters is refused.</summary>
    public required string Digest { get; init; }

    /// <summary>The body of the answer, as it was sent.</summary>
    public required string Answer { get; init; }

    /// <summary>The request id inside the body: a replay bears one of its own.</summary>
    public required string RequestId { get; init; }

    public required DateTimeOffset UsedAt { get; init; }

    /// <remarks>Found by the day it was used, so that old ones are swept without a scan.</remarks>
    public IEnumerable<string> Keys => [DayWord(UsedAt)];

    public static string DayWord(DateTimeOffset time) => $"day/{time.UtcDateTime:yyyyMMdd}";
}
