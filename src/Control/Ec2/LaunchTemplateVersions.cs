using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>One version of a template as it is described.</summary>
internal sealed record ShownVersion(LaunchTemplate Template, LaunchTemplateVersion Version, Aws.ResponseLaunchTemplateData Data)
{
    /// <summary>In order of template and number.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Template.Key}/{Version.Number:D19}");
}

/// <summary>Versions of launch templates. Source: EC2 API, CreateLaunchTemplateVersion, DescribeLaunchTemplateVersions.</summary>
public sealed partial class Ec2Service
{
    private const int VersionsPerTemplate = 10_000;
    private const int VersionsPerDeletion = 200;

    private static readonly FilterTable<ShownVersion> LaunchTemplateVersionFilters = new()
    {
        { "create-time", v => TimeText(v.Version.CreateTime) },
        { "ebs-optimized", v => v.Data.EbsOptimized is { } on ? BoolText(on) : null },
        { "http-endpoint", v => v.Data.MetadataOptions?.HttpEndpoint },
        { "http-protocol-ipv4", v => v.Data.MetadataOptions?.HttpEndpoint },
        { "host-resource-group-arn", v => v.Data.Placement?.HostResourceGroupArn },
        { "http-tokens", v => v.Data.MetadataOptions?.HttpTokens },
        { "iam-instance-profile", v => v.Data.IamInstanceProfile?.Arn },
        { "image-id", v => v.Data.ImageId },
        { "instance-type", v => v.Data.InstanceType },
        { "is-default-version", v => v.Version.Number == v.Template.DefaultVersion },
        { "kernel-id", v => v.Data.KernelId },
        { "license-configuration-arn", v => (v.Data.LicenseSpecifications ?? []).Select(l => l.LicenseConfigurationArn) },
        { "network-card-index", v => (v.Data.NetworkInterfaces ?? []).Select(n => Text(n.NetworkCardIndex)) },
        { "ram-disk-id", v => v.Data.RamDiskId },
    };

    public Aws.CreateLaunchTemplateVersionResult CreateLaunchTemplateVersion(
        CommandContext context, Aws.CreateLaunchTemplateVersionRequest request)
    {
        LaunchTemplate template = TemplateOf(context, request.LaunchTemplateId, request.LaunchTemplateName);
        Aws.RequestLaunchTemplateData data = RequiredData(request.LaunchTemplateData);
        if (!string.IsNullOrEmpty(request.SourceVersion))
        {
            data = OverSource(KnownVersion(template, request.SourceVersion).Data, data);
        }

        if (template.Versions.Length >= VersionsPerTemplate)
        {
            throw new Fault("VersionLimitExceeded", "You've reached the limit on the number of versions per launch template.");
        }

        LaunchTemplateVersion version = NewVersion(context, template.LatestVersion + 1, request.VersionDescription, data);
        template = context.Put(template with { LatestVersion = version.Number, Versions = template.Versions.Add(version) });
        return new Aws.CreateLaunchTemplateVersionResult
        {
            LaunchTemplateVersion = ToWire(context, Shown(template, version), request.ResolveAlias == true),
        };
    }

    public Aws.DeleteLaunchTemplateVersionsResult DeleteLaunchTemplateVersions(
        CommandContext context, Aws.DeleteLaunchTemplateVersionsRequest request)
    {
        LaunchTemplate template = TemplateOf(context, request.LaunchTemplateId, request.LaunchTemplateName);
        if (request.Versions is not { Count: > 0 } named)
        {
            throw Fault.Missing("LaunchTemplateVersion");
        }

        if (named.Count > VersionsPerDeletion)
        {
            throw Fault.Invalid($"You can delete up to {VersionsPerDeletion} launch template versions in a single request.");
        }

        List<Aws.DeleteLaunchTemplateVersionsResponseSuccessItem> deleted = [];
        List<Aws.DeleteLaunchTemplateVersionsResponseErrorItem> kept = [];
        ImmutableArray<LaunchTemplateVersion> versions = template.Versions;
        foreach (string text in named)
        {
            long number = VersionNumber(template, text) ?? 0;
            LaunchTemplateVersion? version = versions.FirstOrDefault(v => v.Number == number);
            if (number == template.DefaultVersion)
            {
                throw Fault.Invalid("You cannot delete the default version of a launch template.");
            }

            if (version is null)
            {
                kept.Add(VersionError(template, number));
                continue;
            }

            versions = versions.Remove(version);
            deleted.Add(new Aws.DeleteLaunchTemplateVersionsResponseSuccessItem
            {
                LaunchTemplateId = template.Key,
                LaunchTemplateName = template.Name,
                VersionNumber = number,
            });
        }

        context.Put(template with { Versions = versions });
        return new Aws.DeleteLaunchTemplateVersionsResult
        {
            SuccessfullyDeletedLaunchTemplateVersions = deleted,
            UnsuccessfullyDeletedLaunchTemplateVersions = kept,
        };
    }

    public Aws.DescribeLaunchTemplateVersionsResult DescribeLaunchTemplateVersions(
        CommandContext context, Aws.DescribeLaunchTemplateVersionsRequest request)
    {
        bool ofOne = !string.IsNullOrEmpty(request.LaunchTemplateId) || !string.IsNullOrEmpty(request.LaunchTemplateName);
        IEnumerable<ShownVersion> rows = ofOne
            ? VersionsOf(TemplateOf(context, request.LaunchTemplateId, request.LaunchTemplateName), request)
            : VersionsOfAll(context, request);
        Page<ShownVersion> page = Pager.Page(
            LaunchTemplateVersionFilters.Apply(context, rows, request.Filters), request.MaxResults, request.NextToken, v => v.Key, 1, 200);
        return new Aws.DescribeLaunchTemplateVersionsResult
        {
            LaunchTemplateVersions = [.. page.Rows.Select(v => ToWire(context, v, request.ResolveAlias == true))],
            NextToken = page.NextToken,
        };
    }

    private static IEnumerable<ShownVersion> VersionsOf(LaunchTemplate template, Aws.DescribeLaunchTemplateVersionsRequest request)
    {
        if (request.Versions is { Count: > 0 } named)
        {
            if (request.MinVersion is not null || request.MaxVersion is not null)
            {
                throw Fault.Combination("The parameters MinVersion and MaxVersion cannot be used with the parameter Versions");
            }

            return [.. named.Select(text => KnownVersion(template, text)).Distinct().OrderBy(v => v.Number).Select(v => Shown(template, v))];
        }

        long least = request.MinVersion is { } min ? VersionNumber(template, min) ?? 0 : 0;
        long most = request.MaxVersion is { } max ? VersionNumber(template, max) ?? 0 : long.MaxValue;
        return template.Versions.Where(v => v.Number >= least && v.Number <= most).Select(v => Shown(template, v));
    }

    /// <summary>Of all templates only the newest or the default version may be asked for.</summary>
    private static IEnumerable<ShownVersion> VersionsOfAll(CommandContext context, Aws.DescribeLaunchTemplateVersionsRequest request)
    {
        if (request.Versions is not { Count: > 0 } named)
        {
            throw Fault.Missing("LaunchTemplateId or LaunchTemplateName, or Versions with $Latest or $Default");
        }

        if (request.MinVersion is not null || request.MaxVersion is not null || named.Any(v => v is not ("$Latest" or "$Default")))
        {
            throw Fault.Combination("Without a launch template, only the versions $Latest and $Default can be described.");
        }

        return context.Here.All<LaunchTemplate>().SelectMany(template => named
            .Select(text => KnownVersion(template, text)).Distinct().OrderBy(v => v.Number).Select(v => Shown(template, v)));
    }

    /// <summary>The source's parameters with the new ones over them, member by member.</summary>
    private static Aws.RequestLaunchTemplateData OverSource(string source, Aws.RequestLaunchTemplateData data)
    {
        JsonObject merged = JsonNode.Parse(source)!.AsObject();
        foreach ((string name, JsonNode? value) in JsonNode.Parse(LaunchData.Write(data))!.AsObject())
        {
            merged[name] = value?.DeepClone();
        }

        return LaunchData.AsRequest(merged.ToJsonString());
    }

    private static Aws.RequestLaunchTemplateData RequiredData(Aws.RequestLaunchTemplateData? data) =>
        data ?? throw Fault.Missing("LaunchTemplateData");

    private static ShownVersion Shown(LaunchTemplate template, LaunchTemplateVersion version) =>
        new(template, version, LaunchData.AsResponse(version.Data));

    private static Aws.DeleteLaunchTemplateVersionsResponseErrorItem VersionError(LaunchTemplate template, long number) => new()
    {
        LaunchTemplateId = template.Key,
        LaunchTemplateName = template.Name,
        VersionNumber = number,
        ResponseError = new Aws.ResponseError
        {
            Code = "launchTemplateVersionDoesNotExist",
            Message = $"The specified launch template version {number} does not exist.",
        },
    };

    private static Aws.LaunchTemplateVersion ToWire(CommandContext context, ShownVersion shown, bool resolve) => new()
    {
        LaunchTemplateId = shown.Template.Key,
        LaunchTemplateName = shown.Template.Name,
        VersionNumber = shown.Version.Number,
        VersionDescription = shown.Version.Description,
        CreateTime = shown.Version.CreateTime,
        CreatedBy = RootOf(context.Here),
        DefaultVersion = shown.Version.Number == shown.Template.DefaultVersion,
        LaunchTemplateData = resolve ? shown.Data with { ImageId = ResolvedImageId(context, shown.Data.ImageId) } : shown.Data,
        Operator = Unmanaged,
    };
}
