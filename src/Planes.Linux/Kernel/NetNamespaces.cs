using System.Net.Sockets;
using System.Runtime.ExceptionServices;

namespace Trunkline.Planes.Linux.Kernel;

/// <summary>
/// Named network namespaces: each is a bind mount in one directory, so that it lives without a process in it. A thread that enters one is
/// a thread of its own and ends there: a thread of the pool is never left in a foreign namespace.
/// </summary>
public sealed unsafe class NetNamespaces
{
    private const long NamespaceFileSystem = 0x6e736673;

    /// <summary>Makes the directory where it is not there.</summary>
    /// <param name="directory">Visible in this process's mount namespace.</param>
    public NetNamespaces(string directory)
    {
        Directory = Path.GetFullPath(directory);
        System.IO.Directory.CreateDirectory(Directory);
    }

    public string Directory { get; }

    /// <summary>The file that stands for the namespace: for <c>nsenter --net=</c>.</summary>
    public string PathOf(string name)
    {
        if (name.Length is 0 or > 60 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
        {
            throw new ArgumentException($"'{name}' is not a namespace's name.");
        }

        return Path.Combine(Directory, name);
    }

    /// <summary>Those that are there, by name.</summary>
    public IReadOnlyList<string> List()
    {
        List<string> names = [];
        foreach (string path in System.IO.Directory.EnumerateFiles(Directory))
        {
            if (IsNamespace(path))
            {
                names.Add(Path.GetFileName(path));
            }
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    public bool Exists(string name) => IsNamespace(PathOf(name));

    /// <summary>Makes an empty namespace; nothing where it is there.</summary>
    /// <exception cref="KernelException">The kernel refuses.</exception>
    public void Create(string name)
    {
        if (!Exists(name))
        {
            OnThread(() =>
            {
                CreateHere(name);
                return 0;
            });
        }
    }

    /// <summary>Makes a namespace and leaves the calling thread in it: for threads that know how to leave.</summary>
    internal void CreateHere(string name)
    {
        string path = PathOf(name);
        if (Libc.Unshare(Libc.CloneNewNet) != 0)
        {
            throw Libc.Failure($"network namespace {name}");
        }

        Bind("/proc/thread-self/ns/net", path);
    }

    /// <summary>Gives an existing namespace a name here: <c>/proc/PID/ns/net</c>. It is not ended by <see cref="Delete"/> while others hold it.</summary>
    public void Adopt(string name, string pathOfNamespace) => Bind(pathOfNamespace, PathOf(name));

    /// <summary>Takes the name away; the kernel ends the namespace when no process and no file holds it.</summary>
    public void Delete(string name)
    {
        string path = PathOf(name);
        while (IsNamespace(path))
        {
            if (Libc.Unmount(path, Libc.UnmountDetach) != 0)
            {
                throw Libc.Failure($"end of namespace {name}");
            }
        }

        File.Delete(path);
    }

    /// <summary>Runs work inside on a thread of its own, and waits. What the work throws is thrown here.</summary>
    public T Run<T>(string name, Func<T> work)
    {
        string path = PathOf(name);
        return OnThread(() =>
        {
            Enter(path);
            return work();
        });
    }

    /// <inheritdoc cref="Run{T}"/>
    public void Run(string name, Action work) => Run(name, () =>
    {
        work();
        return 0;
    });

    /// <summary>Starts long work inside on a background thread of its own, once that thread has entered.</summary>
    public Thread Start(string name, string threadName, Action work)
    {
        string path = PathOf(name);
        using ManualResetEventSlim entered = new();
        Exception? refused = null;
        Thread thread = new(() =>
        {
            try
            {
                Enter(path);
            }
            catch (IOException e)
            {
                refused = e;
                return;
            }
            finally
            {
                entered.Set();
            }

            work();
        })
        {
            IsBackground = true,
            Name = threadName,
        };
        thread.Start();
        entered.Wait();
        if (refused is not null)
        {
            thread.Join();
            ExceptionDispatchInfo.Throw(refused);
        }

        return thread;
    }

    /// <summary>A socket that belongs to the namespace, for use on any thread.</summary>
    public Socket OpenSocket(string name, AddressFamily family, SocketType type, ProtocolType protocol) =>
        Run(name, () => new Socket(family, type, protocol));

    /// <summary>Puts the calling thread into a namespace.</summary>
    internal static void Enter(string path)
    {
        int fd = OpenFile(path);
        try
        {
            EnterFile(fd, path);
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    internal static void EnterFile(int fd, string path)
    {
        if (Libc.SetNamespace(fd, Libc.CloneNewNet) != 0)
        {
            throw Libc.Failure($"entering {path}");
        }
    }

    internal static int OpenFile(string path)
    {
        int fd = Libc.Open(path, Libc.OpenReadOnlyCloseOnExec, 0);
        return fd >= 0 ? fd : throw Libc.Failure(path);
    }

    private static void Bind(string source, string path)
    {
        if (IsNamespace(path))
        {
            throw new KernelException($"{path}: a namespace has this name already", Libc.Exists);
        }

        File.WriteAllBytes(path, []);
        if (Libc.Mount(source, path, null, Libc.MountBind, 0) != 0)
        {
            throw Libc.Failure($"mount on {path}");
        }
    }

    private static bool IsNamespace(string path)
    {
        long* result = stackalloc long[32];
        return Libc.FileSystemOf(path, result) == 0 && result[0] == NamespaceFileSystem;
    }

    private static T OnThread<T>(Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? thrown = null;
        Thread thread = new(() =>
        {
            try
            {
                result = work();
            }
#pragma warning disable CA1031 // It is thrown again on the thread that waits.
            catch (Exception e)
#pragma warning restore CA1031
            {
                thrown = ExceptionDispatchInfo.Capture(e);
            }
        })
        {
            IsBackground = true,
            Name = "namespace",
        };
        thread.Start();
        thread.Join();
        thrown?.Throw();
        return result!;
    }
}
