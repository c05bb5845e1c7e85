using System.Text.Json;

namespace Trunkline.Wire;

/// <summary>Reads a JSON body into a parameter tree.</summary>
internal static class JsonTree
{
    /// <summary>
    /// Fills <paramref name="target"/>; an empty body is an empty object. False when the body is not one JSON object within
    /// the limits, or a name stands twice in an object.
    /// </summary>
    public static bool Fill(ParamNode target, ReadOnlySpan<byte> body)
    {
        target.Kind = ParamKind.Object;
        if (body.IsEmpty || body.Length > ParamLimits.Bytes)
        {
            return body.IsEmpty;
        }

        try
        {
            Utf8JsonReader reader = new(body, new JsonReaderOptions { MaxDepth = ParamLimits.Depth });
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && Fill(target, ref reader) && !reader.Read();
        }
        catch (JsonException)
        {
            // The reader's only way to say that the text is not JSON.
            return false;
        }
        catch (InvalidOperationException)
        {
            // A string with broken UTF-8 or half of a surrogate pair.
            return false;
        }
    }

    private static bool Fill(ParamNode root, ref Utf8JsonReader reader)
    {
        ParamNode container = root;
        string name = "";
        int count = 0;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    name = reader.GetString()!;
                    if (container.Child(name) is not null)
                    {
                        return false;
                    }

                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    if (ReferenceEquals(container, root))
                    {
                        return true;
                    }

                    container = container.Parent!;
                    break;
                default:
                    if (++count > ParamLimits.Count)
                    {
                        return false;
                    }

                    ParamNode child = container.Add(container.Kind == ParamKind.List ? "" : name);
                    if (Value(child, ref reader))
                    {
                        container = child;
                    }

                    break;
            }
        }

        return false;
    }

    /// <summary>Sets the value; true when the node is a container that was opened.</summary>
    private static bool Value(ParamNode node, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                node.Kind = ParamKind.Object;
                return true;
            case JsonTokenType.StartArray:
                node.Kind = ParamKind.List;
                return true;
            case JsonTokenType.String:
                node.Kind = ParamKind.Text;
                node.Value = reader.GetString();
                return false;
            case JsonTokenType.Number:
                node.Kind = ParamKind.Number;
                node.Value = System.Text.Encoding.ASCII.GetString(reader.ValueSpan);
                return false;
            case JsonTokenType.Null:
                node.Kind = ParamKind.Null;
                return false;
            default:
                node.Kind = ParamKind.Boolean;
                node.Value = reader.TokenType == JsonTokenType.True ? "true" : "false";
                return false;
        }
    }
}
