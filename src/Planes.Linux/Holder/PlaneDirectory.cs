namespace Trunkline.Planes.Linux.Holder;

/// <summary>Where a Linux plane keeps what it needs on disk: <c>DATA/plane</c>. Two data directories share nothing.</summary>
public sealed class PlaneDirectory
{
    public PlaneDirectory(string data)
    {
        Data = Path.TrimEndingDirectorySeparator(Path.GetFullPath(data));
        Root = Path.Combine(Data, "plane");
    }

    /// <summary>The data directory, a full path.</summary>
    public string Data { get; }

    public string Root { get; }

    /// <summary>Who the holder is: process id, start time, boot.</summary>
    public string HolderFile => Path.Combine(Root, "holder.json");

    /// <summary>Written by the holder when its namespaces are ready.</summary>
    public string ReadyFile => Path.Combine(Root, "holder.ready");

    public string HolderLog => Path.Combine(Root, "holder.log");

    /// <summary>Who the server is that uses this plane.</summary>
    public string ServerFile => Path.Combine(Root, "server.json");

    public string Socket => Path.Combine(Root, SocketName);

    public string HelperLog => Path.Combine(Root, "helper.log");

    /// <summary>The directory of the network namespaces: a file system in memory that only the holder's mount namespace sees.</summary>
    public string NetnsRoot => Path.Combine(Root, "netns");

    /// <summary>The directory of the machines' own files, on disk.</summary>
    public string MachinesRoot => Path.Combine(Root, "machines");

    internal static string SocketName => "helper.sock";

    /// <summary>The file that is a network namespace, inside the holder.</summary>
    public string Netns(string name) => Path.Combine(NetnsRoot, name);

    /// <summary>A machine's own directory; it survives restarts and <c>trunkline down</c>.</summary>
    public string Machine(string id) => Path.Combine(MachinesRoot, id);

    /// <summary>Makes the directories, for their owner only: who reaches the helper's socket is root inside.</summary>
    public void Make()
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(Data);
        Directory.CreateDirectory(Root, owner);
        File.SetUnixFileMode(Root, owner);
        Directory.CreateDirectory(NetnsRoot);
        Directory.CreateDirectory(MachinesRoot);
    }
}
