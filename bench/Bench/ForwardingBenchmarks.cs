using BenchmarkDotNet.Attributes;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Bench;

/// <summary>The same questions as <see cref="Limits"/>, with BenchmarkDotNet's care.</summary>
[MemoryDiagnoser]
[InProcess]
[ShortRunJob]
public class ForwardingBenchmarks
{
    private const int FlowCount = 1 << 16;
    private CloudSnapshot cloud = CloudSnapshot.Empty;
    private ForwardingState state = Compiler.Compile(CloudSnapshot.Empty);
    private Tracer tracer = new(Compiler.Compile(CloudSnapshot.Empty));
    private Flow[] flows = [];
    private Draft route = new(CloudSnapshot.Empty);
    private Draft rule = new(CloudSnapshot.Empty);

    [Params(1000)]
    public int Vpcs { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        cloud = SyntheticCloud.Make(Vpcs);
        state = Compiler.Compile(cloud);
        tracer = new Tracer(state);
        flows = SyntheticCloud.Flows(state, FlowCount);
        (PartitionKey home, Partition rows) = cloud.Partitions.First();
        RouteTable table = rows.All<RouteTable>().First();
        SecurityGroup group = rows.All<SecurityGroup>().First();
        route = new Draft(cloud);
        route.Put(home, table with
        {
            Routes = table.Routes.Add(new Route(Prefix.Parse("9.9.9.0/24"), null, RouteTarget.Local, RouteOrigin.CreateRoute)),
        });
        rule = new Draft(cloud);
        rule.Put(home, group with
        {
            Rules = group.Rules.Add(new SecurityGroupRule("sgr-new", false, Protocols.Tcp, 7, 9, new RulePeer(Prefix.Parse("9.9.9.0/24")))),
        });
    }

    [Benchmark(OperationsPerInvoke = FlowCount)]
    public int RandomFlow()
    {
        int delivered = 0;
        foreach (ref readonly Flow flow in flows.AsSpan())
        {
            delivered += tracer.Evaluate(flow).Delivered ? 1 : 0;
        }

        return delivered;
    }

    [Benchmark]
    public ForwardingState FullCompile() => Compiler.Compile(cloud);

    [Benchmark]
    public ForwardingState RouteChange() => Compiler.Apply(state, route.Next, route.Changes);

    [Benchmark]
    public ForwardingState RuleChange() => Compiler.Apply(state, rule.Next, rule.Changes);
}
