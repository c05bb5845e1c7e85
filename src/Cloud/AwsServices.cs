using System.Collections.Immutable;
using Trunkline.Addressing;

namespace Trunkline.Cloud;

/// <summary>A public service of AWS's in one region.</summary>
/// <param name="Name">The endpoint service's name: <c>com.amazonaws.REGION.X</c>.</param>
/// <param name="Short">What stands last in it: <c>s3</c>, <c>ecr.api</c>.</param>
/// <param name="ServiceId">The id that DescribeVpcEndpointServices prints for it: <c>vpce-svc-…</c>; no row bears it.</param>
/// <param name="Types">What endpoints lead to it: Interface, Gateway, or both.</param>
/// <param name="PublicNames">The names it has on the internet; a name that begins with <c>*.</c> stands for all below it.</param>
/// <param name="PrivateNames">The names that an interface endpoint with private DNS takes over; empty where it has none.</param>
/// <param name="TakesPolicy">Whether endpoints to it may bear a policy.</param>
/// <param name="Prefixes">The public blocks it is reached at, ascending.</param>
/// <param name="PrefixListId">The AWS-managed prefix list of a service with gateway endpoints; else null.</param>
public sealed record AwsService(
    string Name,
    string Short,
    string ServiceId,
    ImmutableArray<VpcEndpointType> Types,
    ImmutableArray<string> PublicNames,
    ImmutableArray<string> PrivateNames,
    bool TakesPolicy,
    ImmutableArray<Prefix> Prefixes,
    string? PrefixListId);

/// <summary>A prefix list that AWS keeps. Source: AWS, "AWS-managed prefix lists".</summary>
/// <param name="Name"><c>com.amazonaws.REGION.s3</c> …</param>
/// <param name="Weight">What a reference counts as in a quota.</param>
public sealed record AwsPrefixList(string Id, string Name, Family AddressFamily, int Weight, ImmutableArray<Prefix> Entries);
