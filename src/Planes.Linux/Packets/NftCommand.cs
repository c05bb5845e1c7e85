using System.Text;
using Trunkline.Planes.Linux.Kernel;

namespace Trunkline.Planes.Linux.Packets;

/// <summary>Runs nft's commands in the calling thread's network namespace, in this process.</summary>
internal static class NftCommand
{
    /// <exception cref="KernelException">What the library said.</exception>
    public static void Run(string commands)
    {
        nint context = NftLibrary.Open();
        try
        {
            if (NftLibrary.Run(context, Encoding.UTF8.GetBytes(commands + '\0')) is { } why)
            {
                throw new KernelException($"nft: {why}", 0);
            }
        }
        finally
        {
            NftLibrary.Free(context);
        }
    }
}
