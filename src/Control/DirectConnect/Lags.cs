using System.Collections.Immutable;
using System.Globalization;
using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// Link aggregation groups: of connections, or of interconnects, which host connections then; the first port of a bundle decides.
/// Source: Direct Connect API, CreateLag, DescribeLags, UpdateLag, DeleteLag; AWS, "Link aggregation groups".
/// </summary>
public sealed partial class DirectConnectService
{
    public AwsDx.Lag CreateLag(CommandContext context, AwsDx.CreateLagRequest request)
    {
        string bandwidth = PortRules.DedicatedBandwidth(request.ConnectionsBandwidth, "connectionsBandwidth");
        DxLocation location = DxLocations.Get(context.Region, request.Location);
        DxConnection? existing = request.ConnectionId is { } id ? OwnPort(context, id) : null;
        int count = request.NumberOfConnections ?? throw DxFaults.Missing("numberOfConnections");
        int most = DxQuotas.ConnectionsPerLag(bandwidth);
        if (count < 0 || count > most || (existing is not null && count == 0))
        {
            throw DxFaults.Client($"The number of connections {count} is not valid. A LAG of {bandwidth} connections has at most {most}.");
        }

        context.Quotas.Check(DxQuotas.LagsPerRegion, context.Here.Table<DxLag>().Count + 1);
        DxLag lag = context.Put(new DxLag
        {
            Id = DxIds.Lag(context),
            OwnerId = context.Account,
            Region = context.Region,
            Name = CheckedName(request.LagName, "lagName"),
            Location = location.Code,
            Bandwidth = bandwidth,
            AllowsHostedConnections = existing?.IsInterconnect ?? false,
            ProviderName = PortRules.Provider(location, request.ProviderName),
            Device = DxIds.Device(location.Code),
            MacSec = PortRules.MacSec(request.RequestMACSec, bandwidth),
            CreatedAt = context.Now,
            Tags = DxTags.New(request.Tags),
        });
        if (existing is not null)
        {
            Bundle(context, existing, lag);
        }

        AddNewPorts(context, lag, count - (existing is null ? 0 : 1), DxTags.New(request.ChildConnectionTags));
        return DxViews.ToWire(context, context.Here.Get(lag.Id));
    }

    public AwsDx.Lags DescribeLags(CommandContext context, AwsDx.DescribeLagsRequest request)
    {
        IEnumerable<DxLag> rows = request.LagId is { } id ? [DxRows.Lag(context, id)] : context.Here.All<DxLag>();
        Page<DxLag> page = PageOf(rows, request.MaxResults, request.NextToken);
        return new AwsDx.Lags { LagsValue = [.. page.Rows.Select(l => DxViews.ToWire(context, l))], NextToken = page.NextToken };
    }

    /// <summary>The encryption mode goes to every member too, as AWS says.</summary>
    public AwsDx.Lag UpdateLag(CommandContext context, AwsDx.UpdateLagRequest request)
    {
        DxLag before = DxRows.Lag(context, request.LagId);
        DxConnection[] members = [.. DxRows.MembersOf(context.Here, before.Id)];
        if (request.MinimumLinks is { } links && (links < 0 || links > members.Length))
        {
            throw DxFaults.Client(
                $"The minimum number of links {links} is not valid. {before.Id} has {members.Length} operational connections.");
        }

        DxLag after = context.Put(before with
        {
            Name = request.LagName is null ? before.Name : CheckedName(request.LagName, "lagName"),
            MinimumLinks = request.MinimumLinks ?? before.MinimumLinks,
            MacSec = request.EncryptionMode is null ? before.MacSec : PortRules.WithMode(before.MacSec, request.EncryptionMode, before.Key),
        });
        foreach (DxConnection member in request.EncryptionMode is null ? [] : members)
        {
            context.Put(member with { MacSec = member.MacSec with { EncryptionMode = after.MacSec.EncryptionMode } });
        }

        return DxViews.ToWire(context, after);
    }

    /// <summary>Its ports stay, each by itself again.</summary>
    public AwsDx.Lag DeleteLag(CommandContext context, AwsDx.DeleteLagRequest request)
    {
        DxLag lag = DxRows.Lag(context, request.LagId);
        if (DxRows.InterfacesOn(context.Here, lag.Key).Any())
        {
            throw DxFaults.Client($"LAG {lag.Id} has virtual interfaces. Delete them before you delete the LAG.");
        }

        if (DxRows.HostedOn(context.Here, lag.Key).Any())
        {
            throw DxFaults.Client($"LAG {lag.Id} has hosted connections. Delete them before you delete the LAG.");
        }

        AwsDx.Lag answer = DxViews.ToWire(context, lag, deleted: true);
        foreach (DxConnection member in DxRows.MembersOf(context.Here, lag.Id).ToList())
        {
            context.Put(member with { LagId = null });
        }

        DxRows.ForgetDeclined(context, lag.Key);
        context.Remove(lag.Id);
        return answer;
    }

    private static void AddNewPorts(CommandContext context, DxLag lag, int count, ImmutableSortedDictionary<string, string> tags)
    {
        if (count > 0)
        {
            PortRules.CheckRoom(context, lag.Location, count);
        }

        for (int i = 1; i <= count; i++)
        {
            context.Put(new DxConnection
            {
                Id = DxIds.Connection(context),
                OwnerId = lag.OwnerId,
                Region = lag.Region,
                Name = string.Create(CultureInfo.InvariantCulture, $"Requested Connection {i} for Lag {lag.Id}"),
                Location = lag.Location,
                Bandwidth = lag.Bandwidth,
                IsInterconnect = lag.AllowsHostedConnections,
                LagId = lag.Id,
                ProviderName = lag.ProviderName,
                Device = lag.Device,
                MacSec = lag.MacSec,
                CreatedAt = context.Now,
                Tags = tags,
            });
        }
    }
}
