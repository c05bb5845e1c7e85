using Trunkline.Cloud;

namespace Trunkline.Control.Own;

/// <summary>Puts a world in another's place, as a part of a command.</summary>
public static class WorldChange
{
    /// <summary>The world is the cloud's from now on. Where it moves the clock, what is over by then ends with it, so that nobody sees it last.</summary>
    public static World Put(CommandContext context, World world)
    {
        World before = context.Draft.Next.World;
        context.Draft.SetWorld(world);
        if (world.Ahead != before.Ahead)
        {
            DateTimeOffset machine = context.Now - (before.Ahead ?? TimeSpan.Zero);
            EndingsClock.EndOverdue(context.At(world.TimeAt(machine)));
        }

        return world;
    }
}
