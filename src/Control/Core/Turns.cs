namespace Trunkline.Control;

/// <summary>Work that is done while nobody else's is.</summary>
internal interface ITurn
{
    /// <summary>Does it. Nothing may be thrown: whoever carries it out need not be who asked for it.</summary>
    /// <param name="isOwn">Carried out by the thread that asked for it, which waits for it.</param>
    void Run(bool isOwn);
}

/// <summary>
/// One at a time, in the order they came, and no thread stands still. Who finds nobody at work begins, and goes on with what others have
/// left meanwhile: a turn that were handed from thread to thread would wait at the end of each one's own work, and the last in for the longest.
/// </summary>
internal sealed class Turns : IThreadPoolWorkItem
{
    /// <summary>So many turns of others, then another thread goes on: who began has work of its own.</summary>
    private const int Longest = 64;

    private readonly Queue<ITurn> waiting = new();
    private bool taken;

    public void Enter(ITurn turn)
    {
        lock (waiting)
        {
            if (taken)
            {
                waiting.Enqueue(turn);
                return;
            }

            taken = true;
        }

        turn.Run(isOwn: true);
        GoOn();
    }

    void IThreadPoolWorkItem.Execute() => GoOn();

    private void GoOn()
    {
        for (int done = 0; done < Longest; done++)
        {
            ITurn? next;
            lock (waiting)
            {
                if (!waiting.TryDequeue(out next))
                {
                    taken = false;
                    return;
                }
            }

            next.Run(isOwn: false);
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
