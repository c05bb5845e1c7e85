using System.Collections.Immutable;
using CsCheck;

namespace Trunkline.Tests.Differential.Cases;

/// <summary>What a command does. The names say it; <see cref="CloudMaker"/> carries it out.</summary>
public enum OpKind
{
    AddVpc,
    AddSubnet,
    AddInstance,
    AddInterface,
    AddNat,
    AddGroup,
    SetRules,
    SetGroups,
    SetRoute,
    RemoveRoute,
    SetAcl,
    SetElastic,
    SetState,
    SetCheck,
    RemoveInterface,
    SetGateway,
    SetTable,
    RemoveNat,
    SetEdge,
    AddHost,
    SetAddresses,
    SetEgressOnly,
}

/// <summary>One command. The numbers choose among what is there, so that a command means something whatever stands before it.</summary>
public sealed record Op(OpKind Kind, int A, int B, int C, int D)
{
    public override string ToString() => $"{Kind} {A} {B} {C} {D}";
}

/// <summary>One flow, as numbers that choose among what is there.</summary>
public sealed record FlowWord(int From, int To, int Protocol, int Port, int Source)
{
    public override string ToString() => $"Flow {From} {To} {Protocol} {Port} {Source}";
}

/// <summary>Commands, and the flows sent after them.</summary>
public sealed record Phase(ImmutableArray<Op> Ops, ImmutableArray<FlowWord> Flows);

/// <summary>A cloud, built and then changed under traffic.</summary>
public sealed record CloudCase(ImmutableArray<Phase> Phases)
{
    private const int NumberMax = 9_999;

    private static readonly Gen<int> Number = Gen.Int[0, NumberMax];

    private static readonly Gen<OpKind> Building = Weighted(
        (2, OpKind.AddSubnet), (7, OpKind.AddInstance), (2, OpKind.AddInterface), (2, OpKind.AddNat), (2, OpKind.AddGroup),
        (3, OpKind.SetRules), (2, OpKind.SetGroups), (8, OpKind.SetRoute), (1, OpKind.RemoveRoute), (2, OpKind.SetAcl),
        (3, OpKind.SetElastic), (1, OpKind.SetState), (1, OpKind.SetCheck), (2, OpKind.SetTable), (2, OpKind.SetEdge),
        (1, OpKind.AddHost), (1, OpKind.SetAddresses), (1, OpKind.SetEgressOnly));

    private static readonly Gen<OpKind> Changing = Weighted(
        (1, OpKind.AddSubnet), (2, OpKind.AddInstance), (1, OpKind.AddInterface), (1, OpKind.AddNat), (1, OpKind.AddGroup),
        (8, OpKind.SetRules), (4, OpKind.SetGroups), (8, OpKind.SetRoute), (3, OpKind.RemoveRoute), (5, OpKind.SetAcl),
        (4, OpKind.SetElastic), (3, OpKind.SetState), (2, OpKind.SetCheck), (1, OpKind.RemoveInterface), (1, OpKind.SetGateway),
        (2, OpKind.SetTable), (1, OpKind.RemoveNat), (2, OpKind.SetEdge), (1, OpKind.AddHost), (1, OpKind.SetAddresses),
        (1, OpKind.SetEgressOnly));

    /// <summary>Cases with so many flows, over all phases.</summary>
    public static Gen<CloudCase> Any(int flows, int phases)
    {
        Gen<FlowWord> flow = Gen.Select(Number, Number, Number, Number, Number, (a, b, c, d, e) => new FlowWord(a, b, c, d, e));
        Gen<Op[]> start = Gen.Select(Number, Number, (a, b) => new Op(OpKind.AddVpc, a, b, 0, 0)).Array[1, 2];
        Gen<Op[]> basis = Gen.Select(
            Op(OpKind.AddSubnet).Array[3, 5], Op(OpKind.AddInstance).Array[4, 8], Op(OpKind.AddNat).Array[0, 2], (a, b, c) => (Op[])[.. a, .. b, .. c]);
        Gen<Phase> first = Gen.Select(
            start, basis, OpOf(Building).Array[6, 24], flow.Array[flows / phases],
            (vpcs, some, ops, words) => new Phase([.. vpcs, .. some, .. ops], [.. words]));
        Gen<Phase> later = Gen.Select(
            OpOf(Changing).Array[1, 6], flow.Array[flows / phases], (ops, words) => new Phase([.. ops], [.. words]));
        return Gen.Select(first, later.Array[phases - 1], (one, rest) => new CloudCase([one, .. rest]));
    }

    /// <summary>The case of a seed: always the same.</summary>
    public static CloudCase Of(int seed, int flows, int phases) =>
        Any(flows, phases).Generate(new PCG((uint)(seed % 1024), (ulong)(uint)seed), null, out _);

    public override string ToString() =>
        string.Join('\n', Phases.SelectMany((p, i) => p.Ops.Select(o => o.ToString()).Concat(p.Flows.Select(f => f.ToString())).Append($"-- {i}")));

    private static Gen<OpKind> Weighted(params (int Weight, OpKind Kind)[] kinds) =>
        Gen.Frequency([.. kinds.Select(k => (k.Weight, (Gen<OpKind>)Gen.Const(k.Kind)))]);

    private static Gen<Op> Op(OpKind kind) => OpOf(Gen.Const(kind));

    private static Gen<Op> OpOf(Gen<OpKind> kinds) => Gen.Select(kinds, Number, Number, Number, Number, (k, a, b, c, d) => new Op(k, a, b, c, d));
}
