using Trunkline.Cli;

namespace Trunkline.Tests.Cli;

public sealed class NearestTests
{
    [Theory]
    [InlineData("expcet", "expect")]
    [InlineData("form", "from")]
    [InlineData("FROM", "from")]
    [InlineData("direktion", "direction")]
    public void AMistypedWordFindsItsLikeliest(string word, string found) =>
        Assert.Equal(found, Nearest.Of(word, ["from", "to", "expect", "direction"]));

    [Fact]
    public void AFarWordFindsTheWholeList() =>
        Assert.Equal("; known here: from, expect", Nearest.Hint("zzzzzzz", ["from", "expect"]));
}
