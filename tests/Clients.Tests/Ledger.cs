namespace Trunkline.Tests.Clients;

/// <summary>What one writer was told: it alone changes what it made, so the last answer decides.</summary>
internal sealed class Ledger
{
    private Ledger? partner;
    private readonly HashSet<string> there = new(StringComparer.Ordinal);
    private readonly HashSet<string> gone = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> tags = new(StringComparer.Ordinal);

    /// <summary>VPCs, and the subnets, groups and instances in each.</summary>
    public Dictionary<string, List<string>> Vpcs { get; } = new(StringComparer.Ordinal);

    public List<string> Instances { get; } = [];

    public List<string> Addresses { get; } = [];

    /// <summary>Names of classic load balancers, ARNs of others, ids of endpoints.</summary>
    public List<string> Services { get; } = [];

    /// <summary>The listener of a load balancer, which goes with it; both by their ARNs.</summary>
    public Dictionary<string, string> Listeners { get; } = new(StringComparer.Ordinal);

    public List<string> Hubs { get; } = [];

    /// <summary>Ids of attachments, peerings and VPN connections.</summary>
    public List<string> Joins { get; } = [];

    /// <summary>The id of an interconnect.</summary>
    public string? Trunk { get; set; }

    /// <summary>What was made in the other account, or is seen there too.</summary>
    public Ledger Partner => partner ??= new Ledger();

    public void Made(string id) => there.Add(id);

    /// <summary>From now on it is open whether it is there, until <see cref="Deleted"/> or <see cref="Made"/>.</summary>
    public void Asks(string id)
    {
        there.Remove(id);
        tags.Remove(id);
    }

    public void Deleted(string id) => gone.Add(id);

    public void AsksTag(string id) => tags.Remove(id);

    public void Tagged(string id, string value) => tags[id] = value;

    public void MustHold(CloudView view)
    {
        string[] lost = [.. there.Where(id => !view.Ids.Contains(id))];
        Assert.True(lost.Length == 0, $"made and not there: {string.Join(' ', lost)}");
        string[] back = [.. gone.Where(view.Ids.Contains)];
        Assert.True(back.Length == 0, $"deleted and there: {string.Join(' ', back)}");
        Assert.Empty(tags.Where(t => view.TagOf(t.Key) != t.Value).Select(t => $"{t.Key}: {view.TagOf(t.Key)}, answered {t.Value}"));
    }
}
