using BenchmarkDotNet.Running;
using Trunkline.Bench;

// `limits`: one quick pass against the limits (`limits balancers`: of load balancers and endpoints only, `limits joins`:
// of transit gateways only); anything else goes to BenchmarkDotNet.
if (args is ["limits"])
{
    return Limits.Run();
}

if (args is ["limits", "balancers"])
{
    return BalancerLimits.Run(Limits.Line) & EndpointLimits.Run(Limits.Line) ? 0 : 1;
}

if (args is ["limits", "joins"])
{
    return JoinLimits.Run(Limits.Line) ? 0 : 1;
}

if (args is ["limits", "routing"])
{
    return RoutingLimits.Run(Limits.Line) ? 0 : 1;
}

BenchmarkSwitcher.FromAssembly(typeof(Limits).Assembly).Run(args);
return 0;
