using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Launch parameters as launch templates keep them: JSON in the API's member names.</summary>
/// <remarks>
/// A request's LaunchTemplateData, an answer's, and RunInstances itself have members of the same names and forms, so one text serves all three.
/// </remarks>
internal static class LaunchData
{
    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    public static string Write(Aws.RequestLaunchTemplateData data) => JsonSerializer.Serialize(data, Options);

    public static Aws.RequestLaunchTemplateData AsRequest(string data) => Read<Aws.RequestLaunchTemplateData>(data);

    public static Aws.ResponseLaunchTemplateData AsResponse(string data) => Read<Aws.ResponseLaunchTemplateData>(data);

    /// <summary>The parameters as RunInstances takes them; one member bears another name there.</summary>
    public static Aws.RunInstancesRequest AsLaunch(string data) => Read<Aws.RunInstancesRequest>(data) with
    {
        RamdiskId = AsRequest(data).RamDiskId,
    };

    private static T Read<T>(string data) =>
        JsonSerializer.Deserialize<T>(data, Options) ?? throw new InvalidOperationException("launch template data is null");
}

/// <summary>Launches from templates. Source: AWS, "Launch EC2 instances using a launch template".</summary>
public sealed partial class Ec2Service
{
    /// <summary>The request with what its launch template says wherever the request says nothing.</summary>
    /// <param name="marks">The tags by which AWS marks instances of a template: its id and the version's number.</param>
    private static Aws.RunInstancesRequest WithTemplate(
        CommandContext context, Aws.RunInstancesRequest request, out IEnumerable<KeyValuePair<string, string>> marks)
    {
        marks = [];
        if (request.LaunchTemplate is not { } named)
        {
            return request;
        }

        LaunchTemplate template = TemplateOf(context, named.LaunchTemplateId, named.LaunchTemplateName);
        LaunchTemplateVersion version = KnownVersion(template, string.IsNullOrEmpty(named.Version) ? "$Default" : named.Version);
        Aws.RequestLaunchTemplateData data = LaunchData.AsRequest(version.Data);
        RefuseInTemplate(data);
        marks =
        [
            new("aws:ec2launchtemplate:id", template.Key),
            new("aws:ec2launchtemplate:version", version.Number.ToString(CultureInfo.InvariantCulture)),
        ];
        return Merged(request, LaunchData.AsLaunch(version.Data));
    }

    /// <summary>What a request sets stands over the template; devices, interfaces and tags one by one.</summary>
    private static Aws.RunInstancesRequest Merged(Aws.RunInstancesRequest request, Aws.RunInstancesRequest template) => request with
    {
        BlockDeviceMappings = Over(request.BlockDeviceMappings, template.BlockDeviceMappings, d => d.DeviceName),
        ImageId = request.ImageId ?? template.ImageId,
        InstanceType = request.InstanceType ?? template.InstanceType,
        KernelId = request.KernelId ?? template.KernelId,
        KeyName = request.KeyName ?? template.KeyName,
        Monitoring = request.Monitoring ?? template.Monitoring,
        Placement = Merged(request.Placement, template.Placement),
        RamdiskId = request.RamdiskId ?? template.RamdiskId,
        SecurityGroupIds = request.SecurityGroupIds ?? template.SecurityGroupIds,
        SecurityGroups = request.SecurityGroups ?? template.SecurityGroups,
        UserData = request.UserData ?? template.UserData,
        TagSpecifications = MergedTags(request.TagSpecifications, template.TagSpecifications),
        InstanceMarketOptions = request.InstanceMarketOptions ?? template.InstanceMarketOptions,
        CreditSpecification = request.CreditSpecification ?? template.CreditSpecification,
        CpuOptions = request.CpuOptions ?? template.CpuOptions,
        CapacityReservationSpecification = request.CapacityReservationSpecification ?? template.CapacityReservationSpecification,
        HibernationOptions = request.HibernationOptions ?? template.HibernationOptions,
        LicenseSpecifications = request.LicenseSpecifications ?? template.LicenseSpecifications,
        MetadataOptions = Merged(request.MetadataOptions, template.MetadataOptions),
        EnclaveOptions = request.EnclaveOptions ?? template.EnclaveOptions,
        PrivateDnsNameOptions = request.PrivateDnsNameOptions ?? template.PrivateDnsNameOptions,
        MaintenanceOptions = request.MaintenanceOptions ?? template.MaintenanceOptions,
        DisableApiStop = request.DisableApiStop ?? template.DisableApiStop,
        NetworkPerformanceOptions = request.NetworkPerformanceOptions ?? template.NetworkPerformanceOptions,
        Operator = request.Operator ?? template.Operator,
        SecondaryInterfaces = request.SecondaryInterfaces ?? template.SecondaryInterfaces,
        DisableApiTermination = request.DisableApiTermination ?? template.DisableApiTermination,
        InstanceInitiatedShutdownBehavior = request.InstanceInitiatedShutdownBehavior ?? template.InstanceInitiatedShutdownBehavior,
        NetworkInterfaces = Over(request.NetworkInterfaces, template.NetworkInterfaces, n => n.DeviceIndex),
        IamInstanceProfile = request.IamInstanceProfile ?? template.IamInstanceProfile,
        EbsOptimized = request.EbsOptimized ?? template.EbsOptimized,
    };

    private static Aws.Placement? Merged(Aws.Placement? request, Aws.Placement? template) =>
        request is null || template is null ? request ?? template : request with
        {
            AvailabilityZone = request.AvailabilityZone ?? (request.AvailabilityZoneId is null ? template.AvailabilityZone : null),
            AvailabilityZoneId = request.AvailabilityZoneId ?? (request.AvailabilityZone is null ? template.AvailabilityZoneId : null),
            Affinity = request.Affinity ?? template.Affinity,
            GroupName = request.GroupName ?? (request.GroupId is null ? template.GroupName : null),
            GroupId = request.GroupId ?? (request.GroupName is null ? template.GroupId : null),
            PartitionNumber = request.PartitionNumber ?? template.PartitionNumber,
            HostId = request.HostId ?? template.HostId,
            Tenancy = request.Tenancy ?? template.Tenancy,
            SpreadDomain = request.SpreadDomain ?? template.SpreadDomain,
            HostResourceGroupArn = request.HostResourceGroupArn ?? template.HostResourceGroupArn,
        };

    private static Aws.InstanceMetadataOptionsRequest? Merged(
        Aws.InstanceMetadataOptionsRequest? request, Aws.InstanceMetadataOptionsRequest? template) =>
        request is null || template is null ? request ?? template : new()
        {
            HttpTokens = request.HttpTokens ?? template.HttpTokens,
            HttpPutResponseHopLimit = request.HttpPutResponseHopLimit ?? template.HttpPutResponseHopLimit,
            HttpEndpoint = request.HttpEndpoint ?? template.HttpEndpoint,
            HttpProtocolIpv6 = request.HttpProtocolIpv6 ?? template.HttpProtocolIpv6,
            InstanceMetadataTags = request.InstanceMetadataTags ?? template.InstanceMetadataTags,
        };

    /// <summary>The template's items, but for those whose key the request has too, and then the request's.</summary>
    private static IReadOnlyList<T>? Over<T, TKey>(IReadOnlyList<T>? request, IReadOnlyList<T>? template, Func<T, TKey> keyOf)
    {
        if (request is not { Count: > 0 } || template is not { Count: > 0 })
        {
            return request is { Count: > 0 } ? request : template;
        }

        HashSet<TKey> named = [.. request.Select(keyOf)];
        return [.. template.Where(item => !named.Contains(keyOf(item))), .. request];
    }

    /// <summary>Tags of both, by resource type; a key that both set has the request's value.</summary>
    private static List<Aws.TagSpecification>? MergedTags(
        IReadOnlyList<Aws.TagSpecification>? request, IReadOnlyList<Aws.TagSpecification>? template)
    {
        if (template is not { Count: > 0 })
        {
            return request?.ToList();
        }

        List<Aws.TagSpecification> merged = [.. request ?? []];
        foreach (Aws.TagSpecification specification in template)
        {
            HashSet<string?> set = [.. merged
                .Where(s => s.ResourceType == specification.ResourceType)
                .SelectMany(s => s.Tags ?? [])
                .Select(t => t.Key)];
            List<Aws.Tag> left = [.. (specification.Tags ?? []).Where(t => !set.Contains(t.Key))];
            if (left.Count > 0)
            {
                merged.Add(specification with { Tags = left });
            }
        }

        return merged;
    }

    /// <summary>Parameters of a template that RunInstances has under other names, or not at all.</summary>
    private static void RefuseInTemplate(Aws.RequestLaunchTemplateData data)
    {
        if (data.ElasticGpuSpecifications is { Count: > 0 })
        {
            throw Fault.Unsupported("ElasticGpuSpecification");
        }

        if (data.InstanceRequirements is not null && data.InstanceType is null)
        {
            throw Fault.Unsupported("LaunchTemplateData.InstanceRequirements");
        }
    }
}
