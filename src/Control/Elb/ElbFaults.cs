namespace Trunkline.Control.Elb;

/// <summary>The refusals of classic load balancing. Source: Elastic Load Balancing API 2012-06-01, "Errors" of each action.</summary>
internal static class ElbFaults
{
    public static Fault NotFound(string name) =>
        new("LoadBalancerNotFound", $"There is no ACTIVE Load Balancer named '{name}'");

    public static Fault Configuration(string message) => new("InvalidConfigurationRequest", message, 409);

    /// <summary>A value that the model's types do not keep out.</summary>
    public static Fault Validation(string message) => new("ValidationError", message);

    public static Fault PolicyNotFound(string policy, string balancer) =>
        new("PolicyNotFound", $"There is no policy with name {policy} for load balancer {balancer}");

    public static Fault ListenerNotFound(string balancer, int port) =>
        new("ListenerNotFound", $"{balancer} does not have a listener configured at port {port}");

    public static Fault InvalidInstance(string id) => new("InvalidInstance", $"Could not find EC2 instance {id}.");

    public static Fault CertificateNotFound(string arn) => new(
        "CertificateNotFound", $"Server Certificate not found for the key: {arn}");
}
