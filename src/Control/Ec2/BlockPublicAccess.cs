using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Block public access of a region's VPCs, and what is left out of it. Source: AWS, "Block public access to VPCs and subnets"; EC2 API,
/// ModifyVpcBlockPublicAccessOptions, CreateVpcBlockPublicAccessExclusion.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<BlockPublicAccessExclusion> ExclusionIds = new(
        "ExclusionId", "InvalidVpcBlockPublicAccessExclusionId.NotFound", "InvalidVpcBlockPublicAccessExclusionId.Malformed",
        "The exclusion ID '{0}' does not exist");

    private static readonly FilterTable<BlockPublicAccessExclusion> ExclusionFilters = new()
    {
        { "internet-gateway-exclusion-mode", e => e.Mode },
        { "resource-arn", (here, e) => ExcludedArn(here, e) },
        { "state", e => StateOf(e) },
    };

    public Aws.DescribeVpcBlockPublicAccessOptionsResult DescribeVpcBlockPublicAccessOptions(
        CommandContext context, Aws.DescribeVpcBlockPublicAccessOptionsRequest request) =>
        new() { VpcBlockPublicAccessOptions = OptionsToWire(context, "update-complete") };

    public Aws.ModifyVpcBlockPublicAccessOptionsResult ModifyVpcBlockPublicAccessOptions(
        CommandContext context, Aws.ModifyVpcBlockPublicAccessOptionsRequest request)
    {
        string mode = Door.OneOf(
            Door.Required(request.InternetGatewayBlockMode, "InternetGatewayBlockMode"), "InternetGatewayBlockMode",
            BlockPublicAccess.Off, BlockPublicAccess.Bidirectional, BlockPublicAccess.Ingress)!;
        context.Put(new BlockPublicAccess { Mode = mode, LastUpdate = context.Now });
        return new Aws.ModifyVpcBlockPublicAccessOptionsResult
        {
            VpcBlockPublicAccessOptions = OptionsToWire(context, "update-in-progress"),
        };
    }

    /// <summary>One exclusion a VPC or subnet; it may be made while nothing is blocked.</summary>
    public Aws.CreateVpcBlockPublicAccessExclusionResult CreateVpcBlockPublicAccessExclusion(
        CommandContext context, Aws.CreateVpcBlockPublicAccessExclusionRequest request)
    {
        string mode = ExclusionMode(request.InternetGatewayExclusionMode);
        if (request.VpcId is not null == request.SubnetId is not null)
        {
            throw request.VpcId is null
                ? Fault.Missing("VpcId or SubnetId")
                : Fault.Combination("The parameter VpcId cannot be used with the parameter SubnetId");
        }

        Id<Vpc>? vpc = request.VpcId is null ? null : VpcIds.Get(context, request.VpcId).Id;
        Id<Subnet>? subnet = request.SubnetId is null ? null : SubnetIds.Get(context, request.SubnetId).Id;
        string excluded = vpc?.Value ?? subnet!.Value.Value;
        if (context.Here.By<BlockPublicAccessExclusion>(excluded).FirstOrDefault() is { } there)
        {
            throw new Fault(
                "VpcBlockPublicAccessExclusionAlreadyExists", $"The exclusion '{there.Id}' already exists for the resource '{excluded}'.");
        }

        context.Quotas.Check(Quotas.BlockPublicAccessExclusions, context.Here.Table<BlockPublicAccessExclusion>().Count + 1);
        BlockPublicAccessExclusion row = context.Put(new BlockPublicAccessExclusion
        {
            Id = new(context.NewId(BlockPublicAccessExclusion.IdPrefix)),
            Mode = mode,
            VpcId = vpc,
            SubnetId = subnet,
            CreationTime = context.Now,
            Tags = TagRules.New<BlockPublicAccessExclusion>(request.TagSpecifications),
        });
        return new Aws.CreateVpcBlockPublicAccessExclusionResult
        {
            VpcBlockPublicAccessExclusion = ToWire(context, row) with { State = "create-in-progress" },
        };
    }

    public Aws.ModifyVpcBlockPublicAccessExclusionResult ModifyVpcBlockPublicAccessExclusion(
        CommandContext context, Aws.ModifyVpcBlockPublicAccessExclusionRequest request)
    {
        BlockPublicAccessExclusion row = ExclusionIds.Get(context, request.ExclusionId);
        row = context.Put(row with { Mode = ExclusionMode(request.InternetGatewayExclusionMode), LastUpdate = context.Now });
        return new Aws.ModifyVpcBlockPublicAccessExclusionResult
        {
            VpcBlockPublicAccessExclusion = ToWire(context, row) with { State = "update-in-progress" },
        };
    }

    public Aws.DeleteVpcBlockPublicAccessExclusionResult DeleteVpcBlockPublicAccessExclusion(
        CommandContext context, Aws.DeleteVpcBlockPublicAccessExclusionRequest request)
    {
        BlockPublicAccessExclusion row = ExclusionIds.Get(context, request.ExclusionId);
        context.Remove(row.Id);
        return new Aws.DeleteVpcBlockPublicAccessExclusionResult
        {
            VpcBlockPublicAccessExclusion = ToWire(context, row) with { State = "delete-in-progress", DeletionTimestamp = context.Now },
        };
    }

    public Aws.DescribeVpcBlockPublicAccessExclusionsResult DescribeVpcBlockPublicAccessExclusions(
        CommandContext context, Aws.DescribeVpcBlockPublicAccessExclusionsRequest request)
    {
        Pager.RefuseIdsWithPages(request.ExclusionIds, "exclusionIds", request.MaxResults);
        IEnumerable<BlockPublicAccessExclusion> rows =
            ExclusionFilters.Apply(context, ExclusionIds.GetAll(context, request.ExclusionIds), request.Filters);
        Page<BlockPublicAccessExclusion> page = Pager.Page(rows, request.MaxResults, request.NextToken);
        return new Aws.DescribeVpcBlockPublicAccessExclusionsResult
        {
            VpcBlockPublicAccessExclusions = [.. page.Rows.Select(e => ToWire(context, e))],
            NextToken = page.NextToken,
        };
    }

    private static string ExclusionMode(string? text) => Door.OneOf(
        Door.Required(text, "InternetGatewayExclusionMode"), "InternetGatewayExclusionMode",
        BlockPublicAccessExclusion.AllowBidirectional, BlockPublicAccessExclusion.AllowEgress)!;

    private static string StateOf(BlockPublicAccessExclusion row) => row.LastUpdate is null ? "create-complete" : "update-complete";

    private static string ExcludedArn(Partition here, BlockPublicAccessExclusion row) =>
        $"arn:aws:ec2:{here.Region}:{here.Account}:" + (row.VpcId is { } vpc ? $"vpc/{vpc}" : $"subnet/{row.SubnetId}");

    private static Aws.VpcBlockPublicAccessOptions OptionsToWire(CommandContext context, string state)
    {
        BlockPublicAccess? row = context.Here.Table<BlockPublicAccess>().Find(BlockPublicAccess.TheKey);
        return new Aws.VpcBlockPublicAccessOptions
        {
            AwsAccountId = context.Account,
            AwsRegion = context.Region,
            State = row is null ? "default-state" : state,
            InternetGatewayBlockMode = row?.Mode ?? BlockPublicAccess.Off,
            LastUpdateTimestamp = row?.LastUpdate,
            ManagedBy = "account",
            ExclusionsAllowed = "allowed",
        };
    }

    private static Aws.VpcBlockPublicAccessExclusion ToWire(CommandContext context, BlockPublicAccessExclusion row) => new()
    {
        ExclusionId = row.Id.Value,
        InternetGatewayExclusionMode = row.Mode,
        ResourceArn = ExcludedArn(context.Here, row),
        State = StateOf(row),
        CreationTimestamp = row.CreationTime,
        LastUpdateTimestamp = row.LastUpdate ?? row.CreationTime,
        Tags = TagRules.ToWire(row.Tags),
    };
}
