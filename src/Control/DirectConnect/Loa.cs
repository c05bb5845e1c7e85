using System.Globalization;
using System.Text;
using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// Letters of authorization (LOA-CFA) of ports and LAGs: one page of PDF that names the port. Source: Direct Connect API, DescribeLoa.
/// </summary>
public sealed partial class DirectConnectService
{
    private const string LoaType = "application/pdf";

    public AwsDx.Loa DescribeLoa(CommandContext context, AwsDx.DescribeLoaRequest request)
    {
        string id = Required(request.ConnectionId, "connectionId");
        if (id.StartsWith(DxIds.LagPrefix, StringComparison.Ordinal))
        {
            DxLag lag = DxRows.Lag(context, id);
            return LoaOf(context, lag.Key, lag.Name, lag.Location, lag.Device, request.ProviderName ?? lag.ProviderName);
        }

        DxConnection port = OwnPort(context, id);
        return port.IsHosted
            ? throw DxFaults.Client($"Connection {id} is a hosted connection. Its provider has the LOA-CFA of the port.")
            : LoaOf(context, port.Key, port.Name, port.Location, port.Device, request.ProviderName ?? port.ProviderName);
    }

    public AwsDx.DescribeConnectionLoaResponse DescribeConnectionLoa(CommandContext context, AwsDx.DescribeConnectionLoaRequest request) => new()
    {
        Loa = DescribeLoa(context, new AwsDx.DescribeLoaRequest
        {
            ConnectionId = DxRows.Connection(context, request.ConnectionId).Key,
            ProviderName = request.ProviderName,
        }),
    };

    public AwsDx.DescribeInterconnectLoaResponse DescribeInterconnectLoa(
        CommandContext context, AwsDx.DescribeInterconnectLoaRequest request) => new()
        {
            Loa = DescribeLoa(context, new AwsDx.DescribeLoaRequest
            {
                ConnectionId = DxRows.Interconnect(context, request.InterconnectId).Key,
                ProviderName = request.ProviderName,
            }),
        };

    private static AwsDx.Loa LoaOf(CommandContext context, string id, string name, string location, DxDevice device, string? provider) => new()
    {
        LoaContentType = LoaType,
        LoaContent = PdfPage.Of(
            "Letter of Authorization and Connecting Facility Assignment",
            $"Issued: {context.Now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}",
            $"Account: {context.Account}",
            $"Region: {context.Region}",
            $"Connection: {id} ({name})",
            $"Location: {location}",
            $"Device: {device.Name}",
            $"Requested by: {provider ?? "the customer"}",
            "Issued by Trunkline for a network that exists in its model only."),
    };

    /// <summary>A page of lines in Helvetica: the least PDF 1.4 (ISO 32000) that readers show.</summary>
    private static class PdfPage
    {
        private const int Left = 72;
        private const int Top = 720;
        private const int FontSize = 12;
        private const int LineStep = 18;

        public static byte[] Of(params ReadOnlySpan<string> lines)
        {
            StringBuilder text = new();
            text.Append(CultureInfo.InvariantCulture, $"BT /F1 {FontSize} Tf {Left} {Top} Td {LineStep} TL\n");
            foreach (string line in lines)
            {
                text.Append('(').Append(Escaped(line)).Append(") Tj T*\n");
            }

            text.Append("ET");
            string[] objects =
            [
                "<< /Type /Catalog /Pages 2 0 R >>",
                "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
                string.Create(CultureInfo.InvariantCulture, $"<< /Length {text.Length} >>\nstream\n{text}\nendstream"),
                "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            ];
            return File(objects);
        }

        private static byte[] File(string[] objects)
        {
            StringBuilder file = new("%PDF-1.4\n");
            List<int> offsets = [];
            for (int i = 0; i < objects.Length; i++)
            {
                offsets.Add(file.Length);
                file.Append(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n{objects[i]}\nendobj\n");
            }

            int table = file.Length;
            file.Append(CultureInfo.InvariantCulture, $"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n");
            foreach (int offset in offsets)
            {
                file.Append(CultureInfo.InvariantCulture, $"{offset:D10} 00000 n \n");
            }

            file.Append(CultureInfo.InvariantCulture, $"trailer\n<< /Size {objects.Length + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
            return Encoding.ASCII.GetBytes(file.ToString());
        }

        /// <summary>Offsets count bytes, so everything is ASCII; what is not becomes a question mark.</summary>
        private static string Escaped(string line)
        {
            StringBuilder escaped = new();
            foreach (char c in line)
            {
                escaped.Append(c is '(' or ')' or '\\' ? "\\" : "").Append(c is >= ' ' and <= '~' ? c : '?');
            }

            return escaped.ToString();
        }
    }
}
