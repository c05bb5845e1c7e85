using Trunkline.Cloud;

namespace Trunkline.Forwarding.Compile;

/// <summary>NAT gateway → translator. Source: AWS, "NAT gateway basics". A regional one (in no subnet) carries nothing yet.</summary>
internal static class NatGateways
{
    public static void Put(Workspace work, int partition, NatGateway row)
    {
        RowKey key = new(partition, row.Key);
        bool works = row.State == NatGatewayState.Available && row.SubnetId is not null && !row.Addresses.IsEmpty;
        Translator translator = new(
            key,
            row.Addresses.IsEmpty ? -1 : work.NicHandles.Find(new RowKey(partition, row.Addresses[0].NetworkInterfaceId.Value)),
            row.Addresses.IsEmpty ? 0 : row.Addresses[0].PrivateIp.V4Bits,
            work.DomainHandles.Find(new RowKey(partition, row.VpcId.Value)),
            works);
        int handle = work.TranslatorHandles.Find(key);
        if (handle < 0)
        {
            work.TranslatorHandles = work.Add(work.TranslatorHandles, key, work.Translators.Add(translator));
        }
        else
        {
            work.Translators.Edit(handle) = translator;
        }
    }

    public static void Remove(Workspace work, int partition, string id)
    {
        RowKey key = new(partition, id);
        if (work.TranslatorHandles.Find(key) is >= 0 and int handle)
        {
            ref Translator translator = ref work.Translators.Edit(handle);
            translator = translator with { Works = false };
            work.TranslatorHandles = work.Add(work.TranslatorHandles, key, -1);
        }
    }
}
