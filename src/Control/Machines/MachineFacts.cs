using System.Text;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Control.Machines;

/// <summary>What an instance's own system is told when it starts: its name, its files, and what it runs at its first boot.</summary>
/// <param name="HostName">Without a domain: <c>ip-10-0-1-171</c>.</param>
/// <param name="Files">Full path to text: <c>/etc/hostname</c>, <c>/etc/hosts</c>, <c>/etc/resolv.conf</c>.</param>
/// <param name="Boot">Counts starts and reboots: another number means that its programs have ended.</param>
/// <param name="UserData">Base64; null where it has none.</param>
public sealed record MachineFacts(string InstanceId, string HostName, IReadOnlyDictionary<string, string> Files, int Boot, string? UserData)
{
    /// <summary>Octets of an IP packet inside a VPC (rule 98; AWS, "Network MTU for your EC2 instance").</summary>
    public const int Mtu = 9001;

    public static MachineFacts Of(MachineView machine)
    {
        string full = machine.FullName;
        Dictionary<string, string> files = new(StringComparer.Ordinal)
        {
            ["/etc/hostname"] = $"{machine.ShortName}\n",
            ["/etc/hosts"] = "127.0.0.1 localhost localhost.localdomain\n::1 localhost localhost.localdomain ip6-localhost ip6-loopback\n",
            ["/etc/resolv.conf"] = Resolv(machine),
        };
        return new MachineFacts(machine.Instance.Id.Value, machine.ShortName, files, machine.Instance.Boots, machine.Instance.UserData);
    }

    /// <summary>The name servers that DHCP gives, where <c>AmazonProvidedDNS</c> is the VPC's own; none where the set names none.</summary>
    public static IEnumerable<IpAddress> NameServers(Partition here, Vpc vpc)
    {
        foreach (string text in MachineView.DhcpOption(here, vpc, "domain-name-servers"))
        {
            if (text != "AmazonProvidedDNS")
            {
                yield return IpAddress.Parse(text);
            }
            else if (vpc.EnableDnsSupport)
            {
                yield return ServiceAddresses.ResolverOf(vpc);
            }
        }
    }

    private static string Resolv(MachineView machine)
    {
        StringBuilder text = new();
        text.Append("search ")
            .Append(string.Join(' ', MachineView.DhcpOption(machine.Here, machine.Vpc, "domain-name") is [var own, ..] ? own : machine.Domain))
            .Append('\n');
        foreach (IpAddress server in NameServers(machine.Here, machine.Vpc))
        {
            text.Append("nameserver ").Append(server).Append('\n');
        }

        return text.ToString();
    }
}
