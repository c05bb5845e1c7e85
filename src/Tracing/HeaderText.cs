using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Tracing;

/// <summary>A header in one line: <c>tcp 10.0.0.5:32768 → 10.0.1.7:443</c>, <c>icmp 8/0 10.0.0.5 → 10.0.1.7</c>.</summary>
public static class HeaderText
{
    public static string Of(Header header)
    {
        string icmp = header.Icmp is { } message ? $" {message.Type}/{message.Code}" : "";
        return $"{Protocols.NameOf(header.Protocol)}{icmp} {End(header.Source, header.SourcePorts)} → {End(header.Destination, header.DestinationPorts)}";
    }

    private static string End(IpAddress address, PortRange? ports)
    {
        if (ports is null)
        {
            return address.ToString();
        }

        string shown = ports.From == ports.To ? $"{ports.From}" : $"{ports.From}-{ports.To}";
        return address.IsV4 ? $"{address}:{shown}" : $"[{address}]:{shown}";
    }
}
