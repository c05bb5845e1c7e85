using System.Globalization;
using System.Text;
using System.Xml;
using Spectre.Console;

namespace Trunkline.Cli.Expectations;

/// <summary>A finished check as a table for people, JSON for programs, and JUnit XML for CI.</summary>
internal static class Reports
{
    public static void Table(CliContext context, IReadOnlyList<FlowResult> results)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string heading in new[] { "", "flow", "traffic", "expected", "happened" })
        {
            table.AddColumn(heading);
        }

        foreach (FlowResult result in results)
        {
            table.AddRow(
                new Text(result.Passed ? "ok" : "NO", new Style(result.Passed ? Color.Green : Color.Red)),
                new Text(result.Flow.Name), new Text(result.Flow.Traffic), new Text(result.Flow.Wanted), new Text(result.Happened));
        }

        context.Console().Write(table);
    }

    /// <summary>Failures with their places, the traces asked for, and the closing count.</summary>
    public static void Details(CliContext context, string file, IReadOnlyList<FlowResult> results)
    {
        foreach (FlowResult result in results.Where(r => !r.Passed || r.Flow.Show is not null))
        {
            foreach (string problem in result.Problems)
            {
                context.Output.WriteLine($"{file}:{result.Flow.Line}:{result.Flow.Column}: {result.Flow.Name}: {problem}");
            }

            if (result.Passed)
            {
                context.Output.WriteLine($"{result.Flow.Name}:");
            }

            if (result.Differences.Count > 0)
            {
                SideBySide(context, result);
            }
            else
            {
                foreach (string line in result.Answer?.Text(result.Flow.Show ?? "summary") ?? [])
                {
                    context.Output.WriteLine("    " + line);
                }
            }

            context.Output.WriteLine();
        }

        context.Output.WriteLine(Count(results));
    }

    /// <summary>The model's trace and the real packet's in two columns.</summary>
    private static void SideBySide(CliContext context, FlowResult result)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn("model").AddColumn("kernel");
        table.AddRow(
            new Text(string.Join('\n', result.Model!.Text("detailed"))),
            new Text(string.Join('\n', result.Answer!.Text("detailed"))));
        context.Console().Write(table);
    }

    public static string Count(IReadOnlyList<FlowResult> results) =>
        $"{results.Count(r => r.Passed)} as expected, {results.Count(r => !r.Passed)} not";

    public static object Json(string file, IReadOnlyList<FlowResult> results) => new
    {
        file,
        passed = results.Count(r => r.Passed),
        failed = results.Count(r => !r.Passed),
        flows = results.Select(r => new
        {
            name = r.Flow.Name,
            from = r.Flow.From,
            to = r.Flow.To,
            protocol = r.Flow.Protocol,
            port = r.Flow.Port,
            line = r.Flow.Line,
            column = r.Flow.Column,
            expected = new
            {
                verdict = r.Flow.Delivered ? "delivered" : "dropped",
                code = r.Flow.Code,
                direction = r.Flow.Direction,
                notes = r.Flow.Notes,
            },
            ok = r.Passed,
            verdict = r.Answer?.Json["verdict"]?.ToString(),
            code = r.Answer?.Delivered == false ? r.Answer.Code : null,
            direction = r.Answer?.DropDirection,
            seenAs = r.Answer?.Delivered == true ? r.Answer.SeenAs : null,
            notes = (r.Model ?? r.Answer)?.Notes ?? [],
            problems = r.Problems,
            differences = r.Model is null ? null : r.Differences,
            model = r.Differences.Count > 0 ? r.Model!.Json : null,
            kernel = r.Differences.Count > 0 ? r.Answer!.Json : null,
        }),
    };

    /// <summary>JUnit's XML: one suite a file, one case a flow; a question that the endpoint refused is an error, not a failure.</summary>
    public static string JUnit(string file, IReadOnlyList<FlowResult> results)
    {
        StringBuilder text = new();
        XmlWriterSettings settings = new() { Indent = true, OmitXmlDeclaration = true };
        text.AppendLine("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        using (XmlWriter xml = XmlWriter.Create(text, settings))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", Clean(file));
            xml.WriteAttributeString("tests", Number(results.Count));
            xml.WriteAttributeString("failures", Number(results.Count(r => !r.Passed && r.Answer is not null)));
            xml.WriteAttributeString("errors", Number(results.Count(r => r.Answer is null)));
            xml.WriteAttributeString("time", Seconds(results.Aggregate(TimeSpan.Zero, (sum, r) => sum + r.Took)));
            foreach (FlowResult result in results)
            {
                Case(xml, file, result);
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return text.AppendLine().ToString();
    }

    private static void Case(XmlWriter xml, string file, FlowResult result)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Clean(Path.GetFileNameWithoutExtension(file)));
        xml.WriteAttributeString("name", Clean(result.Flow.Name));
        xml.WriteAttributeString("file", Clean(file));
        xml.WriteAttributeString("line", Number(result.Flow.Line));
        xml.WriteAttributeString("time", Seconds(result.Took));
        if (!result.Passed)
        {
            xml.WriteStartElement(result.Answer is null ? "error" : "failure");
            xml.WriteAttributeString("message", Clean(string.Join("; ", result.Problems)));
            xml.WriteString(Clean(string.Join("\n", result.Answer?.Text("detailed") ?? [])));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    // XML 1.0 has no way to write most control characters, and a name may hold any.
    private static string Clean(string text) => new([.. text.Select(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c) ? c : '?')]);
}
