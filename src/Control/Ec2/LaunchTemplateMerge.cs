namespace Trunkline.Control.Ec2;

public sealed partial class Ec2Service
{
    private static Aws.RunInstancesRequest WithTemplate(CommandContext context, Aws.RunInstancesRequest request) => request;
}
