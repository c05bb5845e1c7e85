using CsCheck;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Forwarding;
using Trunkline.Tests.Forwarding;

namespace Trunkline.Tests.Control;

public sealed class ModelFollowerTests
{
    private const int Sequences = 40;
    private readonly Lab lab = new();
    private readonly ModelFollower model = new();

    [Fact]
    public void It_is_carried_to_the_cloud_that_is_asked_about_and_no_further()
    {
        CloudSnapshot none = Next();
        CloudSnapshot one = Next("igw-0aaaaaaaaaaaaaaaa");
        ForwardingState start = model.TracerOf(one).State;
        CloudSnapshot two = Next("igw-0bbbbbbbbbbbbbbbb");
        CloudSnapshot three = Next("igw-0cccccccccccccccc");

        Assert.Equal("a", Gateways(model.TracerOf(one).State));
        ForwardingState second = model.TracerOf(two).State;
        Assert.Equal("ab", Gateways(second));
        Assert.True(second.SharesHandlesWith(start));
        ForwardingState third = model.TracerOf(three).State;
        Assert.Equal("abc", Gateways(third));
        Assert.True(third.SharesHandlesWith(start));

        // What lies behind is asked about as well, and takes nothing away.
        Assert.Equal("ab", Gateways(model.TracerOf(two).State));
        Assert.Equal("", Gateways(model.TracerOf(none).State));
        Assert.Same(third, model.TracerOf(three).State);
    }

    [Fact]
    public void After_more_changes_than_a_compile_costs_it_is_made_anew()
    {
        ForwardingState start = model.TracerOf(Next("igw-0aaaaaaaaaaaaaaaa")).State;
        CloudSnapshot last = Next("igw-0bbbbbbbbbbbbbbbb");
        model.Follow(last, [.. Enumerable.Repeat(lab.Changes[^1], 20_001)]);
        ForwardingState next = model.TracerOf(last).State;
        Assert.Equal("ab", Gateways(next));
        Assert.False(next.SharesHandlesWith(start));
    }

    [Fact]
    public void Whoever_asks_while_writes_wait_gets_the_model_of_the_cloud_that_is_asked_about()
    {
        Gen.Int[0, int.MaxValue - 1].Array[20, 60].Sample(
            seeds =>
            {
                Lab cloud = new();
                ModelFollower follower = new();
                List<CloudSnapshot> clouds = [cloud.Cloud];
                follower.Follow(cloud.Cloud, []);
                int durable = 0;
                foreach (int seed in seeds)
                {
                    int before = cloud.Changes.Count;
                    if (RandomCommand.Run(cloud, new Random(seed), joining: seed % 2 == 0))
                    {
                        clouds.Add(cloud.Cloud);
                        follower.Follow(cloud.Cloud, cloud.Changes[before..]);
                    }

                    Random random = new(seed);
                    durable = random.Next(durable, clouds.Count);
                    if (random.Next(3) == 0)
                    {
                        CloudSnapshot asked = clouds[random.Next(5) == 0 ? random.Next(clouds.Count) : durable];
                        Assert.Equal(StateText.Of(Compiler.Compile(asked)), StateText.Of(follower.TracerOf(asked).State));
                    }
                }
            },
            iter: Sequences);
    }

    /// <summary>Puts gateways and tells the model.</summary>
    private CloudSnapshot Next(params string[] gateways)
    {
        int before = lab.Changes.Count;
        foreach (string id in gateways)
        {
            lab.Put(new InternetGateway { Id = new(id) });
        }

        model.Follow(lab.Cloud, lab.Changes[before..]);
        return lab.Cloud;
    }

    /// <summary>The first letters of those that the state has.</summary>
    private string Gateways(ForwardingState state) =>
        string.Concat("abc".Where(c => state.BorderOf(lab.Home, $"igw-0{new string(c, 16)}") >= 0));
}
