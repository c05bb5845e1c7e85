using Trunkline.Addressing;
using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.Ec2;
using Trunkline.Forwarding;
using Trunkline.Tracing;
using Aws = Trunkline.Wire.Ec2;

namespace Trunkline.Tests.Control;

/// <summary>A cloud to try handlers on: a snapshot, seeded ids, a clock that stands until it is moved. Every command works on a draft.</summary>
public sealed class Lab
{
    public const string Account = "000000000000";
    public const string Region = "us-east-1";

    private readonly IdSource ids = new(seed: 20260101);
    private int requests;

    public Ec2Service Ec2 { get; } = new();

    /// <summary>The cloud that the last command left.</summary>
    public CloudSnapshot Cloud { get; set; } = CloudSnapshot.Empty;

    public DateTimeOffset Now { get; set; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public Quotas Quotas { get; set; } = Quotas.AwsDefaults;

    public Partition Here => Cloud.Partition(new PartitionKey(Account, Region));

    /// <summary>A context for one call; <see cref="Commit"/> keeps what the call wrote.</summary>
    public CommandContext Context(string account = Account, string region = Region) =>
        new(new Caller(new PartitionKey(account, region), "test", $"request-{++requests}"), Now, ids, Quotas, new Draft(Cloud),
            cloud => new Tracer(Compiler.Compile(cloud)));

    /// <summary>Makes what a command wrote the cloud of the next one.</summary>
    public void Commit(CommandContext context) => Cloud = context.Draft.Next;

    /// <summary>Runs one command and keeps what it wrote.</summary>
    public T Do<T>(Func<CommandContext, T> command, string account = Account, string region = Region)
    {
        CommandContext context = Context(account, region);
        T result = command(context);
        Commit(context);
        return result;
    }

    /// <summary>Runs a read, which may write nothing.</summary>
    public T Ask<T>(Func<CommandContext, T> read, string account = Account, string region = Region)
    {
        CommandContext context = Context(account, region);
        T result = read(context);
        Assert.Empty(context.Draft.Changes);
        return result;
    }

    /// <summary>Runs a command that must be refused with one of AWS's codes; returns the refusal.</summary>
    public Fault Refused(string code, Func<CommandContext, object> command, string account = Account)
    {
        Fault fault = Assert.Throws<Fault>(() => command(Context(account)));
        Assert.Equal(code, fault.Code);
        return fault;
    }

    /// <summary>Writes a row past the API, for a test of one kind that needs another.</summary>
    public T Put<T>(T row, string account = Account)
        where T : class, IResource<T> => Do(c => c.Put(row), account);

    public Vpc Vpc(string cidr = "10.0.0.0/16") =>
        Here.Get(new Id<Vpc>(Do(c => Ec2.CreateVpc(c, new Aws.CreateVpcRequest { CidrBlock = cidr })).Vpc!.VpcId!));

    public Subnet Subnet(Vpc vpc, string cidr, string zone = Region + "a") =>
        Here.Get(new Id<Subnet>(Do(c => Ec2.CreateSubnet(
            c, new Aws.CreateSubnetRequest { VpcId = vpc.Id.Value, CidrBlock = cidr, AvailabilityZone = zone })).Subnet!.SubnetId!));

    /// <summary>An internet gateway, attached to a VPC.</summary>
    public InternetGateway Gateway(Vpc vpc) =>
        Put(new InternetGateway { Id = new(Context().NewId(InternetGateway.IdPrefix)), VpcId = vpc.Id });

    /// <summary>A running instance with one interface.</summary>
    public (Instance Instance, NetworkInterface Eni) Instance(
        Subnet subnet, string? ip = null, bool publicIp = false, InstanceState state = InstanceState.Running)
    {
        return Do(c =>
        {
            Instance instance = c.Put(new Instance
            {
                Id = new(c.NewId(Trunkline.Cloud.Instance.IdPrefix)),
                ReservationId = c.NewId("r"),
                ImageId = "ami-00000000000000001",
                InstanceType = "t3.micro",
                State = state,
                LaunchTime = Now,
                Zone = subnet.Zone,
                SubnetId = subnet.Id,
                VpcId = subnet.VpcId,
            });
            NetworkInterface eni = InterfaceMaker.Create(c, new InterfaceWish
            {
                Subnet = subnet,
                PrimaryIp = ip is null ? null : IpAddress.Parse(ip),
                AssociatePublicIp = publicIp,
                Attachment = new InterfaceAttachment(c.NewId("eni-attach"), instance.Id, Account, 0, 0, Now, DeleteOnTermination: true),
            });
            return (instance, eni);
        });
    }
}
