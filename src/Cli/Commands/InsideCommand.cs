using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Xml.Linq;

namespace Trunkline.Cli.Commands;

/// <summary>
/// <c>trunkline inside INSTANCE</c>: the host name and interfaces that the instance's own system shows. No public address is among them.
/// </summary>
internal static class InsideCommand
{
    // Every current instance type sends jumbo frames inside its VPC (EC2 user guide, network_mtu.html).
    private const int InstanceMtu = 9001;

    public static Command Build(CliContext context, GlobalOptions globals)
    {
        Argument<string> instance = new("INSTANCE") { Description = "Instance id or tag Name" };
        Command command = new("inside", "What an instance knows of itself: host name, interfaces, addresses") { instance };
        command.SetAction(async (result, stop) =>
        {
            Target target = globals.Resolve(result, context);
            using EndpointClient client = new(target);
            View view = await Look(client, target, result.GetValue(instance)!, stop);
            if (result.GetValue(globals.Json))
            {
                context.WriteJson(view);
            }
            else
            {
                Print(context, view);
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task<View> Look(EndpointClient client, Target target, string instance, CancellationToken stop)
    {
        Dictionary<string, string> question = new() { ["Action"] = "DescribeInstances", ["Version"] = "2016-11-15" };
        question["Filter.1.Name"] = instance.StartsWith("i-", StringComparison.Ordinal) ? "instance-id" : "tag:Name";
        question["Filter.1.Value.1"] = instance;
        question["Filter.2.Name"] = "instance-state-name";
        question["Filter.2.Value.1"] = "running";
        question["Filter.2.Value.2"] = "stopped";
        List<XElement> found = [.. Items(XDocument.Parse(await client.Ec2(question, stop)).Root!, "reservationSet")
            .SelectMany(r => Items(r, "instancesSet"))];
        if (found.Count != 1)
        {
            string ids = string.Join(", ", found.Select(i => Text(i, "instanceId")));
            throw CliException.Usage(found.Count == 0
                ? $"no instance '{instance}' in account {target.Account}, region {target.Region}"
                : $"'{instance}' is the Name of {found.Count} instances: take an id ({ids})");
        }

        List<Interface> interfaces = [];
        foreach (XElement eni in Items(found[0], "networkInterfaceSet").OrderBy(DeviceIndex))
        {
            interfaces.Add(await Observe(client, eni, interfaces.Count, stop));
        }

        string host = Text(found[0], "privateDnsName").Split('.')[0];
        return new View(Text(found[0], "instanceId"), host, interfaces);
    }

    private static async Task<Interface> Observe(EndpointClient client, XElement eni, int index, CancellationToken stop)
    {
        Dictionary<string, string> question = new()
        {
            ["Action"] = "DescribeSubnets",
            ["Version"] = "2016-11-15",
            ["SubnetId.1"] = Text(eni, "subnetId"),
        };
        XElement subnet = Items(XDocument.Parse(await client.Ec2(question, stop)).Root!, "subnetSet").Single();
        IPNetwork block = IPNetwork.Parse(Text(subnet, "cidrBlock"));
        List<string> addresses =
            [.. Items(eni, "privateIpAddressesSet").Select(a => $"{Text(a, "privateIpAddress")}/{block.PrefixLength}")];
        List<string> six = [.. Items(eni, "ipv6AddressesSet").Select(a => Text(a, "ipv6Address") + "/128")];
        return new Interface($"eth{index}", InstanceMtu, Text(eni, "macAddress"), addresses, six, Broadcast(block));
    }

    private static int DeviceIndex(XElement eni) =>
        int.Parse(Text(eni.Element(eni.Name.Namespace + "attachment")!, "deviceIndex"), CultureInfo.InvariantCulture);

    private static string Broadcast(IPNetwork block)
    {
        byte[] bytes = block.BaseAddress.GetAddressBytes();
        for (int bit = block.PrefixLength; bit < 32; bit++)
        {
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes).ToString();
    }

    private static void Print(CliContext context, View view)
    {
        TextWriter to = context.Output;
        to.WriteLine("$ hostname");
        to.WriteLine(view.HostName);
        to.WriteLine("$ ip addr");
        to.WriteLine("1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536");
        to.WriteLine("    inet 127.0.0.1/8 scope host lo");
        foreach ((int number, Interface eni) in view.Interfaces.Select((eni, i) => (i + 2, eni)))
        {
            to.WriteLine($"{number}: {eni.Name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu {eni.Mtu}");
            to.WriteLine($"    link/ether {eni.MacAddress} brd ff:ff:ff:ff:ff:ff");
            foreach (string address in eni.Addresses)
            {
                to.WriteLine($"    inet {address} brd {eni.Broadcast} scope global {eni.Name}");
            }

            foreach (string address in eni.Ipv6Addresses)
            {
                to.WriteLine($"    inet6 {address} scope global {eni.Name}");
            }
        }
    }

    // EC2 answers lists as <set><item/>...</set>, in a namespace that carries the API's version.
    private static IEnumerable<XElement> Items(XElement parent, string set) =>
        parent.Element(parent.Name.Namespace + set)?.Elements(parent.Name.Namespace + "item") ?? [];

    private static string Text(XElement parent, string name) => parent.Element(parent.Name.Namespace + name)?.Value ?? "";

    private sealed record View(string InstanceId, string HostName, IReadOnlyList<Interface> Interfaces);

    private sealed record Interface(
        string Name, int Mtu, string MacAddress, IReadOnlyList<string> Addresses, IReadOnlyList<string> Ipv6Addresses, string Broadcast);
}
