using System.Text;
using System.Xml;

namespace Trunkline.Wire;

/// <summary>Reads an XML body into a parameter tree: elements by their local names, attributes left out.</summary>
internal static class XmlTree
{
    private static readonly XmlDictionaryReaderQuotas Quotas = new()
    {
        MaxDepth = ParamLimits.Depth,
        MaxStringContentLength = ParamLimits.Bytes,
        MaxArrayLength = ParamLimits.Bytes,
        MaxBytesPerRead = ParamLimits.Bytes,
        MaxNameTableCharCount = 64 * 1024,
    };

    /// <summary>
    /// Fills <paramref name="target"/> with the root element's children. False when the body is not one element within the
    /// limits; a document type definition is refused, so there are no entities to expand.
    /// </summary>
    public static bool Fill(ParamNode target, ReadOnlySpan<byte> body)
    {
        if (body.Length > ParamLimits.Bytes)
        {
            return false;
        }

        try
        {
            using XmlDictionaryReader reader = XmlDictionaryReader.CreateTextReader(body.ToArray(), Quotas);
            return reader.MoveToContent() == XmlNodeType.Element && Elements(target, reader);
        }
        catch (XmlException)
        {
            // The reader's only way to say that the text is not XML, or over a quota.
            return false;
        }
        catch (FormatException)
        {
            // Broken UTF-8 in a name.
            return false;
        }
    }

    private static bool Elements(ParamNode target, XmlDictionaryReader reader)
    {
        ParamNode node = target;
        Stack<ParamNode> above = [];
        StringBuilder text = new();
        int count = 0;
        if (reader.IsEmptyElement)
        {
            return true;
        }

        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    if (++count > ParamLimits.Count)
                    {
                        return false;
                    }

                    ParamNode? earlier = node.Child(reader.LocalName);
                    ParamNode child = earlier is null ? node.Add(reader.LocalName) : earlier.Repeat();
                    child.Kind = ParamKind.Text;
                    child.Value = "";
                    text.Clear();
                    if (!reader.IsEmptyElement)
                    {
                        above.Push(node);
                        node = child;
                    }

                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    text.Append(reader.Value);
                    break;
                case XmlNodeType.EndElement when above.Count == 0:
                    return true;
                case XmlNodeType.EndElement:
                    // Blanks between the elements of a structure are no value.
                    node.Value = node.Children.Count > 0 ? null : text.ToString();
                    text.Clear();
                    node = above.Pop();
                    break;
                default:
                    break;
            }
        }

        return false;
    }
}
