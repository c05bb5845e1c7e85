using System.Collections.Frozen;
using Trunkline.Cloud;
using AwsIam = Trunkline.Wire.Iam;

namespace Trunkline.Control.Iam;

/// <summary>Roles that are linked to services. Source: IAM API Reference, CreateServiceLinkedRole; IAM User Guide, "Create a service-linked role".</summary>
public sealed partial class IamService
{
    /// <summary>Services and the names of their roles: those whose work is with networks.</summary>
    private static readonly FrozenDictionary<string, string> LinkedRoles = new Dictionary<string, string>
    {
        ["autoscaling.amazonaws.com"] = "AWSServiceRoleForAutoScaling",
        ["clientvpn.amazonaws.com"] = "AWSServiceRoleForClientVPN",
        ["delivery.logs.amazonaws.com"] = "AWSServiceRoleForLogDelivery",
        ["directconnect.amazonaws.com"] = "AWSServiceRoleForDirectConnect",
        ["ec2fleet.amazonaws.com"] = "AWSServiceRoleForEC2Fleet",
        ["ecs.amazonaws.com"] = "AWSServiceRoleForECS",
        ["eks-nodegroup.amazonaws.com"] = "AWSServiceRoleForAmazonEKSNodegroup",
        ["eks.amazonaws.com"] = "AWSServiceRoleForAmazonEKS",
        ["elasticache.amazonaws.com"] = "AWSServiceRoleForElastiCache",
        ["elasticloadbalancing.amazonaws.com"] = "AWSServiceRoleForElasticLoadBalancing",
        ["globalaccelerator.amazonaws.com"] = "AWSServiceRoleForGlobalAccelerator",
        ["ipam.amazonaws.com"] = "AWSServiceRoleForIPAM",
        ["network-firewall.amazonaws.com"] = "AWSServiceRoleForNetworkFirewall",
        ["networkmanager.amazonaws.com"] = "AWSServiceRoleForNetworkManager",
        ["rds.amazonaws.com"] = "AWSServiceRoleForRDS",
        ["reachabilityanalyzer.networkinsights.amazonaws.com"] = "AWSServiceRoleForReachabilityAnalyzer",
        ["route53resolver.amazonaws.com"] = "AWSServiceRoleForRoute53Resolver",
        ["s2svpn.amazonaws.com"] = "AWSServiceRoleForVPCS2SVPN",
        ["spot.amazonaws.com"] = "AWSServiceRoleForEC2Spot",
        ["spotfleet.amazonaws.com"] = "AWSServiceRoleForEC2SpotFleet",
        ["transitgateway.amazonaws.com"] = "AWSServiceRoleForVPCTransitGateway",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public AwsIam.CreateServiceLinkedRoleResponse CreateServiceLinkedRole(
        CommandContext context, AwsIam.CreateServiceLinkedRoleRequest request)
    {
        string service = IamNames.Name(request.AWSServiceName, "AWSServiceName", "aWSServiceName", 128);
        new Constraints().Length(request.Description, "description", 0, 1000)
            .Pattern(request.Description, "description", DescriptionText(), @"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*")
            .Check();
        string name = LinkedRoles.GetValueOrDefault(service)
            ?? throw IamFaults.InvalidInput($"{service} is not a service that Trunkline knows a service-linked role of");
        if (!string.IsNullOrEmpty(request.CustomSuffix))
        {
            // Of these services only Auto Scaling takes one.
            name = service == "autoscaling.amazonaws.com"
                ? $"{name}_{IamNames.Name(request.CustomSuffix, "CustomSuffix", "customSuffix", 64 - name.Length - 1)}"
                : throw IamFaults.InvalidInput($"Custom suffix is not allowed for {service}");
        }

        if (FindRole(context, name) is not null)
        {
            throw IamFaults.InvalidInput($"Service role name {name} has been taken in this account, please try a different suffix.");
        }

        IamRole role = context.Global.Put(new IamRole
        {
            Name = name,
            RoleId = IamNames.NewId(context, "AROA"),
            Path = $"/aws-service-role/{service}/",
            AssumeRolePolicy = $$$"""
                {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"{{{service}}}"},"Action":"sts:AssumeRole"}]}
                """,
            Description = string.IsNullOrEmpty(request.Description) ? null : request.Description,
            LinkedService = service,
            CreateDate = context.Now,
        });
        return new AwsIam.CreateServiceLinkedRoleResponse { Role = ToWire(context, role) };
    }
}
