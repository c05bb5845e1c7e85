using System.Text.Json;
using System.Text.Json.Serialization;
using Trunkline.Addressing;

namespace Trunkline.Planes.Linux.Agent;

/// <summary>An address as its text, <c>10.0.0.1</c>.</summary>
public sealed class IpAddressConverter : JsonConverter<IpAddress>
{
    public override IpAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        IpAddress.TryParse(reader.GetString(), out IpAddress address) ? address : throw new JsonException("not an address");

    public override void Write(Utf8JsonWriter writer, IpAddress value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>A block as its text, <c>10.0.0.0/16</c>.</summary>
public sealed class PrefixConverter : JsonConverter<Prefix>
{
    public override Prefix Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Prefix.TryParse(reader.GetString(), out Prefix prefix) ? prefix : throw new JsonException("not a block");

    public override void Write(Utf8JsonWriter writer, Prefix value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
