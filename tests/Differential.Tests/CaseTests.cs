using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tests.Clouds;
using Trunkline.Tests.Differential.Cases;
using Trunkline.Tracing;

namespace Trunkline.Tests.Differential;

/// <summary>The random clouds themselves: rich enough that agreement means something.</summary>
public sealed class CaseTests
{
    private const int Clouds = 150;

    [Fact]
    public void Cases_meet_every_reason_that_a_cloud_can_give()
    {
        SortedDictionary<string, int> codes = new(StringComparer.Ordinal);
        int delivered = 0;
        int total = 0;
        for (int seed = 0; seed < Clouds; seed++)
        {
            CloudMaker maker = new();
            FlowMaker flows = new();
            foreach (Phase phase in CloudCase.Of(seed, 100, 4).Phases)
            {
                foreach (Op op in phase.Ops)
                {
                    maker.Do(op);
                }

                ForwardingState state = Compiler.Compile(maker.Net.Cloud);
                Tracer tracer = new(state);
                foreach (Flow flow in phase.Flows.Select(f => flows.Make(maker.Net.Rows, state, f, e => Runs(maker, e))).OfType<Flow>())
                {
                    Trace trace = tracer.Explain(flow);
                    string code = trace.Code + (trace.Drop?.Leg == Leg.Return ? " return" : "");
                    codes[code] = codes.GetValueOrDefault(code) + 1;
                    delivered += trace.Verdict.Delivered ? 1 : 0;
                    total++;
                }
            }
        }

        string said = string.Join('\n', codes.Select(c => $"{c.Value,6} {c.Key}"));
        TestContext.Current.TestOutputHelper?.WriteLine(said);
        Assert.True(delivered > total / 6, said);
        Assert.All(
            new[]
            {
                "BAD_STATE", "BAD_STATE_ROUTE", "ENI_SG_RULES_MISMATCH", "ENI_SOURCE_DEST_CHECK_RESTRICTION", "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS",
                "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "NO_MATCHING_CONNECTION", "NO_ROUTE_TO_DESTINATION", "SG_HAS_NO_RULES", "SUBNET_ACL_RESTRICTION",
                "SUBNET_ACL_RESTRICTION return", "WORLD_HOST_DOES_NOT_ANSWER", "SG_REFERENCES_NOT_PRESERVED", "FORWARDING_LOOP",
            },
            code => Assert.True(codes.ContainsKey(code), $"{code} is never met:\n{said}"));
    }

    [Fact]
    public void A_seed_is_always_the_same_case() =>
        Assert.Equal(CloudCase.Of(77, 40, 4).ToString(), CloudCase.Of(77, 40, 4).ToString());

    private static bool Runs(CloudMaker maker, NetworkInterface row) =>
        row.Attachment?.InstanceId is { } id && maker.Net.Rows.Get(id).State == InstanceState.Running;
}
