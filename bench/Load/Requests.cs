using System.Text;
using System.Text.RegularExpressions;

namespace Trunkline.Load;

/// <summary>EC2 query requests as bytes. They are not signed, but name their credential scope as a signature does.</summary>
internal static class Requests
{
    public static byte[] Of(string region, string parameters)
    {
        string body = $"{parameters}&Version=2016-11-15";
        return Encoding.ASCII.GetBytes(
            "POST / HTTP/1.1\r\n"
            + "Host: 127.0.0.1\r\n"
            + "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
            + $"Authorization: AWS4-HMAC-SHA256 Credential=000000000000/20260101/{region}/ec2/aws4_request, "
            + $"SignedHeaders=host, Signature={new string('0', 64)}\r\n"
            + "X-Amz-Date: 20260101T000000Z\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}");
    }

    /// <summary>One request outside of any measurement; returns the first text of the answer that the pattern's group matches.</summary>
    /// <exception cref="InvalidOperationException">The answer is not 200, or nothing matches.</exception>
    public static async Task<string> Once(int port, string region, string parameters, string pattern)
    {
        using Connection connection = new(port);
        Answer answer = await connection.Ask(Of(region, parameters));
        string body = Encoding.UTF8.GetString(answer.Body.Span);
        Match match = Regex.Match(body, pattern);
        return answer.Status == 200 && match.Success
            ? match.Groups[1].Value
            : throw new InvalidOperationException($"{parameters}: {answer.Status} {body[..Math.Min(body.Length, 500)]}");
    }
}
