using Trunkline.Cloud;

namespace Trunkline.Control.DirectConnect;

/// <summary>
/// What an account has agreed to, and whether it is a partner. Source: Direct Connect API, DescribeCustomerMetadata, ConfirmCustomerAgreement.
/// </summary>
public sealed partial class DirectConnectService
{
    /// <summary>AWS's agreement with its partners; nobody else has one to sign.</summary>
    private const string PartnerAgreement = "DirectConnectPartnerAgreement";

    public AwsDx.DescribeCustomerMetadataResponse DescribeCustomerMetadata(
        CommandContext context, AwsDx.DescribeCustomerMetadataRequest request)
    {
        bool isPartner = IsPartner(context);
        bool isSigned = context.Global.Here.Find(new Id<DxAgreement>(PartnerAgreement)) is not null;
        return new AwsDx.DescribeCustomerMetadataResponse
        {
            Agreements = isPartner || isSigned
                ? [new AwsDx.CustomerAgreement { AgreementName = PartnerAgreement, Status = isSigned ? "signed" : "unsigned" }]
                : [],
            NniPartnerType = isPartner ? "v2" : "nonPartner",
        };
    }

    public AwsDx.ConfirmCustomerAgreementResponse ConfirmCustomerAgreement(
        CommandContext context, AwsDx.ConfirmCustomerAgreementRequest request)
    {
        if (request.AgreementName is { } name && name != PartnerAgreement)
        {
            throw DxFaults.Client($"The agreement {name} does not exist.");
        }

        context.Global.Put(new DxAgreement { Key = PartnerAgreement, ConfirmedAt = context.Now });
        return new AwsDx.ConfirmCustomerAgreementResponse { Status = "signed" };
    }
}
