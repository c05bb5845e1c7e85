using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Tracing;

/// <summary>Who can tell what a domain name stands for; the model itself knows no names but those of rows and hosts.</summary>
public interface INames
{
    /// <summary>The addresses of a name, in the order in which they are to be tried; empty where it has none.</summary>
    /// <param name="at">Whose VPC asks; null from outside AWS.</param>
    /// <param name="vpc">The VPC's id; null from outside AWS.</param>
    /// <param name="reason">One sentence: who answered, or why nobody did.</param>
    ImmutableArray<IpAddress> AddressesOf(PartitionKey? at, string? vpc, string name, out string reason);
}
