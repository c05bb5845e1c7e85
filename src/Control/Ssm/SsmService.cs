using System.Globalization;
using Trunkline.Control.Ec2;
using AwsSsm = Trunkline.Wire.Ssm;

namespace Trunkline.Control.Ssm;

/// <summary>
/// Systems Manager's public parameters that name machine images: what configurations look an image up by.
/// Source: AWS, "Calling AMI public parameters in Parameter Store"; Canonical, "Find Ubuntu images on AWS".
/// </summary>
public sealed class SsmService : AwsSsm.ISsm<CommandContext>
{
    private const int NamesPerRequest = 10;
    private const int OnlyVersion = 1;

    /// <remarks>WithDecryption is for SecureString parameters; AWS ignores it for all others, and every parameter here is a String.</remarks>
    public AwsSsm.GetParameterResult GetParameter(CommandContext context, AwsSsm.GetParameterRequest request)
    {
        string name = Door.Required(request.Name, "Name");
        return new AwsSsm.GetParameterResult
        {
            Parameter = Find(context, name) ?? throw new Fault("ParameterNotFound", $"Parameter {name} not found."),
        };
    }

    /// <summary>Names that no parameter has come back in a list of their own.</summary>
    public AwsSsm.GetParametersResult GetParameters(CommandContext context, AwsSsm.GetParametersRequest request)
    {
        if (request.Names is not { Count: > 0 and <= NamesPerRequest } names)
        {
            throw new Fault(
                "ValidationException",
                "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length less than or equal to "
                + $"{NamesPerRequest} and greater than or equal to 1");
        }

        List<AwsSsm.Parameter> found = [];
        List<string> unknown = [];
        foreach (string name in names.Distinct(StringComparer.Ordinal))
        {
            if (Find(context, name) is { } parameter)
            {
                found.Add(parameter);
            }
            else
            {
                unknown.Add(name);
            }
        }

        return new AwsSsm.GetParametersResult { Parameters = found, InvalidParameters = unknown };
    }

    /// <summary>A name, or its ARN; after a colon its version, of which there is one.</summary>
    private static AwsSsm.Parameter? Find(CommandContext context, string asked)
    {
        string prefix = $"arn:aws:ssm:{context.Region}::parameter";
        string name = asked.StartsWith(prefix, StringComparison.Ordinal) ? asked[prefix.Length..] : asked;
        string? selector = null;
        if (name.LastIndexOf(':') is >= 0 and int colon)
        {
            selector = name[colon..];
            name = name[..colon];
        }

        if (ImageCatalogue.AliasOfParameter(name) is not { } alias
            || (selector is not null && selector != string.Create(CultureInfo.InvariantCulture, $":{OnlyVersion}")))
        {
            return null;
        }

        string id = ImageCatalogue.IdOf(context.Region, alias);
        return new AwsSsm.Parameter
        {
            Name = name,
            Type = "String",
            Value = id,
            Version = OnlyVersion,
            Selector = selector,
            LastModifiedDate = Published(context.Region, id),
            ARN = prefix + name,
            DataType = name.StartsWith("/aws/service/canonical/", StringComparison.Ordinal) ? "aws:ec2:image" : "text",
        };
    }

    /// <summary>The day on which the image was published.</summary>
    private static DateTimeOffset? Published(string region, string id) =>
        ImageCatalogue.Find(region, id) is { } image ? DateTimeOffset.Parse(image.Created, CultureInfo.InvariantCulture) : null;
}
