using System.Text;
using Trunkline.Wire;

namespace Trunkline.Tests.Wire;

/// <summary>Errors of REST JSON services: the name of the shape, and the members that it has beside its message.</summary>
public sealed class RestJsonFaultTests
{
    private static readonly ServiceDescription Service = new()
    {
        Name = "things",
        SigningName = "things",
        Protocol = WireProtocol.RestJson,
        ApiVersion = "",
        XmlNamespace = "",
        TargetPrefix = "",
        OperationNames = "",
        Bindings = [],
        Errors = [new("UnknownThingException", "InvalidThing.NotFound", 400)],
    };

    [Fact]
    public void A_code_of_an_older_protocol_is_told_by_the_name_of_its_shape()
    {
        Assert.Equal("UnknownThingException", TypeOf(new WireFault("InvalidThing.NotFound", "m")));
        Assert.Equal("UnknownThingException", TypeOf(new WireFault("UnknownThingException", "m")));
        Assert.Equal("Other", TypeOf(new WireFault("Other", "m")));
    }

    [Fact]
    public void Members_stand_beside_the_message()
    {
        WireFault fault = new("ValidationException", "wrong")
        {
            Details =
            [
                new FaultDetail("Reason", "FieldValidationFailed"),
                new FaultDetail("Fields", null) { Fields = [new("id", "Not \"here\".")] },
            ],
        };
        Assert.Equal(
            """{"message":"wrong","Reason":"FieldValidationFailed","Fields":[{"Name":"id","Message":"Not \"here\"."}]}""",
            Encoding.UTF8.GetString(WireProtocol.RestJson.WriteFault(Service, fault, "r").Body.Span));
    }

    private static string TypeOf(WireFault fault) =>
        WireProtocol.RestJson.WriteFault(Service, fault, "r").Headers.Single(h => h.Key == "x-amzn-ErrorType").Value;
}
