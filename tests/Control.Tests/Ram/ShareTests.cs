using Trunkline.Cloud;
using Trunkline.Control.Ram;
using AwsRam = Trunkline.Wire.Ram;

namespace Trunkline.Tests.Control.Ram;

/// <summary>Shares, associations and invitations of RAM.</summary>
public sealed class ShareTests
{
    private readonly Lab lab = new();

    [Fact]
    public void A_share_gives_nothing_before_its_invitation_is_accepted_and_nothing_after_it_was_left()
    {
        string list = lab.List();
        string share = lab.Share(list);
        Assert.False(IsShared(list));
        Assert.Equal("ASSOCIATING", Principal(share).Status);
        lab.Accept(share);
        Assert.True(IsShared(list));
        Assert.Equal(("ASSOCIATED", true), (Principal(share).Status, Principal(share).External));
        Assert.Equal([list], Sharing.SharedWith(lab.Cloud, RamLab.Receiver, "us-east-1", Sharing.PrefixListType));
        Assert.Empty(Sharing.SharedWith(lab.Cloud, RamLab.Receiver, "us-east-1", Sharing.SubnetType));
        Assert.Empty(Sharing.SharedWith(lab.Cloud, RamLab.Receiver, "eu-west-1", Sharing.PrefixListType));
        Leave(share);
        Assert.False(IsShared(list));
        Assert.Equal("DISASSOCIATED", Principal(share).Status);
        Assert.Equal("UnknownResourceException", lab.RefusedByRam((s, c) => s.DisassociateResourceShare(
            c, new() { ResourceShareArn = share, Principals = [RamLab.Receiver] }), RamLab.Receiver));
    }

    [Fact]
    public void An_invitation_is_good_for_twelve_hours()
    {
        string share = lab.Share(lab.List());
        string invitation = lab.Invitation(share);
        lab.Now += TimeSpan.FromHours(12) + TimeSpan.FromSeconds(1);
        Assert.Equal("ResourceShareInvitationExpiredException", lab.RefusedByRam(
            (s, c) => s.AcceptResourceShareInvitation(c, new() { ResourceShareInvitationArn = invitation }), RamLab.Receiver));
        Assert.Equal("EXPIRED", lab.Ram((s, c) => s.GetResourceShareInvitations(c, new()), RamLab.Receiver).ResourceShareInvitations!.Single().Status);
        Assert.Equal("DISASSOCIATED", Principal(share).Status);
        lab.Ram((s, c) => s.AssociateResourceShare(c, new() { ResourceShareArn = share, Principals = [RamLab.Receiver] }));
        Assert.Equal("ASSOCIATING", Principal(share).Status);
        lab.Accept(share);
        Assert.Equal("ASSOCIATED", Principal(share).Status);
    }

    [Fact]
    public void Within_an_organization_nobody_is_invited_and_nobody_leaves()
    {
        lab.Organize();
        Assert.Equal("OperationNotPermittedException", lab.RefusedByRam((s, c) => s.EnableSharingWithAwsOrganization(c, new()), RamLab.Receiver));
        string list = lab.List();
        string share = lab.Ram((s, c) => s.CreateResourceShare(c, new()
        {
            Name = "inside",
            AllowExternalPrincipals = false,
            ResourceArns = [list],
            Principals = [RamLab.Receiver],
        })).ResourceShare!.ResourceShareArn!;
        Assert.Equal(("ASSOCIATED", false), (Principal(share).Status, Principal(share).External));
        Assert.True(IsShared(list));
        Assert.Empty(lab.Ram((s, c) => s.GetResourceShareInvitations(c, new()), RamLab.Receiver).ResourceShareInvitations!);
        Assert.Equal("OperationNotPermittedException", lab.RefusedByRam((s, c) => s.DisassociateResourceShare(
            c, new() { ResourceShareArn = share, Principals = [RamLab.Receiver] }), RamLab.Receiver));
    }

    [Fact]
    public void A_deleted_share_is_shown_for_two_hours()
    {
        string list = lab.List();
        string share = lab.Share(list);
        lab.Accept(share);
        lab.Ram((s, c) => s.DeleteResourceShare(c, new() { ResourceShareArn = share }));
        Assert.False(IsShared(list));
        Assert.Equal("DELETED", lab.Ram((s, c) => s.GetResourceShares(c, new() { ResourceOwner = "SELF" })).ResourceShares!.Single().Status);
        Assert.Empty(lab.Ram((s, c) => s.GetResourceShares(c, new() { ResourceOwner = "OTHER-ACCOUNTS" }), RamLab.Receiver).ResourceShares!);
        Assert.Empty(lab.Ram((s, c) => s.ListResources(c, new() { ResourceOwner = "SELF" })).Resources!);
        lab.Now += TimeSpan.FromHours(3);
        Assert.Empty(lab.Ram((s, c) => s.GetResourceShares(c, new() { ResourceOwner = "SELF" })).ResourceShares!);
        lab.Ram((s, c) => s.CreateResourceShare(c, new() { Name = "next" }));
        Assert.Single(lab.Here.All<ResourceShare>());
    }

    [Fact]
    public void Refusals_have_their_codes()
    {
        string share = lab.Ram((s, c) => s.CreateResourceShare(c, new() { Name = "s", AllowExternalPrincipals = false })).ResourceShare!.ResourceShareArn!;
        string vpc = lab.Run((s, c) => s.CreateVpc(c, new() { CidrBlock = "10.0.0.0/16" })).Vpc!.VpcId!;
        string subnet = lab.Run((s, c) => s.CreateSubnet(c, new() { VpcId = vpc, CidrBlock = "10.0.0.0/24" })).Subnet!.SubnetArn!;
        string ofDefault = lab.Here.All<Subnet>().First(s => s.DefaultForZone).Key;
        (string Code, AwsRam.AssociateResourceShareRequest Request)[] table =
        [
            ("InvalidParameterException", new()),
            ("MalformedArnException", new() { ResourceArns = ["x"] }),
            ("InvalidParameterException", new() { ResourceArns = [$"arn:aws:ec2:us-east-1:000000000000:vpc/{vpc}"] }),
            ("UnknownResourceException", new() { ResourceArns = ["arn:aws:ec2:us-east-1:000000000000:prefix-list/pl-00000000000000000"] }),
            ("InvalidParameterException", new() { ResourceArns = ["arn:aws:ec2:us-east-1:222222222222:prefix-list/pl-00000000000000000"] }),
            ("InvalidParameterException", new() { ResourceArns = [$"arn:aws:ec2:us-east-1:000000000000:subnet/{ofDefault}"] }),
            ("OperationNotPermittedException", new() { ResourceArns = [subnet] }),
            ("InvalidParameterException", new() { Principals = [RamLab.Receiver] }),
            ("InvalidParameterException", new() { Principals = ["000000000000"] }),
            ("InvalidParameterException", new() { Principals = ["arn:aws:iam::111111111111:role/r"] }),
            ("UnsupportedOperation", new() { Principals = ["arn:aws:organizations::111111111111:organization/o-1"] }),
            ("UnsupportedOperation", new() { Principals = [RamLab.Receiver], Sources = ["111111111111"] }),
        ];
        foreach ((string code, AwsRam.AssociateResourceShareRequest request) in table)
        {
            Assert.Equal(code, lab.RefusedByRam((s, c) => s.AssociateResourceShare(c, request with { ResourceShareArn = share })));
        }

        Assert.Equal("UnknownResourceException", lab.RefusedByRam((s, c) => s.DeleteResourceShare(c, new() { ResourceShareArn = share }), RamLab.Receiver));
        Assert.Equal("MalformedArnException", lab.RefusedByRam((s, c) => s.DeleteResourceShare(c, new() { ResourceShareArn = "share" })));
        Assert.Equal("InvalidMaxResultsException", lab.RefusedByRam((s, c) => s.GetResourceShareInvitations(c, new() { MaxResults = 501 })));
        Assert.Equal("InvalidNextTokenException", lab.RefusedByRam(
            (s, c) => s.GetResourceShares(c, new() { ResourceOwner = "SELF", NextToken = "x" })));
        Assert.Equal("InvalidResourceTypeException", lab.RefusedByRam(
            (s, c) => s.ListResources(c, new() { ResourceOwner = "SELF", ResourceType = "ec2:Vpc" })));
    }

    [Fact]
    public void External_principals_keep_a_share_open_to_them()
    {
        string share = lab.Share();
        Assert.Equal("OperationNotPermittedException", lab.RefusedByRam(
            (s, c) => s.UpdateResourceShare(c, new() { ResourceShareArn = share, AllowExternalPrincipals = false })));
        lab.Ram((s, c) => s.DisassociateResourceShare(c, new() { ResourceShareArn = share, Principals = [RamLab.Receiver] }));
        Assert.False(lab.Ram((s, c) => s.UpdateResourceShare(
            c, new() { ResourceShareArn = share, AllowExternalPrincipals = false })).ResourceShare!.AllowExternalPrincipals);
        Assert.Empty(lab.Ram((s, c) => s.GetResourceShareInvitations(c, new()), RamLab.Receiver).ResourceShareInvitations!);
    }

    private bool IsShared(string arn) => Sharing.IsSharedWith(lab.Cloud, arn, RamLab.Receiver);

    private void Leave(string share) => lab.Ram(
        (s, c) => s.DisassociateResourceShare(c, new() { ResourceShareArn = share, Principals = [RamLab.Receiver] }), RamLab.Receiver);

    private AwsRam.ResourceShareAssociation Principal(string share) => lab.Ram((s, c) => s.GetResourceShareAssociations(
        c, new() { AssociationType = "PRINCIPAL", ResourceShareArns = [share] })).ResourceShareAssociations!.Single();
}
