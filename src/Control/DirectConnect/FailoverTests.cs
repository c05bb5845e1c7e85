using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// Fail-over tests: sessions of a virtual interface are held down for a time, so that one sees where traffic goes then. One whose time is over is
/// ended by <see cref="EndingsClock"/>. Source: Direct Connect API, StartBgpFailoverTest; AWS, "Direct Connect Failover Test".
/// </summary>
public sealed partial class DirectConnectService
{
    private const int UsualTestMinutes = 180;
    private const int LongestTestMinutes = 4320;

    public AwsDx.StartBgpFailoverTestResponse StartBgpFailoverTest(CommandContext context, AwsDx.StartBgpFailoverTestRequest request)
    {
        DxVirtualInterface vif = OwnedInterface(context, request.VirtualInterfaceId);
        int minutes = request.TestDurationInMinutes ?? UsualTestMinutes;
        if (minutes is < 1 or > LongestTestMinutes)
        {
            throw DxFaults.Client($"The test duration {minutes} is not valid. It must be between 1 and {LongestTestMinutes} minutes.");
        }

        if (Running(context, vif) is { } running)
        {
            throw DxFaults.Client($"A failover test is already in progress for Virtual Interface {vif.Id}: {running.Id}.");
        }

        IReadOnlyList<string> named = request.BgpPeers is { Count: > 0 } ids ? ids : [.. vif.BgpPeers.Select(p => p.Id)];
        if (named.FirstOrDefault(id => vif.BgpPeers.All(p => p.Id != id)) is { } unknown)
        {
            throw DxFaults.Client($"BGP peer {unknown} does not exist on Virtual Interface {vif.Id}.");
        }

        DxFailoverTest test = context.Put(new DxFailoverTest
        {
            Id = new(DxIds.Uuid(context)),
            OwnerId = context.Account,
            VirtualInterfaceId = vif.Id,
            BgpPeers = [.. named.Distinct(StringComparer.Ordinal)],
            DurationInMinutes = minutes,
            StartTime = context.Now,
            EndTime = context.Now.AddMinutes(minutes),
        });
        DxRows.Put(context, vif with { BgpPeers = [.. vif.BgpPeers.Select(p => p with { UnderTest = test.BgpPeers.Contains(p.Id) })] });
        return new AwsDx.StartBgpFailoverTestResponse { VirtualInterfaceTest = ToWire(context, test) };
    }

    public AwsDx.StopBgpFailoverTestResponse StopBgpFailoverTest(CommandContext context, AwsDx.StopBgpFailoverTestRequest request)
    {
        DxVirtualInterface vif = OwnedInterface(context, request.VirtualInterfaceId);
        DxFailoverTest running = Running(context, vif)
            ?? throw DxFaults.Client($"No failover test is in progress for Virtual Interface {vif.Id}.");
        DxFailoverTest stopped = FailoverTestEnds.End(context, running with { EndTime = context.Now });
        return new AwsDx.StopBgpFailoverTestResponse { VirtualInterfaceTest = ToWire(context, stopped) };
    }

    public AwsDx.ListVirtualInterfaceTestHistoryResponse ListVirtualInterfaceTestHistory(
        CommandContext context, AwsDx.ListVirtualInterfaceTestHistoryRequest request)
    {
        IEnumerable<DxFailoverTest> rows = context.Here.All<DxFailoverTest>().Where(t =>
            (request.TestId is null || t.Key == request.TestId)
            && (request.VirtualInterfaceId is null || t.VirtualInterfaceId.Value == request.VirtualInterfaceId)
            && (request.BgpPeers is null or [] || request.BgpPeers.Any(p => t.BgpPeers.Contains(p)))
            && (request.Status is null || request.Status == StatusOf(context, t)));
        Page<DxFailoverTest> page = PageOf(rows, request.MaxResults, request.NextToken);
        return new AwsDx.ListVirtualInterfaceTestHistoryResponse
        {
            VirtualInterfaceTestHistory = [.. page.Rows.Select(t => ToWire(context, t))],
            NextToken = page.NextToken,
        };
    }

    /// <summary>The test that holds sessions of a virtual interface down; one whose time is over ends here.</summary>
    private static DxFailoverTest? Running(CommandContext context, DxVirtualInterface vif)
    {
        DxFailoverTest? running = context.Here.By<DxFailoverTest>(DxWords.Interface(vif.Key)).FirstOrDefault(t => !t.Ended);
        if (running is not null && running.EndTime <= context.Now)
        {
            FailoverTestEnds.End(context, running);
            return null;
        }

        return running;
    }

    private static string StatusOf(CommandContext context, DxFailoverTest test) =>
        test.Ended || test.EndTime <= context.Now ? "Completed" : "In Progress";

    private static AwsDx.VirtualInterfaceTestHistory ToWire(CommandContext context, DxFailoverTest test) => new()
    {
        TestId = test.Key,
        VirtualInterfaceId = test.VirtualInterfaceId.Value,
        BgpPeers = test.BgpPeers,
        Status = StatusOf(context, test),
        OwnerAccount = test.OwnerId,
        TestDurationInMinutes = test.DurationInMinutes,
        StartTime = test.StartTime,
        EndTime = test.EndTime,
    };
}
