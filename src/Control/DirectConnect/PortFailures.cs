using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>What the world says of light on ports: a connection is down while it, the port it is a part of, or its location has failed.</summary>
internal static class PortFailures
{
    public static bool IsDown(CommandContext context, DxConnection row) => HasFailed(
        context, WorldFailure.Location + row.Location, WorldFailure.Connection + row.Key, WorldFailure.Connection + (row.ParentId ?? row.Key));

    public static bool IsDown(CommandContext context, DxLag row, IReadOnlyCollection<DxConnection> members) =>
        HasFailed(context, WorldFailure.Location + row.Location, WorldFailure.Connection + row.Key)
        || members.Count(m => !IsDown(context, m)) < Math.Max(row.MinimumLinks, members.Count > 0 ? 1 : 0);

    private static bool HasFailed(CommandContext context, params ReadOnlySpan<string> subjects)
    {
        foreach (WorldFailure failure in context.Draft.Next.World.Failures)
        {
            if (subjects.Contains(failure.Subject))
            {
                return true;
            }
        }

        return false;
    }
}
