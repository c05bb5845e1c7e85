using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Trunkline.Cli.Expectations;

/// <summary>One thing wrong in a file. Lines and columns count from 1, as editors do.</summary>
internal sealed record Problem(string File, int Line, int Column, string Message)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}

/// <summary>Collects everything that is wrong in one file, so that it can be told at once.</summary>
internal sealed class Problems(string file)
{
    private readonly List<Problem> _found = [];

    public string File { get; } = file;

    public IReadOnlyList<Problem> Found => [.. _found.OrderBy(p => p.Line).ThenBy(p => p.Column)];

    public void Add(YamlNode at, string message) => Add(at.Start, message);

    public void Add(Mark at, string message) => _found.Add(new Problem(File, (int)at.Line, (int)at.Column, message));

    /// <summary>Ends the command if anything was found.</summary>
    public void ThrowIfAny()
    {
        if (_found.Count > 0)
        {
            throw new CliException(ExitCodes.Usage, "InvalidFile", string.Join("\n", Found));
        }
    }
}
