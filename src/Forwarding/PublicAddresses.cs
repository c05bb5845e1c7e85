namespace Trunkline.Forwarding;

/// <summary>Which interface a public IPv4 address stands for, over all accounts and regions; -2 for one that is allocated and bound to none.</summary>
public sealed class PublicAddresses
{
    private const int ShardBits = 6;
    private const int Unbound = int.MaxValue - 1;

    private readonly AddressTable[] shards;
    private readonly bool[] owned;

    internal PublicAddresses()
    {
        shards = new AddressTable[1 << ShardBits];
        owned = new bool[1 << ShardBits];
        for (int i = 0; i < shards.Length; i++)
        {
            shards[i] = new AddressTable();
            owned[i] = true;
        }
    }

    private PublicAddresses(AddressTable[] shards)
    {
        this.shards = shards;
        owned = new bool[shards.Length];
    }

    /// <summary>An interface's handle; -1 for an address nobody here has; -2 for one that is bound to no interface.</summary>
    public int Find(uint address)
    {
        int handle = shards[ShardOf(address)].Find(address);
        return handle == Unbound ? -2 : handle;
    }

    public IEnumerable<(uint Address, int Handle)> All
    {
        get
        {
            foreach (AddressTable shard in shards)
            {
                foreach ((uint address, int handle) in shard.All)
                {
                    yield return (address, handle == Unbound ? -2 : handle);
                }
            }
        }
    }

    /// <summary>A view to write into that leaves this one as it is.</summary>
    internal PublicAddresses Fork() => new((AddressTable[])shards.Clone());

    internal void Set(uint address, int handle) => Own(address).Set(address, handle == -2 ? Unbound : handle);

    internal void Remove(uint address) => Own(address).Remove(address);

    private static int ShardOf(uint address) => (int)((address * 0x85EBCA6Bu) >> (32 - ShardBits));

    private AddressTable Own(uint address)
    {
        int shard = ShardOf(address);
        if (!owned[shard])
        {
            shards[shard] = shards[shard].Clone();
            owned[shard] = true;
        }

        return shards[shard];
    }
}
