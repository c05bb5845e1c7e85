using System.Globalization;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Forwarding;
using Trunkline.Tracing;

namespace Trunkline.Tests.Clouds;

/// <summary>Questions to a test's cloud. Every answer is checked on the way: silent and explained walk agree, and a drop has its reason.</summary>
public static class Asking
{
    /// <summary>TCP from an interface to an address.</summary>
    public static Trace Tcp(this CloudBuilder net, string eni, string to, int port = 443, int sourcePort = Flow.DefaultSourcePort) =>
        net.Ask(eni, to, Protocols.Tcp, port, sourcePort);

    public static Trace Ping(this CloudBuilder net, string eni, string to) =>
        net.Ask(eni, to, to.Contains(':') ? Protocols.IcmpV6 : Protocols.Icmp, to.Contains(':') ? Protocols.EchoRequestV6 : Protocols.EchoRequest, 0);

    /// <summary>TCP from an address of the internet.</summary>
    public static Trace FromInternet(this CloudBuilder net, string from, string to, int port = 443)
    {
        ForwardingState state = Compiler.Compile(net.Cloud);
        return Explain(state, Flow.Tcp(Origin.Internet, IpAddress.Parse(from), IpAddress.Parse(to), (ushort)port));
    }

    /// <summary>TCP from a host of a site.</summary>
    public static Trace FromSite(this CloudBuilder net, string site, string from, string to, int port = 443, int sourcePort = Flow.DefaultSourcePort)
    {
        ForwardingState state = Compiler.Compile(net.Cloud);
        Origin origin = Origin.OfSite(state.Sites.Find(site));
        return Explain(state, new Flow(origin, IpAddress.Parse(from), IpAddress.Parse(to), Protocols.Tcp, (ushort)sourcePort, (ushort)port));
    }

    public static Trace Ask(this CloudBuilder net, string eni, string to, int protocol, int port, int sourcePort, string? from = null)
    {
        ForwardingState state = Compiler.Compile(net.Cloud);
        IpAddress destination = IpAddress.Parse(to);
        NetworkInterface row = net.Rows.Get(new Id<NetworkInterface>(eni));
        IpAddress source = from is not null ? IpAddress.Parse(from) : destination.IsV4 ? row.PrimaryIp!.Value : row.Ipv6Addresses[0];
        Origin origin = Origin.OfNic(state.NicOf(net.At, eni));
        return Explain(state, new Flow(origin, source, destination, (byte)protocol, (ushort)sourcePort, (ushort)port));
    }

    public static Trace Explain(ForwardingState state, Flow flow)
    {
        Tracer tracer = new(state);
        Trace trace = tracer.Explain(flow);
        Assert.Equal(tracer.Evaluate(flow), trace.Verdict);
        Assert.Equal(trace.Verdict.Delivered, trace.Drop is null);
        Assert.NotEmpty(trace.Forward);
        Assert.True(trace.Drop is null || trace.Drop.Text.Length > 0);
        return trace;
    }

    public static void Delivered(this Trace trace) =>
        Assert.True(trace.Verdict.Delivered, string.Join('\n', TraceText.Render(trace, TraceLength.Detailed)));

    /// <summary>Dropped for this reason, on this journey.</summary>
    public static Drop Dropped(this Trace trace, ExplanationCode code, Leg leg = Leg.Forward)
    {
        string text = string.Join('\n', TraceText.Render(trace, TraceLength.Detailed));
        Assert.True(trace.Code == code, string.Create(CultureInfo.InvariantCulture, $"{trace.Code}, not {code}:\n{text}"));
        Assert.True(trace.Drop!.Leg == leg, $"on the other journey:\n{text}");
        return trace.Drop;
    }

    /// <summary>Ids of what the packet met, in order, without what stands inside interfaces.</summary>
    public static string[] Path(this IEnumerable<Hop> hops) => [.. hops.Select(h => h.Component.Id)];
}
