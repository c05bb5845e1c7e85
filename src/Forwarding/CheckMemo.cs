namespace Trunkline.Forwarding;

/// <summary>
/// Answers that were worked out from a state and are kept with it: how each target answers each node. Two who ask at once may both work one
/// out; they come to the same, so that it does not matter whose is kept.
/// </summary>
/// <remarks>
/// Kept for each depth by itself: a check that passes balancers asks for other checks, and what is too deep is taken for unanswered. An answer
/// that was found further down would make the next one depend on who asked first.
/// </remarks>
public sealed class CheckMemo(int pools)
{
    /// <summary>A balancer behind a balancer behind a balancer: deeper than this nothing is well.</summary>
    public const int DepthMax = 3;

    private readonly byte[]?[]?[] answers = new byte[DepthMax + 1][][];

    /// <summary>A pool's answers, one a node and target; 0 is not known yet.</summary>
    /// <param name="depth">How many checks wait for these: 0 to <see cref="DepthMax"/>.</param>
    public byte[] Of(int pool, int depth, int length) => (answers[depth] ??= new byte[pools][])[pool] ??= new byte[length];
}
