using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>Options that are changed one group at a time: metadata, placement, maintenance, credits.</summary>
public sealed partial class Ec2Service
{
    private static readonly FilterTable<Instance> CreditFilters = new(_ => null)
    {
        { "instance-id", i => i.Key },
    };

    public Aws.ModifyInstanceMetadataOptionsResult ModifyInstanceMetadataOptions(
        CommandContext context, Aws.ModifyInstanceMetadataOptionsRequest request)
    {
        Instance instance = ModifiableInstance(context, request.InstanceId);
        MetadataOptions options = WithMetadata(
            instance.Metadata, request.HttpTokens, request.HttpPutResponseHopLimit, request.HttpEndpoint, request.HttpProtocolIpv6,
            request.InstanceMetadataTags);
        context.Put(instance with { Metadata = options });
        return new Aws.ModifyInstanceMetadataOptionsResult
        {
            InstanceId = instance.Key,
            InstanceMetadataOptions = ToWire(options, "pending"),
        };
    }

    /// <summary>Nothing is set for the account as a whole.</summary>
    public Aws.GetInstanceMetadataDefaultsResult GetInstanceMetadataDefaults(
        CommandContext context, Aws.GetInstanceMetadataDefaultsRequest request) =>
        new() { AccountLevel = new Aws.InstanceMetadataDefaultsResponse { ManagedBy = "account" } };

    public Aws.ModifyInstancePlacementResult ModifyInstancePlacement(
        CommandContext context, Aws.ModifyInstancePlacementRequest request)
    {
        (string Name, bool Asked)[] refused =
        [
            ("HostId", request.HostId is not null),
            ("HostResourceGroupArn", request.HostResourceGroupArn is not null),
            ("Affinity", request.Affinity is not (null or "default")),
            ("Tenancy=host", request.Tenancy == "host"),
        ];
        foreach ((string name, bool asked) in refused)
        {
            if (asked)
            {
                throw Fault.Unsupported(name);
            }
        }

        Instance instance = Stopped(ModifiableInstance(context, request.InstanceId));
        if (request.Tenancy is { } tenancy && tenancy != instance.Tenancy)
        {
            throw Fault.Combination($"The tenancy of an instance can not be changed from '{instance.Tenancy}' to '{tenancy}'.");
        }

        // An empty group name takes the instance out of its group.
        bool leaves = request.GroupName is { Length: 0 };
        Aws.Placement place = new() { GroupName = request.GroupName, GroupId = request.GroupId };
        PlacementGroup? group = PlacementGroupOf(context, place, InstanceTypeFacts.Of(instance.InstanceType))
            ?? (leaves || instance.PlacementGroup is null ? null : PlacementGroupNamed(context.Here, instance.PlacementGroup));
        bool moved = group?.Name != instance.PlacementGroup;
        context.Put(instance with
        {
            PlacementGroup = group?.Name,
            PartitionNumber = CheckedPartition(group, request.PartitionNumber)
                ?? (moved ? group is null ? null : NextPartition(context.Here, group.Name) : instance.PartitionNumber),
        });
        return new Aws.ModifyInstancePlacementResult { Return = true };
    }

    public Aws.ModifyInstanceMaintenanceOptionsResult ModifyInstanceMaintenanceOptions(
        CommandContext context, Aws.ModifyInstanceMaintenanceOptionsRequest request)
    {
        Instance instance = ModifiableInstance(context, request.InstanceId);
        instance = context.Put(instance with
        {
            AutoRecovery = request.AutoRecovery ?? instance.AutoRecovery,
            RebootMigration = request.RebootMigration ?? instance.RebootMigration,
        });
        return new Aws.ModifyInstanceMaintenanceOptionsResult
        {
            InstanceId = instance.Key,
            AutoRecovery = instance.AutoRecovery,
            RebootMigration = instance.RebootMigration,
        };
    }

    /// <summary>Each instance by itself: those that cannot be changed are named, the others are changed.</summary>
    public Aws.ModifyInstanceCreditSpecificationResult ModifyInstanceCreditSpecification(
        CommandContext context, Aws.ModifyInstanceCreditSpecificationRequest request)
    {
        if (request.InstanceCreditSpecifications is not { Count: > 0 } wanted)
        {
            throw Fault.Missing("InstanceCreditSpecification");
        }

        List<Aws.SuccessfulInstanceCreditSpecificationItem> changed = [];
        List<Aws.UnsuccessfulInstanceCreditSpecificationItem> refused = [];
        foreach (Aws.InstanceCreditSpecificationRequest item in wanted)
        {
            try
            {
                string credits = Door.Required(item.CpuCredits, "CpuCredits");
                Instance instance = ModifiableInstance(context, item.InstanceId);
                InstanceTypeFacts type = InstanceTypeFacts.Of(instance.InstanceType);
                if (!type.Burstable)
                {
                    throw new Fault(
                        "InstanceCreditSpecification.NotSupported",
                        $"The instance '{instance.Id}' of the type {type.Name} does not support CPU credits.");
                }

                context.Put(instance with { CpuCredits = CheckedCredits(type, credits) });
                changed.Add(new Aws.SuccessfulInstanceCreditSpecificationItem { InstanceId = instance.Key });
            }
            catch (Fault fault) when (fault.Code is "InvalidInstanceID.Malformed" or "InvalidInstanceID.NotFound"
                or "IncorrectInstanceState" or "InstanceCreditSpecification.NotSupported")
            {
                refused.Add(new Aws.UnsuccessfulInstanceCreditSpecificationItem
                {
                    InstanceId = item.InstanceId,
                    Error = new Aws.UnsuccessfulInstanceCreditSpecificationItemError { Code = fault.Code, Message = fault.Message },
                });
            }
        }

        return new Aws.ModifyInstanceCreditSpecificationResult
        {
            SuccessfulInstanceCreditSpecifications = changed,
            UnsuccessfulInstanceCreditSpecifications = refused,
        };
    }

    /// <summary>Of the named instances; else of all that are unlimited, as AWS answers.</summary>
    public Aws.DescribeInstanceCreditSpecificationsResult DescribeInstanceCreditSpecifications(
        CommandContext context, Aws.DescribeInstanceCreditSpecificationsRequest request)
    {
        Pager.RefuseIdsWithPages(request.InstanceIds, "instanceIds", request.MaxResults);
        bool named = request.InstanceIds is { Count: > 0 };
        IEnumerable<Instance> rows = InstancesInSight(context, request.InstanceIds)
            .Where(i => i.CpuCredits is not null && (named || i.CpuCredits == "unlimited"));
        Page<Instance> page = Pager.Page(CreditFilters.Apply(context, rows, request.Filters), request.MaxResults, request.NextToken);
        return new Aws.DescribeInstanceCreditSpecificationsResult
        {
            InstanceCreditSpecifications =
                [.. page.Rows.Select(i => new Aws.InstanceCreditSpecification { InstanceId = i.Key, CpuCredits = i.CpuCredits })],
            NextToken = page.NextToken,
        };
    }

    /// <summary>An instance that is not terminated.</summary>
    private static Instance ModifiableInstance(CommandContext context, string? id)
    {
        Instance instance = InstanceInSight(context, id);
        return instance.State == InstanceState.Terminated ? throw IncorrectState(instance, "modified") : instance;
    }
}
