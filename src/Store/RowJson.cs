using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Store;

/// <summary>How rows are written as JSON and read back: every member that can be set, by name; nothing that is derived.</summary>
/// <remarks>A missing member takes its default where it has one. Refused: one unknown, one twice there, a null against the type.</remarks>
public static class RowJson
{
    public static JsonSerializerOptions Options { get; } = MakeOptions(new RuleConverter(MakeOptions()));

    /// <summary>The world's own shape; it is kept as one document.</summary>
    internal static JsonTypeInfo<World> WorldInfo => (JsonTypeInfo<World>)Options.GetTypeInfo(typeof(World));

    internal static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Made when the kind's first row is written or read, and kept: most clouds hold few of the kinds.</summary>
    internal static JsonTypeInfo Info(Kind kind) => Options.GetTypeInfo(kind.Type);

    /// <summary>No list holds a null; the serializer, which minds the types of members, does not look at elements.</summary>
    /// <exception cref="JsonException">One does.</exception>
    internal static void RefuseNullsInLists(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("null"u8) < 0)
        {
            return;
        }

        Utf8JsonReader reader = new(json);
        JsonTokenType before = JsonTokenType.None;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Null && before is not JsonTokenType.PropertyName and not JsonTokenType.None)
            {
                throw new JsonException($"a list holds a null, at byte {reader.TokenStartIndex}");
            }

            before = reader.TokenType;
        }
    }

    private static JsonSerializerOptions MakeOptions(params ReadOnlySpan<JsonConverter> further)
    {
        JsonSerializerOptions options = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutDerived, LeaveOutDefaults } },
            Converters =
            {
                new IpAddressConverter(),
                new PrefixConverter(),
                new OrdinalDictionaryConverterFactory(),
                new OrdinalSetConverter(),
                new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false),
            },
        };
        foreach (JsonConverter one in further)
        {
            options.Converters.Add(one);
        }

        options.MakeReadOnly();
        return options;
    }

    /// <summary>A member that cannot be set is computed from the others; kept, it could only come to contradict them.</summary>
    private static void LeaveOutDerived(JsonTypeInfo type)
    {
        for (int i = type.Properties.Count - 1; i >= 0; i--)
        {
            if (type.Properties[i] is { Set: null, AssociatedParameter: null })
            {
                type.Properties.RemoveAt(i);
            }
        }
    }

    /// <summary>What reading would put there by itself is not written: a missing member takes its default.</summary>
    private static void LeaveOutDefaults(JsonTypeInfo type)
    {
        // Its members are as reading finds them before it sets any; null for records whose constructor asks for values.
        object? blank = type.Kind == JsonTypeInfoKind.Object && type.Type.GetConstructor(Type.EmptyTypes) is { } make ? make.Invoke(null) : null;
        foreach (JsonPropertyInfo property in type.Properties)
        {
            if (property.AssociatedParameter is { HasDefaultValue: true, DefaultValue: null })
            {
                property.ShouldSerialize = static (_, value) => value is not null;
            }
            else if (property is { AssociatedParameter: null, IsRequired: false } && IsOftenEmpty(property.PropertyType))
            {
                object? usual = blank is null ? null : property.Get!(blank);
                bool isCounted = property.PropertyType == typeof(ImmutableSortedDictionary<string, string>);
                property.ShouldSerialize = isCounted ? static (_, value) => value is not ImmutableSortedDictionary<string, string> { Count: 0 }
                    : blank is null ? property.ShouldSerialize
                    : (_, value) => !Equals(value, usual);
            }
        }
    }

    private static bool IsOftenEmpty(Type type) =>
        !type.IsValueType || Nullable.GetUnderlyingType(type) is not null
        || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>));

    private sealed class IpAddressConverter : JsonConverter<IpAddress>
    {
        public override IpAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            string? text = reader.GetString();
            return IpAddress.TryParse(text, out IpAddress address) ? address : throw new JsonException($"'{text}' is not an IP address");
        }

        public override void Write(Utf8JsonWriter writer, IpAddress value, JsonSerializerOptions options)
        {
            if (value.Family is not (Family.V4 or Family.V6))
            {
                throw new JsonException("an IP address has no family");
            }

            Span<char> text = stackalloc char[IpAddress.TextLengthMax];
            _ = value.TryFormat(text, out int length);
            writer.WriteStringValue(text[..length]);
        }
    }

    private sealed class PrefixConverter : JsonConverter<Prefix>
    {
        public override Prefix Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            string? text = reader.GetString();
            return Prefix.TryParse(text, out Prefix prefix, out bool strict) && strict
                ? prefix
                : throw new JsonException($"'{text}' is not a CIDR block");
        }

        public override void Write(Utf8JsonWriter writer, Prefix value, JsonSerializerOptions options)
        {
            if (value.Family is not (Family.V4 or Family.V6))
            {
                throw new JsonException("a CIDR block has no family");
            }

            Span<char> text = stackalloc char[Prefix.TextLengthMax];
            _ = value.TryFormat(text, out int length);
            writer.WriteStringValue(text[..length]);
        }
    }

    /// <summary>Maps from strings keep the ordinal order they have in memory; the built-in converter would use the culture's.</summary>
    private sealed class OrdinalDictionaryConverterFactory : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) =>
            typeToConvert.IsGenericType
            && typeToConvert.GetGenericTypeDefinition() == typeof(ImmutableSortedDictionary<,>)
            && typeToConvert.GetGenericArguments()[0] == typeof(string);

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(
                typeof(OrdinalDictionaryConverter<>).MakeGenericType(typeToConvert.GetGenericArguments()[1]))!;
    }

    private sealed class OrdinalDictionaryConverter<TValue> : JsonConverter<ImmutableSortedDictionary<string, TValue>>
    {
        private static readonly ImmutableSortedDictionary<string, TValue> Empty =
            ImmutableSortedDictionary.Create<string, TValue>(StringComparer.Ordinal);

        public override ImmutableSortedDictionary<string, TValue> Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException("a map is not an object");
            }

            JsonTypeInfo<TValue> info = (JsonTypeInfo<TValue>)options.GetTypeInfo(typeof(TValue));
            ImmutableSortedDictionary<string, TValue>.Builder? made = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                reader.Read();
                made ??= Empty.ToBuilder();
                TValue value = JsonSerializer.Deserialize(ref reader, info) ?? throw new JsonException($"'{name}' is null");
                if (!made.TryAdd(name, value))
                {
                    throw new JsonException($"'{name}' comes twice");
                }
            }

            return made?.ToImmutable() ?? Empty;
        }

        public override void Write(
            Utf8JsonWriter writer, ImmutableSortedDictionary<string, TValue> value, JsonSerializerOptions options)
        {
            JsonTypeInfo<TValue> info = (JsonTypeInfo<TValue>)options.GetTypeInfo(typeof(TValue));
            writer.WriteStartObject();
            foreach ((string name, TValue one) in value)
            {
                writer.WritePropertyName(name);
                JsonSerializer.Serialize(writer, one ?? throw new JsonException($"'{name}' is null"), info);
            }

            writer.WriteEndObject();
        }
    }

    private sealed class OrdinalSetConverter : JsonConverter<ImmutableSortedSet<string>>
    {
        private static readonly ImmutableSortedSet<string> Empty = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

        public override ImmutableSortedSet<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                throw new JsonException("a set is not an array");
            }

            ImmutableSortedSet<string>.Builder made = Empty.ToBuilder();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                made.Add(reader.GetString() ?? throw new JsonException("an element is null"));
            }

            return made.ToImmutable();
        }

        public override void Write(Utf8JsonWriter writer, ImmutableSortedSet<string> value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (string one in value)
            {
                writer.WriteStringValue(one);
            }

            writer.WriteEndArray();
        }
    }
}
