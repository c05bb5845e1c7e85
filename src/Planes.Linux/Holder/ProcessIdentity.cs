using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trunkline.Planes.Linux.Holder;

/// <summary>One process and no other: its id is used again by the kernel, its id with its start time is not.</summary>
/// <param name="Started">Clock ticks from boot to its start, as <c>/proc/PID/stat</c> says.</param>
/// <param name="Boot">The kernel's id of this boot.</param>
public sealed record ProcessIdentity(int Pid, ulong Started, string Boot)
{
    private const string BootFile = "/proc/sys/kernel/random/boot_id";

    /// <summary>Whether it runs and has not begun to end.</summary>
    [JsonIgnore]
    public bool IsAlive => Of(Pid) == this;

    /// <summary>The process that has this id now; null where none runs.</summary>
    public static ProcessIdentity? Of(int pid) =>
        ProcessTable.StatOf(pid) is { HasEnded: false, IsEnding: false } stat
            ? new ProcessIdentity(pid, stat.Started, File.ReadAllText(BootFile).Trim())
            : null;

    /// <summary>What a file says; null where there is none or it cannot be read as one.</summary>
    public static ProcessIdentity? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), HolderJson.Default.ProcessIdentity);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            // No file, or one that a crash cut short: nobody is known, and the table of processes is asked instead.
            return null;
        }
    }

    /// <summary>Writes it so that a reader sees all of it or nothing.</summary>
    public void Write(string file)
    {
        string next = string.Create(CultureInfo.InvariantCulture, $"{file}.{Environment.ProcessId}");
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(this, HolderJson.Default.ProcessIdentity));
        File.Move(next, file, overwrite: true);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ProcessIdentity))]
internal sealed partial class HolderJson : JsonSerializerContext;
