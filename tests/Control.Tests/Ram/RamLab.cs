using Trunkline.Control;
using Trunkline.Control.Ram;

namespace Trunkline.Tests.Control.Ram;

/// <summary>RAM on a lab's cloud, with an owner and a receiver.</summary>
internal static class RamLab
{
    public const string Receiver = "111111111111";

    private static readonly RamService Service = new();

    public static T Ram<T>(this Lab lab, Func<RamService, CommandContext, T> operation, string? account = null) =>
        lab.Do(context => operation(Service, context), account);

    public static string RefusedByRam<T>(this Lab lab, Func<RamService, CommandContext, T> operation, string? account = null) =>
        lab.DoRefused(context => operation(Service, context), account);

    /// <summary>A prefix list's ARN.</summary>
    public static string List(this Lab lab, string cidr = "10.9.0.0/16") => lab.Run((s, c) => s.CreateManagedPrefixList(c, new()
    {
        PrefixListName = "list",
        AddressFamily = "IPv4",
        MaxEntries = 3,
        Entries = [new() { Cidr = cidr }],
    })).PrefixList!.PrefixListArn!;

    /// <summary>A share with the receiver; its ARN.</summary>
    public static string Share(this Lab lab, params string[] arns) => lab.Ram((s, c) => s.CreateResourceShare(c, new()
    {
        Name = "share",
        ResourceArns = arns,
        Principals = [Receiver],
    })).ResourceShare!.ResourceShareArn!;

    /// <summary>The receiver's newest invitation.</summary>
    public static string Invitation(this Lab lab, string shareArn) => lab.Ram(
        (s, c) => s.GetResourceShareInvitations(c, new() { ResourceShareArns = [shareArn] }), Receiver)
        .ResourceShareInvitations!.Single(i => i.Status == "PENDING").ResourceShareInvitationArn!;

    public static void Accept(this Lab lab, string shareArn)
    {
        string invitation = lab.Invitation(shareArn);
        lab.Ram((s, c) => s.AcceptResourceShareInvitation(c, new() { ResourceShareInvitationArn = invitation }), Receiver);
    }

    /// <summary>All accounts are one organization.</summary>
    public static void Organize(this Lab lab) => lab.Ram((s, c) => s.EnableSharingWithAwsOrganization(c, new()));
}
