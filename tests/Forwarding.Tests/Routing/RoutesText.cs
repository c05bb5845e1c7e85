using System.Globalization;
using System.Text;
using Trunkline.Addressing;
using Trunkline.Forwarding.Routing;

namespace Trunkline.Tests.Forwarding.Routing;

/// <summary>Everything that settled routes say, a line each: two that print the same are the same.</summary>
internal static class RoutesText
{
    public static string Of(SettledRoutes routes)
    {
        StringBuilder text = new();
        foreach (Speaker speaker in routes.Speakers.Values)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{speaker}");
            foreach (RibEntry entry in routes.RibOf(speaker.Id).Entries)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  {entry.Prefix} best {entry.Best} {(entry.IsUnsettled ? "unsettled" : "")}");
                foreach (Candidate candidate in entry.Candidates)
                {
                    text.Append(CultureInfo.InvariantCulture, $"    {candidate.Source} {candidate.Line} {candidate.Spoke} from {candidate.From} ");
                    text.Append(CultureInfo.InvariantCulture, $"[{candidate.Path}] med {candidate.Med} preference {candidate.LocalPreference} ");
                    text.Append(CultureInfo.InvariantCulture, $"{string.Join(',', candidate.Communities)} {candidate.PrefixList} ");
                    text.AppendLine(CultureInfo.InvariantCulture, $"{candidate.IsBlackhole} {candidate.Step}");
                }
            }
        }

        foreach (string spoke in routes.Lines.Values.Select(l => l.Spoke).Where(s => s.Length > 0).Distinct().Order(StringComparer.Ordinal))
        {
            IEnumerable<string> told = routes.ToldOver(spoke).Entries.Select(
                e => $"{e.Prefix} {string.Join(' ', e.Candidates.Take(e.Best).Select(c => c.Line))}");
            text.AppendLine(CultureInfo.InvariantCulture, $"told over {spoke}: {string.Join(", ", told)}");
        }

        foreach (Line line in routes.Lines.Values)
        {
            string owned = string.Join<Prefix>(',', line.Owned);
            text.AppendLine(CultureInfo.InvariantCulture, $"{line with { Owned = [] }} {owned} accepted {routes.AcceptedOver(line.Id)}");
        }

        return text.ToString();
    }
}
