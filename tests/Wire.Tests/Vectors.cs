using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Trunkline.Wire;

namespace Trunkline.Tests.Wire;

/// <summary>
/// Vectors are data: <c>vectors/SERVICE.txt</c> holds requests and the whole replies to them. With TRUNKLINE_RECORD=1 the replies
/// are written anew instead of compared; the difference is then read in review.
/// </summary>
public sealed class Vectors
{
    private const string Start = "=== ";

    private static readonly bool Recording = Environment.GetEnvironmentVariable("TRUNKLINE_RECORD") == "1";

    [Theory]
    [InlineData("compute")]
    [InlineData("queue")]
    [InlineData("params")]
    [InlineData("network")]
    [InlineData("zones")]
    public void Requests_get_their_replies(string service)
    {
        string file = Path.Combine(Folder(), service + ".txt");
        List<(string Name, string Request, string Reply)> vectors = Read(File.ReadAllText(file));
        Assert.NotEmpty(vectors);
        StringBuilder recorded = new();
        List<string> differences = [];
        foreach ((string name, string request, string reply) in vectors)
        {
            string actual = Print(Handlers.Reply(Request(request), service));
            if (actual != reply)
            {
                differences.Add($"{name}\nexpected {reply}\nactual   {actual}");
            }

            recorded.Append(CultureInfo.InvariantCulture, $"{Start}{name}\n{request}\n---\n{actual}\n");
        }

        if (Recording)
        {
            File.WriteAllText(file, recorded.ToString());
        }

        Assert.True(Recording || differences.Count == 0, string.Join("\n\n", differences));
    }

    private static string Folder([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "vectors");

    private static List<(string Name, string Request, string Reply)> Read(string text)
    {
        List<(string, string, string)> found = [];
        foreach (string block in ("\n" + text).Split("\n" + Start, StringSplitOptions.RemoveEmptyEntries))
        {
            int line = block.IndexOf('\n');
            string rest = block[(line + 1)..];
            int middle = rest.IndexOf("\n---", StringComparison.Ordinal);
            string request = rest[..(middle < 0 ? rest.Length : middle)].TrimEnd('\n');
            found.Add((block[..line], request, middle < 0 ? "" : rest[(middle + 4)..].Trim('\n')));
        }

        return found;
    }

    /// <summary>METHOD ADDRESS, header lines, an empty line, the body with its line ends taken out.</summary>
    private static WireRequest Request(string text)
    {
        string[] lines = text.Split('\n');
        string[] first = lines[0].Split(' ');
        int mark = first[1].IndexOf('?');
        int empty = Array.IndexOf(lines, "");
        List<KeyValuePair<string, string>> headers = [];
        foreach (string line in lines[1..(empty < 0 ? lines.Length : empty)])
        {
            int colon = line.IndexOf(':');
            headers.Add(new KeyValuePair<string, string>(line[..colon], line[(colon + 1)..].Trim()));
        }

        return new WireRequest(
            first[0],
            mark < 0 ? first[1] : first[1][..mark],
            mark < 0 ? "" : first[1][(mark + 1)..],
            headers,
            Encoding.UTF8.GetBytes(empty < 0 ? "" : string.Concat(lines[(empty + 1)..])));
    }

    private static string Print(WireResponse response)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{response.Status} {response.ContentType}\n");
        foreach (KeyValuePair<string, string> header in response.Headers.Where(header => header.Value != "r-1"))
        {
            text.Append(CultureInfo.InvariantCulture, $"{header.Key}: {header.Value}\n");
        }

        string body = Encoding.UTF8.GetString(response.Body.Span);
        return text.Append(body.Replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", "<?xml?>", StringComparison.Ordinal)).ToString();
    }
}
