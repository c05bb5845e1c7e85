namespace Trunkline.Forwarding;

/// <summary>
/// Answers that were worked out from a state and are kept with it: how each target answers each node. Two who ask at once may both work one
/// out; they come to the same, so that it does not matter whose is kept.
/// </summary>
public sealed class CheckMemo(int pools)
{
    private readonly byte[]?[] answers = new byte[pools][];

    /// <summary>A pool's answers, one a node and target; 0 is not known yet.</summary>
    public byte[] Of(int pool, int length) => answers[pool] ??= new byte[length];
}
