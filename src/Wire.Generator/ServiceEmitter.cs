using System;
using System.Linq;

namespace Trunkline.Wire.Generator;

/// <summary>Writes a service's interface and its dispatch table.</summary>
internal static class ServiceEmitter
{
    /// <summary>The source text.</summary>
    public static string Emit(ServedModel model)
    {
        string service = Names.Pascal(model.Facts.Name);
        CodeText code = CodeText.File(service);
        code.Line();
        code.Line($"/// <summary>The served operations of {model.Facts.Name}; a handler that is missing does not compile.</summary>");
        code.Open($"public partial interface I{service}<TContext>");
        foreach (ServedOperation operation in model.Operations)
        {
            code.Line($"{operation.Output} {operation.Fact.Name}(TContext context, {operation.Input} request);");
        }

        code.Close();
        code.Line();
        code.Line($"/// <summary>What {model.Facts.Name} speaks, and the way from an operation's name to its handler.</summary>");
        code.Open($"public static class {service}Service");
        Description(code, model.Facts);
        code.Line();
        code.Line("/// <summary>The dispatch table over <paramref name=\"handlers\"/>.</summary>");
        code.Open($"public static global::Trunkline.Wire.Service<TContext> For<TContext>(I{service}<TContext> handlers)");
        code.Line("return new global::Trunkline.Wire.Service<TContext>(Description,");
        code.Line("[");
        foreach (ServedOperation operation in model.Operations)
        {
            code.Line($"    new({Names.Quote(operation.Fact.Name)}, (context, reader, input) => "
                + $"handlers.{operation.Fact.Name}(context, {operation.Input}.Read(reader, input))),");
        }

        code.Line("]);");
        code.Close();
        code.Close();
        return code.ToString();
    }

    private static void Description(CodeText code, ServiceFacts facts)
    {
        bool rest = facts.Protocol is Protocol.RestJson or Protocol.RestXml;
        code.Line("/// <summary>Protocol, version and every operation name of the facts, served or not.</summary>");
        code.Line("public static global::Trunkline.Wire.ServiceDescription Description { get; } = new()");
        code.Line("{");
        code.Line($"    Name = {Names.Quote(facts.Name)},");
        code.Line($"    SigningName = {Names.Quote(facts.SigningName)},");
        code.Line($"    Protocol = global::Trunkline.Wire.WireProtocol.{ProtocolName(facts.Protocol)},");
        code.Line($"    ApiVersion = {Names.Quote(facts.ApiVersion)},");
        code.Line($"    XmlNamespace = {Names.Quote(facts.XmlNamespace)},");
        code.Line($"    TargetPrefix = {Names.Quote(facts.TargetPrefix)},");
        code.Line($"    OperationNames = {Names.Quote(string.Join(" ", facts.Operations.Select(operation => operation.Name)))},");
        code.Line("    Bindings =");
        code.Line("    [");
        foreach (OperationFact operation in rest ? facts.Operations : [])
        {
            code.Line($"        new({Names.Quote(operation.Name)}, {Names.Quote(operation.Method)}, "
                + $"{Names.Quote(operation.Path)}, {operation.Status}, {(HasPayload(facts, operation) ? "true" : "false")}),");
        }

        code.Line("    ],");
        code.Line("    Errors =");
        code.Line("    [");
        foreach (ErrorFact error in facts.Errors)
        {
            code.Line($"        new({Names.Quote(error.Name)}, {Names.Quote(error.Code)}, {error.Status}),");
        }

        code.Line("    ],");
        code.Line("};");
    }

    private static bool HasPayload(ServiceFacts facts, OperationFact operation) =>
        operation.Input is not null && facts.Structures[operation.Input].Members.Any(member => member.Traits.ContainsKey("payload"));

    private static string ProtocolName(Protocol protocol) => protocol switch
    {
        Protocol.Ec2 => "Ec2Query",
        Protocol.Query => "AwsQuery",
        Protocol.Json => "AwsJson11",
        Protocol.RestJson => "RestJson",
        Protocol.RestXml => "RestXml",
        _ => throw new InvalidOperationException(protocol.ToString()),
    };
}
