namespace Trunkline.Tracing;

/// <summary>Which of the two journeys.</summary>
public enum Leg : byte
{
    Forward,
    Return,
}

/// <summary>How the connection is followed on its way. Source: AWS, "Security group connection tracking".</summary>
[Flags]
public enum Tracking : byte
{
    None = 0,

    /// <summary>The sender's security groups do not track it: removing the rule cuts it at once.</summary>
    SourceUntracked = 1,

    /// <summary>The receiver's do not.</summary>
    DestinationUntracked = 2,

    /// <summary>A NAT gateway or egress-only internet gateway tracks it, whatever the rules say.</summary>
    Automatic = 4,
}

/// <summary>The fate of one packet and of its reply: delivered, or dropped for one reason.</summary>
/// <param name="Code">NONE where both arrive.</param>
/// <param name="Leg">The journey that ended it.</param>
/// <param name="Answered">Whether a reply was due and carried back; false for messages that have none, such as an ICMP error.</param>
public readonly record struct Verdict(ExplanationCode Code, Leg Leg, Tracking Tracking, bool Answered)
{
    public bool Delivered => Code == ExplanationCode.NONE;

    /// <summary>Whether the packet itself arrived, even where its reply did not.</summary>
    public bool Arrived => Delivered || Leg == Leg.Return;
}
