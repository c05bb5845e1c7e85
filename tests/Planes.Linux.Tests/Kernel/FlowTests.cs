using System.Net;
using System.Net.Sockets;
using Trunkline.Planes.Linux.Desired;
using Trunkline.Planes.Linux.Kernel;

namespace Trunkline.Tests.Planes.Linux.Kernel;

/// <summary>Packets between two machines.</summary>
public sealed class FlowTests
{
    [InsideFact]
    public void Machines_reach_each_other()
    {
        using HostKernel kernel = Sample.NewKernel();
        NftTable table = Sample.Table(2);
        table = table with
        {
            Chains = table.Chains
                .SetItem("forward", table.Chains["forward"] with
                {
                    Hook = "filter hook forward priority 0; policy accept;",
                    Rules = ["ct state established accept", "accept"]
                })
                .SetItem("pre", table.Chains["pre"] with { Rules = [] }),
        };
        HostNetwork wanted = Sample.Network(2, table);
        Sample.Become(kernel, wanted);
        Hands.Run(kernel, "m-i-1", "ping", "-c", "1", "-W", "2", "10.0.0.12");
        Hands.Run(kernel, "m-i-1", "ping", "-c", "1", "-W", "2", "fd00:1::2");

        using Socket listener = kernel.Namespaces.OpenSocket("m-i-2", AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Any, 80));
        listener.Listen();
        using Socket client = kernel.Namespaces.OpenSocket("m-i-1", AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(new IPEndPoint(IPAddress.Parse("10.0.0.12"), 80));
        using Socket server = listener.Accept();
        Assert.Equal("10.0.0.11", ((IPEndPoint)server.RemoteEndPoint!).Address.ToString());
    }

    [InsideFact]
    public void A_thread_that_is_started_inside_stays_there()
    {
        using HostKernel kernel = Sample.NewKernel();
        Sample.Become(kernel, Sample.Network(1));
        string[] seen = [];
        kernel.Namespaces.Start("m-i-1", "watcher", () => seen = [.. System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
            .Select(i => i.Name)]).Join();
        Assert.Equal(["eth0", "lo"], seen.Order());
        Assert.Throws<KernelException>(() => kernel.Namespaces.Start("absent", "watcher", () => { }));
    }
}
