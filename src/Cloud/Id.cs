using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trunkline.Cloud;

/// <summary>The id of one resource of kind <typeparamref name="T"/>, such as <c>vpc-0a1b2c3d4e5f60718</c>.</summary>
/// <remarks>AWS's long form: the kind's prefix, a dash, 17 hexadecimal digits.</remarks>
[JsonConverter(typeof(IdJsonConverterFactory))]
public readonly record struct Id<T>(string Value) : IComparable<Id<T>>
{
    public int CompareTo(Id<T> other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

/// <summary>Writes an <see cref="Id{T}"/> as a plain JSON string.</summary>
public sealed class IdJsonConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Id<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()[0]))!;

    private sealed class Converter<T> : JsonConverter<Id<T>>
    {
        public override Id<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetString() ?? throw new JsonException("an id is null"));

        public override void Write(Utf8JsonWriter writer, Id<T> value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value ?? throw new JsonException("an id is null"));

        public override Id<T> ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetString()!);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, Id<T> value, JsonSerializerOptions options) =>
            writer.WritePropertyName(value.Value);
    }
}
