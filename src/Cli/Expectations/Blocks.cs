using System.Net;
using System.Net.Sockets;

namespace Trunkline.Cli.Expectations;

/// <summary>Addresses and blocks as people write them. IPv4 is four numbers; the shorter spellings of inet_aton are mistakes.</summary>
internal static class Blocks
{
    /// <returns>The block in its usual spelling (an address is a /32 or /128), or null when it is neither.</returns>
    public static IPNetwork? Parse(string text)
    {
        string head = text.Split('/')[0];
        if (!IPAddress.TryParse(head, out IPAddress? address)
            || (address.AddressFamily == AddressFamily.InterNetwork && head.Count(c => c == '.') != 3))
        {
            return null;
        }

        if (!text.Contains('/'))
        {
            return new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        }

        return IPNetwork.TryParse(text, out IPNetwork block) ? block : null;
    }
}
