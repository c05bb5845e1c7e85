using Trunkline.Wire.Ec2;

namespace Trunkline.Control.Ec2;

/// <summary>
/// EC2's operations. One file per kind of resource carries them out; each is a pure function of the request and what the context shows.
/// An operation named in <c>facts/operations.txt</c> that no file carries out does not compile.
/// </summary>
public sealed partial class Ec2Service : IEc2<CommandContext>
{
}
