namespace Trunkline.Cli;

/// <summary>The host and the port that a URL of http or https names.</summary>
internal sealed record HttpTarget(string Host, int Port)
{
    /// <exception cref="CliException">It is no such URL.</exception>
    public static HttpTarget Read(string url) => TryRead(url)
        ?? throw CliException.Usage($"'{url}' is not a URL of http or https: write https://shop.example/cart");

    public static HttpTarget? TryRead(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? read) && read.Scheme is "http" or "https" ? new HttpTarget(read.Host, read.Port) : null;
}
