namespace Trunkline.Cloud;

/// <summary>A customer agreement of Direct Connect that an account has confirmed; in its us-east-1 partition.</summary>
/// <remarks>Source: Direct Connect API, ConfirmCustomerAgreement.</remarks>
public sealed record DxAgreement : IResource<DxAgreement>
{
    public static string Kind => "dx-agreement";

    public static string IdPrefix => "";

    /// <summary>The agreement's name.</summary>
    public required string Key { get; init; }

    public required DateTimeOffset ConfirmedAt { get; init; }

    public IEnumerable<string> Keys => [];
}
