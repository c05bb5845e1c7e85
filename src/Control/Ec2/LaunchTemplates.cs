using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Launch templates. Source: EC2 API, CreateLaunchTemplate, ModifyLaunchTemplate.</summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<LaunchTemplate> LaunchTemplateIds = new(
        "LaunchTemplateId", "InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateId.Malformed",
        "The specified launch template, with template ID {0}, does not exist.");

    private static readonly FilterTable<LaunchTemplate> LaunchTemplateFilters = new()
    {
        { "create-time", t => TimeText(t.CreateTime) },
        { "launch-template-name", t => t.Name },
    };

    public Aws.CreateLaunchTemplateResult CreateLaunchTemplate(CommandContext context, Aws.CreateLaunchTemplateRequest request)
    {
        RefuseOperator(request.Operator);
        string name = CheckedTemplateName(request.LaunchTemplateName);
        if (context.Here.Table<LaunchTemplate>().Any(LaunchTemplate.NameWord(name)))
        {
            throw new Fault("InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use.");
        }

        LaunchTemplate template = context.Put(new LaunchTemplate
        {
            Id = new(context.NewId(LaunchTemplate.IdPrefix)),
            Name = name,
            CreateTime = context.Now,
            DefaultVersion = 1,
            LatestVersion = 1,
            Versions = [NewVersion(context, 1, request.VersionDescription, RequiredData(request.LaunchTemplateData))],
            Tags = TagRules.New<LaunchTemplate>(request.TagSpecifications),
        });
        return new Aws.CreateLaunchTemplateResult { LaunchTemplate = ToWire(context.Here, template) };
    }

    /// <remarks>Instances that were launched from a template do not hold it.</remarks>
    public Aws.DeleteLaunchTemplateResult DeleteLaunchTemplate(CommandContext context, Aws.DeleteLaunchTemplateRequest request)
    {
        LaunchTemplate template = TemplateOf(context, request.LaunchTemplateId, request.LaunchTemplateName);
        context.Remove(template.Id);
        return new Aws.DeleteLaunchTemplateResult { LaunchTemplate = ToWire(context.Here, template) };
    }

    public Aws.ModifyLaunchTemplateResult ModifyLaunchTemplate(CommandContext context, Aws.ModifyLaunchTemplateRequest request)
    {
        LaunchTemplate template = TemplateOf(context, request.LaunchTemplateId, request.LaunchTemplateName);
        LaunchTemplateVersion version = KnownVersion(template, Door.Required(request.DefaultVersion, "DefaultVersion"));
        template = context.Put(template with { DefaultVersion = version.Number });
        return new Aws.ModifyLaunchTemplateResult { LaunchTemplate = ToWire(context.Here, template) };
    }

    public Aws.DescribeLaunchTemplatesResult DescribeLaunchTemplates(
        CommandContext context, Aws.DescribeLaunchTemplatesRequest request)
    {
        Pager.RefuseIdsWithPages(request.LaunchTemplateIds, "launchTemplateIds", request.MaxResults);
        IEnumerable<LaunchTemplate> rows = LaunchTemplateIds.GetAll(context, request.LaunchTemplateIds);
        if (request.LaunchTemplateNames is { Count: > 0 } names)
        {
            HashSet<string> wanted = [.. names.Select(n => TemplateNamed(context, n).Key)];
            rows = rows.Where(t => wanted.Contains(t.Key));
        }

        Page<LaunchTemplate> page = Pager.Page(
            LaunchTemplateFilters.Apply(context, rows, request.Filters), request.MaxResults, request.NextToken, 1, 200);
        Partition here = context.Here;
        return new Aws.DescribeLaunchTemplatesResult
        {
            LaunchTemplates = [.. page.Rows.Select(t => ToWire(here, t))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>The template of a request: by id or by name, and not by both.</summary>
    private static LaunchTemplate TemplateOf(CommandContext context, string? id, string? name)
    {
        if (string.IsNullOrEmpty(id) && string.IsNullOrEmpty(name))
        {
            throw Fault.Missing("LaunchTemplateId or LaunchTemplateName");
        }

        if (!string.IsNullOrEmpty(id) && !string.IsNullOrEmpty(name))
        {
            throw Fault.Combination("The parameter LaunchTemplateName cannot be used with the parameter LaunchTemplateId");
        }

        return string.IsNullOrEmpty(id) ? TemplateNamed(context, name!) : LaunchTemplateIds.Get(context, id);
    }

    private static LaunchTemplate TemplateNamed(CommandContext context, string name) =>
        context.Here.By<LaunchTemplate>(LaunchTemplate.NameWord(name)).FirstOrDefault() ?? throw new Fault(
            "InvalidLaunchTemplateName.NotFoundException", $"The specified launch template, with template name {name}, does not exist.");

    private static string CheckedTemplateName(string? text)
    {
        string name = Door.Required(text, "LaunchTemplateName");
        return name.Length is >= 3 and <= 128 && name.All(c => char.IsAsciiLetterOrDigit(c) || "()./_-".Contains(c)) ? name : throw new Fault(
            "InvalidLaunchTemplateName.MalformedException",
            "A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the following characters: "
            + "( ) . / _ -");
    }

    /// <summary>The version that a number, <c>$Latest</c> or <c>$Default</c> names.</summary>
    private static LaunchTemplateVersion KnownVersion(LaunchTemplate template, string text)
    {
        LaunchTemplateVersion? found = VersionNumber(template, text) is { } number ? template.VersionOf(number) : null;
        return found ?? throw new Fault(
            "InvalidLaunchTemplateId.VersionNotFound",
            $"Could not find the specified version {text} for the launch template with ID {template.Id}.");
    }

    /// <exception cref="Fault">InvalidParameterValue: neither a number nor one of the two words.</exception>
    private static long? VersionNumber(LaunchTemplate template, string text) => text switch
    {
        "$Latest" => template.Versions[^1].Number,
        "$Default" => template.DefaultVersion,
        _ when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0 => number,
        _ => throw Fault.Invalid(
            $"The specified value {text} for the launch template version is invalid. Specify $Latest, $Default, or a version number."),
    };

    private static LaunchTemplateVersion NewVersion(
        CommandContext context, long number, string? description, Aws.RequestLaunchTemplateData data)
    {
        if (description is { Length: > 255 })
        {
            throw Fault.Invalid("The version description exceeds the maximum length of 255 characters.");
        }

        RefuseOperator(data.Operator);
        if (data.InstanceType is not null && data.InstanceRequirements is not null)
        {
            throw Fault.Combination("You can specify either InstanceRequirements or InstanceType, but not both.");
        }

        _ = CheckedUserData(data.UserData);
        return new LaunchTemplateVersion(number, description, context.Now, LaunchData.Write(data));
    }

    private static void RefuseOperator(Aws.OperatorRequest? asked)
    {
        if (asked is not null)
        {
            throw Fault.Unsupported("Operator");
        }
    }

    private static string RootOf(Partition here) => $"arn:aws:iam::{here.Account}:root";

    private static Aws.LaunchTemplate ToWire(Partition here, LaunchTemplate template) => new()
    {
        LaunchTemplateId = template.Key,
        LaunchTemplateName = template.Name,
        CreateTime = template.CreateTime,
        CreatedBy = RootOf(here),
        DefaultVersionNumber = template.DefaultVersion,
        LatestVersionNumber = template.Versions[^1].Number,
        Operator = Unmanaged,
        Tags = TagRules.ToWire(template.Tags),
    };
}
