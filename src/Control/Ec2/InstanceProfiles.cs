using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>IAM instance profiles of instances. Source: EC2 API, AssociateIamInstanceProfile.</summary>
public sealed partial class Ec2Service
{
    private static readonly FilterTable<Instance> ProfileFilters = new(_ => null)
    {
        { "instance-id", i => i.Key },
        { "state", _ => "associated" },
    };

    public Aws.AssociateIamInstanceProfileResult AssociateIamInstanceProfile(
        CommandContext context, Aws.AssociateIamInstanceProfileRequest request)
    {
        Instance instance = ModifiableInstance(context, request.InstanceId);
        if (instance.Profile is not null)
        {
            throw new Fault("IncorrectState", $"There is an existing association for instance {instance.Id}");
        }

        ProfileAssociation profile = RequiredProfile(context, request.IamInstanceProfile);
        instance = context.Put(instance with { Profile = profile });
        return new Aws.AssociateIamInstanceProfileResult { IamInstanceProfileAssociation = ToWire(instance, profile, "associating") };
    }

    public Aws.DisassociateIamInstanceProfileResult DisassociateIamInstanceProfile(
        CommandContext context, Aws.DisassociateIamInstanceProfileRequest request)
    {
        Instance instance = HolderOf(context, request.AssociationId);
        ProfileAssociation profile = instance.Profile!;
        context.Put(instance with { Profile = null });
        return new Aws.DisassociateIamInstanceProfileResult
        {
            IamInstanceProfileAssociation = ToWire(instance, profile, "disassociating"),
        };
    }

    public Aws.ReplaceIamInstanceProfileAssociationResult ReplaceIamInstanceProfileAssociation(
        CommandContext context, Aws.ReplaceIamInstanceProfileAssociationRequest request)
    {
        Instance instance = HolderOf(context, request.AssociationId);
        ProfileAssociation profile = RequiredProfile(context, request.IamInstanceProfile);
        instance = context.Put(instance with { Profile = profile });
        return new Aws.ReplaceIamInstanceProfileAssociationResult
        {
            IamInstanceProfileAssociation = ToWire(instance, profile, "associating"),
        };
    }

    public Aws.DescribeIamInstanceProfileAssociationsResult DescribeIamInstanceProfileAssociations(
        CommandContext context, Aws.DescribeIamInstanceProfileAssociationsRequest request)
    {
        IEnumerable<Instance> rows = request.AssociationIds is { Count: > 0 } ids
            ? ids.Distinct(StringComparer.Ordinal).Select(id => HolderOf(context, id)).OrderBy(i => i.Profile!.Id, StringComparer.Ordinal)
            : context.Here.All<Instance>().Where(i => i.Profile is not null).OrderBy(i => i.Profile!.Id, StringComparer.Ordinal);
        Page<Instance> page = Pager.Page(
            ProfileFilters.Apply(context, rows, request.Filters), request.MaxResults, request.NextToken, i => i.Profile!.Id);
        return new Aws.DescribeIamInstanceProfileAssociationsResult
        {
            IamInstanceProfileAssociations = [.. page.Rows.Select(i => ToWire(i, i.Profile!, "associated"))],
            NextToken = page.NextToken,
        };
    }

    private static ProfileAssociation RequiredProfile(CommandContext context, Aws.IamInstanceProfileSpecification? asked) =>
        ProfileOf(context, asked, context.NewId("iip-assoc")) ?? throw Fault.Missing("IamInstanceProfile");

    private static Instance HolderOf(CommandContext context, string? id) =>
        context.Here.By<Instance>(Door.Required(id, "associationId")).FirstOrDefault(i => i.Profile?.Id == id) ?? throw new Fault(
            "NoSuchAssociation", $"The association ID '{id}' does not exist.");

    private static Aws.IamInstanceProfileAssociation ToWire(Instance instance, ProfileAssociation profile, string state) => new()
    {
        AssociationId = profile.Id,
        InstanceId = instance.Key,
        IamInstanceProfile = ToWire(profile),
        State = state,
        Timestamp = profile.Time,
    };
}
