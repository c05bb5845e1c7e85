using System.IO.Compression;
using System.Text;

namespace Trunkline.Planes.Linux.Machines;

/// <summary>What a machine runs at its first boot, taken apart as cloud-init does it.</summary>
/// <param name="Scripts">Each begins with <c>#!</c>; run in order.</param>
/// <param name="Notes">Parts that are not carried out, one line each.</param>
internal sealed record FirstBoot(IReadOnlyList<byte[]> Scripts, IReadOnlyList<string> Notes)
{
    private const int SizeMax = 1 << 20;

    /// <summary>Takes user data apart: a script, or several in a MIME message, either of them under gzip.</summary>
    public static FirstBoot Of(byte[] userData)
    {
        List<byte[]> scripts = [];
        List<string> notes = [];
        byte[] data = userData;
        if (data is [0x1f, 0x8b, ..] && !TryUnzip(userData, out data))
        {
            notes.Add("user data is no whole gzip file, or larger than 1 MiB: not run");
            return new FirstBoot(scripts, notes);
        }

        string text = Encoding.Latin1.GetString(data);
        IEnumerable<byte[]> parts = text.StartsWith("Content-Type: multipart", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("MIME-Version:", StringComparison.OrdinalIgnoreCase)
            ? PartsOf(text)
            : [data];
        foreach (byte[] part in parts)
        {
            if (part is [(byte)'#', (byte)'!', ..])
            {
                scripts.Add(part);
            }
            else if (part.Length > 0)
            {
                string first = Encoding.UTF8.GetString(part).Split('\n')[0].Trim();
                notes.Add($"user data that begins with '{(first.Length > 60 ? first[..60] : first)}' is not carried out: scripts begin with #!");
            }
        }

        return new FirstBoot(scripts, notes);
    }

    /// <summary>The bodies of a MIME message's parts (RFC 2046), those in base64 decoded.</summary>
    private static IEnumerable<byte[]> PartsOf(string message)
    {
        string text = message.Replace("\r\n", "\n", StringComparison.Ordinal);
        int end = text.IndexOf("\n\n", StringComparison.Ordinal);
        string head = end < 0 ? text : text[..end];
        int at = head.IndexOf("boundary=", StringComparison.OrdinalIgnoreCase);
        if (end < 0 || at < 0)
        {
            yield break;
        }

        string boundary = "--" + head[(at + "boundary=".Length)..].Split(';', '\n')[0].Trim().Trim('"');
        foreach (string part in ("\n" + text[(end + 1)..]).Split("\n" + boundary).Skip(1))
        {
            int body = part.IndexOf("\n\n", StringComparison.Ordinal);
            if (part.StartsWith("--", StringComparison.Ordinal) || body < 0)
            {
                continue;
            }

            bool base64 = part[..body].Contains("base64", StringComparison.OrdinalIgnoreCase);
            string content = part[(body + 2)..];
            yield return base64 ? Decoded(content) : Encoding.Latin1.GetBytes(content + "\n");
        }
    }

    private static byte[] Decoded(string content)
    {
        byte[] to = new byte[content.Length];
        return Convert.TryFromBase64String(content.Replace("\n", "", StringComparison.Ordinal).Trim(), to, out int length) ? to[..length] : [];
    }

    private static bool TryUnzip(byte[] data, out byte[] whole)
    {
        try
        {
            using GZipStream from = new(new MemoryStream(data), CompressionMode.Decompress);
            byte[] buffer = new byte[SizeMax];
            int length = from.ReadAtLeast(buffer, SizeMax, throwOnEndOfStream: false);
            whole = buffer[..length];
            return length < SizeMax;
        }
        catch (InvalidDataException)
        {
            whole = [];
            return false;
        }
    }
}
