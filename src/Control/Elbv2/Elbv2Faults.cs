namespace Trunkline.Control.Elbv2;

/// <summary>ELBv2's error codes that more than one operation gives. Source: the errors of each operation in the API reference.</summary>
internal static class Elbv2Faults
{
    /// <summary>The request itself is wrong, whatever there is.</summary>
    public static Fault Validation(string message) => new("ValidationError", message);

    /// <summary>The request does not fit what there is.</summary>
    public static Fault Configuration(string message) => new("InvalidConfigurationRequest", message);

    public static Fault InvalidTarget(string message) => new("InvalidTarget", message);

    public static Fault InvalidAction(string message) => new("InvalidLoadBalancerAction", message);

    public static Fault NotPermitted(string message) => new("OperationNotPermitted", message);

    public static Fault InUse(string message) => new("ResourceInUse", message);

    public static Fault LoadBalancerNotFound() => new("LoadBalancerNotFound", "One or more load balancers not found");

    public static Fault ListenerNotFound() => new("ListenerNotFound", "One or more listeners not found");

    public static Fault RuleNotFound() => new("RuleNotFound", "One or more rules not found");

    public static Fault TargetGroupNotFound() => new("TargetGroupNotFound", "One or more target groups not found");

    public static Fault TrustStoreNotFound() => new("TrustStoreNotFound", "One or more trust stores not found");

    public static Fault CertificateNotFound(string arn) => new("CertificateNotFound", $"Certificate '{arn}' not found");
}
