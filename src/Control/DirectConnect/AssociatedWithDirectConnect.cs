using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>What Direct Connect has of a virtual private gateway or transit gateway of the caller's that is to be deleted.</summary>
internal static class AssociatedWithDirectConnect
{
    /// <summary>Whether a virtual interface ends on it, or a Direct Connect gateway of any account is associated with it.</summary>
    public static bool Holds(CommandContext context, string gatewayId) =>
        context.Here.By<DxVirtualInterface>(DxWords.Associated(gatewayId)).Any(v => v.IsHome(context.Caller.Partition) && v.State != DxInterfaceState.Rejected)
        || context.Global.Here.By<DxGatewayAssociation>(DxWords.Associated(gatewayId)).Any();

    /// <summary>Nobody can accept any more what was proposed of it.</summary>
    public static void ForgetProposals(CommandContext context, string gatewayId)
    {
        foreach (DxGatewayProposal proposal in context.Global.Here.By<DxGatewayProposal>(DxWords.Associated(gatewayId)).ToList())
        {
            DxRows.Remove(context, proposal);
        }
    }
}
