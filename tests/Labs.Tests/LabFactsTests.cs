namespace Trunkline.Tests.Labs;

/// <summary>The table of docs/labs.md: each flow that it names is in the file that it names.</summary>
public sealed class LabFactsTests
{
    [Theory]
    [MemberData(nameof(LabRunTests.All), MemberType = typeof(LabRunTests))]
    public void The_first_page_lists_a_lab(string lab) =>
        Assert.Contains($"[{lab[..2]}](labs/{lab}/README.md)", File.ReadAllText(Path.Combine(Repository.Root, "README.md")));

    [Fact]
    public void Every_flow_that_the_page_names_is_in_its_file()
    {
        string[] rows = [.. File.ReadAllLines(Path.Combine(Repository.Root, "docs", "labs.md")).SkipWhile(l => !l.StartsWith("| fact ", StringComparison.Ordinal))];
        string[] cells =
        [
            .. rows.Skip(2).TakeWhile(l => l.StartsWith('|')).SelectMany(l => l.Trim('|').Split('|').Skip(1)).Select(c => c.Trim()).Where(c => c.Length > 0),
        ];
        Assert.True(cells.Length > 50, $"{cells.Length} flows");
        Assert.All(cells, cell =>
        {
            string[] parts = cell.Split(": ", 2);
            string[] place = parts[0].Split(' ');
            string folder = Assert.Single(Directory.GetDirectories(Path.Combine(Repository.Root, "labs"), place[0] + "-*"));
            string file = Path.Combine(folder, place[1] + ".yaml");
            Assert.Contains($"  - name: {parts[1]}", File.ReadAllLines(file));
        });
    }
}
