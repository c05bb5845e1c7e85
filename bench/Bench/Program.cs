using BenchmarkDotNet.Running;
using Trunkline.Bench;

// `limits`: one quick pass against the limits; anything else goes to BenchmarkDotNet.
if (args is ["limits"])
{
    return Limits.Run();
}

BenchmarkSwitcher.FromAssembly(typeof(Limits).Assembly).Run(args);
return 0;
