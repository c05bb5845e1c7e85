using System.Globalization;
using System.Text;
using System.Text.Json;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control.Ec2;

namespace Trunkline.Control.Machines;

/// <summary>
/// What the instance metadata service tells one instance: every path below <c>/latest</c> with its text. A folder is every path that has more
/// behind a slash. Source: AWS, "Instance metadata categories".
/// </summary>
/// <remarks>Categories that speak of what Trunkline does not hold (events, spot, licences) are absent, which AWS answers with 404 too.</remarks>
public static class MetadataTree
{
    /// <summary>Paths in ordinal order, such as <c>meta-data/placement/region</c>, to their text.</summary>
    public static SortedDictionary<string, string> Of(MachineView machine)
    {
        SortedDictionary<string, string> tree = new(StringComparer.Ordinal);
        Instance instance = machine.Instance;
        tree["meta-data/ami-id"] = instance.ImageId;
        tree["meta-data/ami-launch-index"] = instance.LaunchIndex.ToString(CultureInfo.InvariantCulture);
        tree["meta-data/ami-manifest-path"] = "(unknown)";
        tree["meta-data/hibernation/configured"] = instance.Hibernation ? "true" : "false";
        tree["meta-data/instance-action"] = "none";
        tree["meta-data/instance-id"] = instance.Id.Value;
        tree["meta-data/instance-life-cycle"] = instance.Lifecycle ?? "on-demand";
        tree["meta-data/instance-type"] = instance.InstanceType;
        tree["meta-data/profile"] = "default-hvm";
        tree["meta-data/reservation-id"] = instance.ReservationId;
        tree["meta-data/services/domain"] = instance.Zone.StartsWith("cn-", StringComparison.Ordinal) ? "amazonaws.com.cn" : "amazonaws.com";
        tree["meta-data/services/partition"] = PartitionOf(machine.Here.Region);
        tree["meta-data/system"] = "nitro";
        Names(tree, machine);
        Placement(tree, machine);
        Devices(tree, machine);
        foreach (NetworkInterface eni in machine.Interfaces)
        {
            Interface(tree, machine, eni);
        }

        Keys(tree, machine);
        TagsOf(tree, instance);
        tree["dynamic/instance-identity/document"] = IdentityDocument(machine);
        tree["dynamic/fws/instance-monitoring"] = instance.Monitored ? "enabled" : "disabled";
        return tree;
    }

    /// <summary>The text of a path, or the names in a folder one a line; null where there is neither.</summary>
    /// <param name="path">Below <c>/latest/</c>, with or without a closing slash; "" for the top.</param>
    public static string? Find(SortedDictionary<string, string> tree, string path)
    {
        path = path.TrimEnd('/');
        if (tree.TryGetValue(path, out string? text))
        {
            return text;
        }

        string folder = path.Length == 0 ? "" : path + "/";
        List<string> names = [];
        foreach ((string at, string value) in tree)
        {
            if (!at.StartsWith(folder, StringComparison.Ordinal))
            {
                continue;
            }

            int slash = at.IndexOf('/', folder.Length);
            string name = slash < 0 ? at[folder.Length..] : at[folder.Length..(slash + 1)];
            name = path == "meta-data/public-keys" ? KeyLine(tree, name) : name;
            if (names.Count == 0 || names[^1] != name)
            {
                names.Add(name);
            }
        }

        return names.Count == 0 ? null : string.Join('\n', names);
    }

    private static void Names(SortedDictionary<string, string> tree, MachineView machine)
    {
        NetworkInterface primary = machine.Primary;
        tree["meta-data/hostname"] = machine.FullName;
        tree["meta-data/local-hostname"] = machine.FullName;
        tree["meta-data/mac"] = primary.MacAddress;
        if (primary.PrimaryIp is { } ip)
        {
            tree["meta-data/local-ipv4"] = ip.ToString();
        }

        if (!primary.Ipv6Addresses.IsEmpty)
        {
            tree["meta-data/ipv6"] = primary.Ipv6Addresses[0].ToString();
        }

        tree["meta-data/security-groups"] = string.Join('\n', GroupNames(machine, primary));
        if (!primary.PrivateAddresses.IsEmpty && machine.PublicOf(primary, primary.PrivateAddresses[0]) is { } shown)
        {
            tree["meta-data/public-ipv4"] = shown.ToString();
            if (DnsNames.HasNames(machine.Vpc))
            {
                tree["meta-data/public-hostname"] = DnsNames.OfPublic(machine.Here.Region, shown);
            }
        }
    }

    private static void Placement(SortedDictionary<string, string> tree, MachineView machine)
    {
        const string at = "meta-data/placement/";
        Instance instance = machine.Instance;
        tree[at + "availability-zone"] = instance.Zone;
        tree[at + "region"] = machine.Here.Region;
        foreach (Zone zone in Regions.ZonesOf(machine.Here.Account, machine.Here.Region))
        {
            if (zone.Name == instance.Zone)
            {
                tree[at + "availability-zone-id"] = zone.ZoneId;
            }
        }

        if (instance.PlacementGroup is { } group)
        {
            tree[at + "group-name"] = group;
        }

        if (instance.PartitionNumber is { } number)
        {
            tree[at + "partition-number"] = number.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static void Devices(SortedDictionary<string, string> tree, MachineView machine)
    {
        const string at = "meta-data/block-device-mapping/";
        tree[at + "ami"] = machine.Instance.RootDeviceName;
        tree[at + "root"] = machine.Instance.RootDeviceName;
        int number = 1;
        foreach (Volume volume in machine.Here.By<Volume>(machine.Instance.Key))
        {
            foreach (VolumeAttachment attachment in volume.Attachments)
            {
                if (attachment.InstanceId == machine.Instance.Id && attachment.Device != machine.Instance.RootDeviceName)
                {
                    tree[string.Create(CultureInfo.InvariantCulture, $"{at}ebs{number++}")] = attachment.Device;
                }
            }
        }
    }

    private static void Interface(SortedDictionary<string, string> tree, MachineView machine, NetworkInterface eni)
    {
        string at = $"meta-data/network/interfaces/macs/{eni.MacAddress}/";
        tree[at + "device-number"] = (eni.Attachment?.DeviceIndex ?? 0).ToString(CultureInfo.InvariantCulture);
        tree[at + "network-card"] = (eni.Attachment?.NetworkCardIndex ?? 0).ToString(CultureInfo.InvariantCulture);
        tree[at + "interface-id"] = eni.Id.Value;
        tree[at + "mac"] = eni.MacAddress;
        tree[at + "owner-id"] = machine.Here.Account;
        tree[at + "security-groups"] = string.Join('\n', GroupNames(machine, eni));
        tree[at + "security-group-ids"] = string.Join('\n', eni.Groups.Select(g => g.Value));
        tree[at + "subnet-id"] = eni.SubnetId.Value;
        tree[at + "vpc-id"] = eni.VpcId.Value;
        if (eni.PrimaryIp is { } primary)
        {
            tree[at + "local-hostname"] = eni == machine.Primary ? machine.FullName : DnsNames.OfPrivate(machine.Here.Region, primary);
            tree[at + "local-ipv4s"] = string.Join('\n', eni.PrivateAddresses.Select(a => a.Ip));
        }

        Lines(tree, at + "ipv6s", eni.Ipv6Addresses);
        Lines(tree, at + "ipv4-prefix", eni.Ipv4Prefixes);
        Lines(tree, at + "ipv6-prefix", eni.Ipv6Prefixes);
        Lines(tree, at + "vpc-ipv4-cidr-blocks", machine.Vpc.Cidrs.Select(c => c.Cidr));
        Lines(tree, at + "vpc-ipv6-cidr-blocks", machine.Vpc.Ipv6Cidrs.Select(c => c.Cidr));
        tree[at + "vpc-ipv4-cidr-block"] = machine.Vpc.PrimaryCidr.ToString();
        Subnet subnet = machine.Here.Get(eni.SubnetId);
        if (subnet.Cidr is { } cidr)
        {
            tree[at + "subnet-ipv4-cidr-block"] = cidr.ToString();
        }

        Lines(tree, at + "subnet-ipv6-cidr-blocks", subnet.Ipv6Cidrs.Select(c => c.Cidr));
        PublicAddresses(tree, machine, eni, at);
    }

    private static void PublicAddresses(SortedDictionary<string, string> tree, MachineView machine, NetworkInterface eni, string at)
    {
        List<IpAddress> all = [];
        foreach (InterfaceAddress address in eni.PrivateAddresses)
        {
            if (machine.PublicOf(eni, address) is { } shown)
            {
                all.Add(shown);
                tree[$"{at}ipv4-associations/{shown}"] = address.Ip.ToString();
            }
        }

        Lines(tree, at + "public-ipv4s", all);
        if (all.Count > 0 && DnsNames.HasNames(machine.Vpc))
        {
            tree[at + "public-hostname"] = DnsNames.OfPublic(machine.Here.Region, all[0]);
        }
    }

    private static void Keys(SortedDictionary<string, string> tree, MachineView machine)
    {
        if (machine.Instance.KeyName is { } name && machine.Here.By<KeyPair>(KeyPair.NameWord(name)).FirstOrDefault() is { } key)
        {
            tree["meta-data/public-keys/0/openssh-key"] = $"{key.PublicKey} {name}";
        }

        if (machine.Instance.Profile is { } profile)
        {
            tree["meta-data/iam/info"] = JsonSerializer.Serialize(
                new { Code = "Success", LastUpdated = profile.Time.UtcDateTime, InstanceProfileArn = profile.Arn, InstanceProfileId = profile.ProfileId },
                Indented);
        }
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static void TagsOf(SortedDictionary<string, string> tree, Instance instance)
    {
        if (instance.Metadata.InstanceMetadataTags == "enabled")
        {
            foreach ((string key, string value) in instance.Tags)
            {
                tree["meta-data/tags/instance/" + key] = value;
            }
        }
    }

    /// <summary>AWS lists the keys as <c>0=my-key</c>.</summary>
    private static string KeyLine(SortedDictionary<string, string> tree, string folder)
    {
        string number = folder.TrimEnd('/');
        string line = tree[$"meta-data/public-keys/{number}/openssh-key"];
        return $"{number}={line[(line.LastIndexOf(' ') + 1)..]}";
    }

    private static IEnumerable<string> GroupNames(MachineView machine, NetworkInterface eni) =>
        eni.Groups.Select(g => machine.Here.Find(g)?.Name ?? g.Value);

    private static void Lines<T>(SortedDictionary<string, string> tree, string at, IEnumerable<T> values)
    {
        StringBuilder text = new();
        foreach (T value in values)
        {
            text.Append(text.Length == 0 ? "" : "\n").Append(value);
        }

        if (text.Length > 0)
        {
            tree[at] = text.ToString();
        }
    }

    private static string PartitionOf(string region) =>
        region.StartsWith("cn-", StringComparison.Ordinal) ? "aws-cn" : region.StartsWith("us-gov-", StringComparison.Ordinal) ? "aws-us-gov" : "aws";

    /// <summary>Source: AWS, "Instance identity documents"; its signatures are not made, since only AWS holds the key.</summary>
    private static string IdentityDocument(MachineView machine)
    {
        Instance instance = machine.Instance;
        SortedDictionary<string, string?> document = new(StringComparer.Ordinal)
        {
            ["accountId"] = machine.Here.Account,
            ["architecture"] = InstanceTypeFacts.Find(instance.InstanceType)?.Family.Architecture ?? "x86_64",
            ["availabilityZone"] = instance.Zone,
            ["billingProducts"] = null,
            ["devpayProductCodes"] = null,
            ["imageId"] = instance.ImageId,
            ["instanceId"] = instance.Id.Value,
            ["instanceType"] = instance.InstanceType,
            ["kernelId"] = null,
            ["marketplaceProductCodes"] = null,
            ["pendingTime"] = instance.LaunchTime.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["privateIp"] = machine.Primary.PrimaryIp?.ToString(),
            ["ramdiskId"] = null,
            ["region"] = machine.Here.Region,
            ["version"] = "2017-09-30",
        };
        return JsonSerializer.Serialize(document, Indented);
    }
}
