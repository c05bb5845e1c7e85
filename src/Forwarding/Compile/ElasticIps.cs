using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>Elastic IP → public address. Bound ones come with their interface; one that is bound to none is nobody's and answers nothing.</summary>
internal static class ElasticIps
{
    public static void Put(Workspace work, ElasticIp row)
    {
        if (row.Association is null)
        {
            work.Public.Set(row.PublicIp.V4Bits, -2);
        }
        else if (work.Public.Find(row.PublicIp.V4Bits) == -2)
        {
            work.Public.Remove(row.PublicIp.V4Bits);
        }
    }

    public static void Remove(Workspace work, ElasticIp row)
    {
        if (work.Public.Find(row.PublicIp.V4Bits) == -2)
        {
            work.Public.Remove(row.PublicIp.V4Bits);
        }
    }
}
