using System.Collections.Immutable;
using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Planes;

namespace Trunkline.Control.Machines;

/// <summary>Answers planes from the newest durable cloud: what instances are told at their start, and the services beside them in their VPCs.</summary>
public sealed class VpcServices(Engine engine, TimeProvider clock, MetadataTokens tokens) : IMachineServices
{
    private const string Metadata = "metadata";
    private const string Dns = "dns";
    private const string Dhcp = "dhcp";
    private const ushort HttpPort = 80;
    private const ushort DnsPort = 53;
    private const ushort DhcpServerPort = 67;
    private const ushort DhcpClientPort = 68;

    public object Version => engine.Published;

    public MachineOrder? OrderOf(string machine)
    {
        foreach (Partition here in engine.Published.Partitions.Values)
        {
            if (MachineView.Of(here, machine) is { } view)
            {
                return OrderOf(view);
            }
        }

        return null;
    }

    public IReadOnlyList<string> WithFirstBoot()
    {
        List<string> found = [];
        foreach (Partition here in engine.Published.Partitions.Values)
        {
            foreach (Instance instance in here.All<Instance>())
            {
                if (instance is { UserData: not null, State: InstanceState.Running })
                {
                    found.Add(instance.Id.Value);
                }
            }
        }

        return found;
    }

    public IReadOnlyList<ServicePoint> PointsFor(IReadOnlyCollection<string> machines)
    {
        Dictionary<string, (Partition Here, Vpc Vpc)> vpcs = new(StringComparer.Ordinal);
        foreach (Partition here in engine.Published.Partitions.Values)
        {
            foreach (string machine in machines)
            {
                if (here.Table<Instance>().Find(machine)?.VpcId is { } id && here.Find(id) is { } vpc)
                {
                    vpcs[vpc.Key] = (here, vpc);
                }
            }
        }

        return [.. vpcs.Values.SelectMany(v => PointsOf(v.Here, v.Vpc))];
    }

    public async ValueTask Converse(ServicePoint point, IpAddress source, IServiceConnection connection, CancellationToken stop)
    {
        if (point.Service == Dns)
        {
            await ConverseDns(point, connection, stop).ConfigureAwait(false);
        }
        else
        {
            await ConverseHttp(point, source, connection, stop).ConfigureAwait(false);
        }
    }

    public ServiceDatagram? Answer(ServicePoint point, IpAddress source, ushort port, ReadOnlySpan<byte> datagram)
    {
        if (Where(point) is not var (here, vpc))
        {
            return null;
        }

        if (point.Service == Dns)
        {
            DnsQuestion? question = DnsMessage.Read(datagram, out byte[]? refusal);
            byte[]? answer = question is null
                ? refusal
                : DnsMessage.Write(question, DnsAnswers.Answer(engine.Published, here, vpc, question, HealthyZones, IsServing), question.UdpSize);
            return answer is null ? null : new ServiceDatagram(source, port, answer);
        }

        return DhcpMessage.Read(datagram) is { } message && DhcpAnswers.Answer(here, vpc, message) is { } reply
            ? new ServiceDatagram(reply.To, DhcpClientPort, reply.Message)
            : null;
    }

    private static MachineOrder OrderOf(MachineView view)
    {
        MachineFacts facts = MachineFacts.Of(view);
        return new MachineOrder(
            facts.InstanceId,
            view.Instance.State == InstanceState.Running,
            facts.Boot,
            facts.HostName,
            facts.Files,
            facts.UserData is { } data ? Convert.FromBase64String(data) : null,
            [.. view.Primary.AllAddresses]);
    }

    /// <summary>The sockets of one VPC; none for names where its DNS support is off (AWS, "DNS attributes for your VPC").</summary>
    private static IEnumerable<ServicePoint> PointsOf(Partition here, Vpc vpc)
    {
        string scope = $"{here.Account}/{here.Region}";
        List<IpAddress> resolvers = [ServiceAddresses.Resolver, ServiceAddresses.ResolverOf(vpc), ServiceAddresses.Resolver6];
        List<ServicePoint> points =
        [
            new(vpc.Key, scope, Metadata, true, ServiceAddresses.Metadata, HttpPort),
            new(vpc.Key, scope, Metadata, true, ServiceAddresses.Metadata6, HttpPort),
            new(vpc.Key, scope, Dhcp, false, null, DhcpServerPort),
        ];
        if (vpc.EnableDnsSupport)
        {
            points.AddRange(resolvers.Select(r => new ServicePoint(vpc.Key, scope, Dns, false, r, DnsPort)));
            points.AddRange(resolvers.Select(r => new ServicePoint(vpc.Key, scope, Dns, true, r, DnsPort)));
        }

        return points;
    }

    private (Partition Here, Vpc Vpc)? Where(ServicePoint point)
    {
        string[] scope = point.Scope.Split('/');
        Partition here = engine.Published.Partition(new PartitionKey(scope[0], scope[1]));
        return here.Find(new Id<Vpc>(point.Domain)) is { } vpc ? (here, vpc) : null;
    }

    /// <summary>Asked only where a name is a load balancer's: the model is not compiled for the others.</summary>
    private ImmutableArray<string> HealthyZones(PartitionKey at, string key) => engine.Tracer.HealthyZones(at, key);

    private bool IsServing(PartitionKey at, string key) => engine.Tracer.IsServing(at, key);

    private async ValueTask ConverseHttp(ServicePoint point, IpAddress source, IServiceConnection connection, CancellationToken stop)
    {
        byte[] buffer = new byte[MetadataHttp.HeadMax * 2];
        int filled = 0;
        while (true)
        {
            switch (MetadataHttp.Read(buffer.AsSpan(0, filled), !source.IsV4, out MetadataRequest? request, out int used, out bool close))
            {
                case MetadataHttp.Reading.Wrong:
                    await connection.Write(MetadataHttp.WriteBadRequest(), 0, stop).ConfigureAwait(false);
                    return;
                case MetadataHttp.Reading.More:
                    int got = filled < buffer.Length ? await connection.Read(buffer.AsMemory(filled), stop).ConfigureAwait(false) : 0;
                    if (got == 0)
                    {
                        return;
                    }

                    filled += got;
                    continue;
                default:
                    break;
            }

            DateTimeOffset now = clock.GetUtcNow();
            if (Where(point) is not var (here, vpc) || MachineView.At(here, vpc, source) is not { } machine)
            {
                // Nobody's address in this VPC: nothing is told, not even that there is something.
                return;
            }

            MetadataResponse response = MetadataService.Answer(
                machine, request!, tokens, now, engine.Published.Partition(GlobalRows.KeyOf(here.Account)));
            await connection.Write(MetadataHttp.Write(response, request!, close, now), response.HopLimit, stop).ConfigureAwait(false);
            if (close)
            {
                return;
            }

            buffer.AsSpan(used, filled - used).CopyTo(buffer);
            filled -= used;
        }
    }

    /// <summary>Messages with their length before them (RFC 7766).</summary>
    private async ValueTask ConverseDns(ServicePoint point, IServiceConnection connection, CancellationToken stop)
    {
        byte[] head = new byte[2];
        while (await Fill(connection, head, stop).ConfigureAwait(false))
        {
            byte[] message = new byte[(head[0] << 8) | head[1]];
            if (!await Fill(connection, message, stop).ConfigureAwait(false) || Where(point) is not var (here, vpc))
            {
                return;
            }

            DnsQuestion? question = DnsMessage.Read(message, out byte[]? refusal);
            byte[]? answer = question is null
                ? refusal
                : DnsMessage.Write(question, DnsAnswers.Answer(engine.Published, here, vpc, question, HealthyZones, IsServing), ushort.MaxValue);
            if (answer is null)
            {
                return;
            }

            await connection.Write((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer], 0, stop).ConfigureAwait(false);
        }
    }

    private static async ValueTask<bool> Fill(IServiceConnection connection, byte[] buffer, CancellationToken stop)
    {
        int filled = 0;
        while (filled < buffer.Length)
        {
            int got = await connection.Read(buffer.AsMemory(filled), stop).ConfigureAwait(false);
            if (got == 0)
            {
                return false;
            }

            filled += got;
        }

        return true;
    }
}
