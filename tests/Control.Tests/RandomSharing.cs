using Trunkline.Cloud;
using Trunkline.Control;
using Trunkline.Control.NetworkManager;
using Trunkline.Control.Ram;
using Pick = Trunkline.Tests.Control.RandomCommand.Pick;

namespace Trunkline.Tests.Control;

/// <summary>Commands of RAM and Network Manager, for <see cref="RandomCommand"/>.</summary>
internal static class RandomSharing
{
    private const string Region = "us-east-1";
    private const string Policy = """{"Effect":"Allow","Action":["ec2:DescribeSubnets"]}""";

    private static readonly RamService Ram = new();
    private static readonly NetworkManagerService Nm = new();

    /// <summary>The kinds of rows that these commands make.</summary>
    public static readonly Kind[] Kinds =
    [
        Kind.Of<ResourceShare>(), Kind.Of<ReceivedShare>(), Kind.Of<SharePermission>(), Kind.Of<OrganizationSharing>(),
        Kind.Of<ReplacePermissionsWork>(), Kind.Of<GlobalNetwork>(), Kind.Of<NmSite>(), Kind.Of<NmDevice>(), Kind.Of<NmLink>(),
        Kind.Of<NmLinkAssociation>(), Kind.Of<NmConnection>(),
    ];

    public static readonly Action<CommandContext, Pick>[] Commands = [.. Sharing, .. Inventory];

    private static Action<CommandContext, Pick>[] Sharing =>
    [
        (c, _) => Ram.EnableSharingWithAwsOrganization(c, new()),
        (c, p) => Ram.CreateResourceShare(c, new() { Name = "s", ResourceArns = [Subnet(c, p)], Principals = [Other(c)] }),
        (c, p) => Ram.CreateResourceShare(c, new() { Name = "l", ResourceArns = [List(c, p)], Principals = [Other(c)] }),
        (c, p) => Ram.AssociateResourceShare(c, new() { ResourceShareArn = Share(c, p), ResourceArns = [p.Maybe() ? Subnet(c, p) : List(c, p)] }),
        (c, p) => Ram.AssociateResourceShare(c, new() { ResourceShareArn = Share(c, p), Principals = [Other(c)] }),
        (c, p) => Ram.DisassociateResourceShare(c, new() { ResourceShareArn = Share(c, p), ResourceArns = [p.Maybe() ? Subnet(c, p) : List(c, p)] }),
        (c, p) => Ram.DisassociateResourceShare(c, new() { ResourceShareArn = Share(c, p), Principals = [Other(c)] }),
        (c, p) => Ram.DeleteResourceShare(c, new() { ResourceShareArn = Share(c, p) }),
        (c, p) => Ram.AcceptResourceShareInvitation(c, new() { ResourceShareInvitationArn = Invitation(c, p) }),
        (c, p) => Ram.RejectResourceShareInvitation(c, new() { ResourceShareInvitationArn = Invitation(c, p) }),
        (c, p) => Ram.CreatePermission(c, new() { Name = $"p{p.Next(3)}", ResourceType = "ec2:Subnet", PolicyTemplate = Policy }),
        (c, p) => Ram.ReplacePermissionAssociations(c, new()
        {
            FromPermissionArn = "arn:aws:ram::aws:permission/AWSRAMDefaultPermissionSubnet", ToPermissionArn = c.Arn($"permission/p{p.Next(3)}", "ram"),
        }),
        (c, p) => Ram.DeletePermission(c, new() { PermissionArn = c.Arn($"permission/p{p.Next(3)}", "ram") }),
    ];

    private static Action<CommandContext, Pick>[] Inventory =>
    [
        (c, _) => Nm.CreateGlobalNetwork(c, new()),
        (c, p) => Nm.CreateSite(c, new() { GlobalNetworkId = p.Id<GlobalNetwork>() }),
        (c, p) => Nm.CreateDevice(c, new() { GlobalNetworkId = p.Id<GlobalNetwork>(), SiteId = p.Id<NmSite>() }),
        (c, p) => Nm.CreateLink(c, new() { GlobalNetworkId = p.Id<GlobalNetwork>(), SiteId = p.Id<NmSite>(), Bandwidth = new() { UploadSpeed = 1 } }),
        (c, p) => Nm.AssociateLink(c, new() { GlobalNetworkId = p.Id<GlobalNetwork>(), DeviceId = p.Id<NmDevice>(), LinkId = p.Id<NmLink>() }),
        (c, p) =>
        {
            // A device and a link of one site.
            string[] link = p.Of<NmLink>(l => $"{l.GlobalNetworkKey} {l.Key} {l.SiteKey}").Split(' ');
            Nm.AssociateLink(c, new()
            {
                GlobalNetworkId = link[0], LinkId = link[link.Length / 2], DeviceId = p.Of<NmDevice>(d => d.Key, d => d.SiteKey == link[^1]),
            });
        },
        (c, p) => Nm.DisassociateLink(c, new() { GlobalNetworkId = p.Id<GlobalNetwork>(), DeviceId = p.Id<NmDevice>(), LinkId = p.Id<NmLink>() }),
        (c, p) => Nm.CreateDevice(c, new() { GlobalNetworkId = p.Id<GlobalNetwork>() }),
        (c, p) => Nm.CreateConnection(c, new()
        {
            GlobalNetworkId = p.Id<GlobalNetwork>(), DeviceId = p.Id<NmDevice>(), ConnectedDeviceId = p.Id<NmDevice>(),
        }),
        (c, p) => Nm.DeleteConnection(c, new() { GlobalNetworkId = p.Id<GlobalNetwork>(), ConnectionId = p.Id<NmConnection>() }),
        (c, p) => Nm.DeleteDevice(c, new() { GlobalNetworkId = p.Id<GlobalNetwork>(), DeviceId = p.Id<NmDevice>() }),
        (c, p) => Nm.DeleteLink(c, new() { GlobalNetworkId = p.Id<GlobalNetwork>(), LinkId = p.Id<NmLink>() }),
        (c, p) => Nm.DeleteSite(c, new() { GlobalNetworkId = p.Id<GlobalNetwork>(), SiteId = p.Id<NmSite>() }),
    ];

    private static string Other(CommandContext context) => RandomCommand.AccountOtherThan(context.Account);

    private static string Share(CommandContext context, Pick pick) => context.Arn($"resource-share/{pick.Id<ResourceShare>()}", "ram");

    private static string Invitation(CommandContext context, Pick pick) =>
        context.Arn($"resource-share-invitation/{pick.Id<ShareInvitation>()}", "ram");

    private static string Subnet(CommandContext context, Pick pick) => $"arn:aws:ec2:{Region}:{context.Account}:subnet/{pick.Id<Subnet>()}";

    private static string List(CommandContext context, Pick pick) => $"arn:aws:ec2:{Region}:{context.Account}:prefix-list/{pick.Id<PrefixList>()}";
}
