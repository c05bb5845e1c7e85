using Trunkline.Cloud;

namespace Trunkline.Control.Elb;

internal static class ElbHealth
{
    public static bool Passes(CommandContext context, ClassicLoadBalancer balancer, Instance instance) => true;
}
