using System.Text;
using Trunkline.Wire;
using Trunkline.Wire.Compute;

namespace Trunkline.Tests.Wire;

/// <summary>The EC2 protocol from bytes to bytes.</summary>
public sealed class Ec2QueryTests
{
    [Fact]
    public void A_request_becomes_a_reply()
    {
        (WireResponse response, EchoRequest? seen) = Call("Action=Echo&Version=2016-11-15&Text=a%26b&Name.2=z&Name.1=y&Part.1.Name=p&Part.1.Value.1=v");
        Assert.Equal(["y", "z"], seen!.Names!);
        Assert.Equal("p", Assert.Single(seen.Parts!).Name);
        Assert.Equal(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<EchoResponse xmlns=\"http://example.com/doc/2016-11-15/\"><text>a&amp;b</text>"
            + "<nameSet><item>y</item><item>z</item></nameSet><partSet><item><name>p</name><valueSet><item>v</item></valueSet></item></partSet>"
            + "<requestId>r-1</requestId></EchoResponse>",
            Encoding.UTF8.GetString(response.Body.Span));
    }

    private static (WireResponse Response, EchoRequest? Seen) Call(string form)
    {
        Handlers handlers = new();
        Service<int> service = ComputeService.For(handlers);
        WireProtocol protocol = service.Description.Protocol;
        WireResult<WireCall> call = protocol.Read(new WireRequest("POST", "/", "", [], Encoding.UTF8.GetBytes(form)), service.Description);
        Assert.Null(call.Fault);
        WireResult<IShape> output = service.Handle(0, call.Value!);
        return (output.Fault is { } fault
            ? protocol.WriteFault(service.Description, fault, "r-1")
            : protocol.WriteOutput(service.Description, call.Value!.Operation, output.Value!, "r-1"), handlers.Seen);
    }

    private sealed class Handlers : ICompute<int>
    {
        public EchoRequest? Seen { get; private set; }

        public EchoResult Echo(int context, EchoRequest request)
        {
            Seen = request;
            return new EchoResult { Text = request.Text, Names = request.Names, Parts = request.Parts };
        }

        public ForgetResult Forget(int context, ForgetRequest request) => new();
    }
}
