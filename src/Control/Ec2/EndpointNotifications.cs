using System.Collections.Immutable;
using Trunkline.Cloud;

namespace Trunkline.Control.Ec2;

/// <summary>
/// Connection notifications: a topic to be told of an endpoint, or of all endpoints of a service. Source: AWS PrivateLink, "Receive alerts for
/// endpoint events"; EC2 API, CreateVpcEndpointConnectionNotification and its like.
/// </summary>
public sealed partial class Ec2Service
{
    internal static readonly IdRules<ConnectionNotification> NotificationIds = new(
        "ConnectionNotificationId", "InvalidConnectionNotification", "InvalidConnectionNotificationId.Malformed",
        "The connection notification '{0}' does not exist");

    private static readonly FilterTable<ConnectionNotification> NotificationFilters = new()
    {
        { "connection-notification-arn", row => row.TopicArn },
        { "connection-notification-id", row => row.Id.Value },
        { "connection-notification-state", _ => "Enabled" },
        { "connection-notification-type", _ => "Topic" },
        { "service-id", row => row.ServiceId?.Value },
        { "vpc-endpoint-id", row => row.EndpointId?.Value },
    };

    public Aws.CreateVpcEndpointConnectionNotificationResult CreateVpcEndpointConnectionNotification(
        CommandContext context, Aws.CreateVpcEndpointConnectionNotificationRequest request)
    {
        if (request.ServiceId is null == request.VpcEndpointId is null)
        {
            throw request.ServiceId is null
                ? Fault.Missing("ServiceId or VpcEndpointId")
                : Fault.Combination("The parameter vpcEndpointId cannot be used with the parameter serviceId");
        }

        ConnectionNotification row = new()
        {
            Id = new(context.NewId(ConnectionNotification.IdPrefix)),
            ServiceId = request.ServiceId is { } service ? EndpointServiceIds.Get(context, service).Id : null,
            EndpointId = request.VpcEndpointId is { } endpoint ? InterfaceEndpoint(context, endpoint).Id : null,
            TopicArn = CheckedTopic(context, request.ConnectionNotificationArn),
            Events = CheckedEvents(request.ConnectionEvents),
        };
        string end = row.ServiceId?.Value ?? row.EndpointId!.Value.Value;
        if (context.Here.By<ConnectionNotification>(end).Any(n => n.TopicArn == row.TopicArn))
        {
            throw VpcEndpointRules.Invalid($"A connection notification to {row.TopicArn} already exists for {end}.");
        }

        return new Aws.CreateVpcEndpointConnectionNotificationResult
        {
            ConnectionNotification = ToWire(context, context.Put(row)),
            ClientToken = request.ClientToken,
        };
    }

    public Aws.ModifyVpcEndpointConnectionNotificationResult ModifyVpcEndpointConnectionNotification(
        CommandContext context, Aws.ModifyVpcEndpointConnectionNotificationRequest request)
    {
        ConnectionNotification row = NotificationIds.Get(context, request.ConnectionNotificationId);
        context.Put(row with
        {
            TopicArn = request.ConnectionNotificationArn is { } arn ? CheckedTopic(context, arn) : row.TopicArn,
            Events = request.ConnectionEvents is { Count: > 0 } events ? CheckedEvents(events) : row.Events,
        });
        return new Aws.ModifyVpcEndpointConnectionNotificationResult { ReturnValue = true };
    }

    public Aws.DescribeVpcEndpointConnectionNotificationsResult DescribeVpcEndpointConnectionNotifications(
        CommandContext context, Aws.DescribeVpcEndpointConnectionNotificationsRequest request)
    {
        IEnumerable<ConnectionNotification> rows = NotificationFilters.Apply(
            context,
            request.ConnectionNotificationId is { } id ? [NotificationIds.Get(context, id)] : context.Here.All<ConnectionNotification>(),
            request.Filters);
        Page<ConnectionNotification> page = Pager.Page(rows, AtMost(request.MaxResults, EndpointsPerPage), request.NextToken, least: 1);
        return new Aws.DescribeVpcEndpointConnectionNotificationsResult
        {
            ConnectionNotificationSet = [.. page.Rows.Select(n => ToWire(context, n))],
            NextToken = page.NextToken,
        };
    }

    public Aws.DeleteVpcEndpointConnectionNotificationsResult DeleteVpcEndpointConnectionNotifications(
        CommandContext context, Aws.DeleteVpcEndpointConnectionNotificationsRequest request)
    {
        List<Aws.UnsuccessfulItem> unsuccessful = [];
        foreach (string id in Door.Required(request.ConnectionNotificationIds, "ConnectionNotificationId").Distinct(StringComparer.Ordinal))
        {
            Id<ConnectionNotification> parsed = NotificationIds.Parse(id);
            if (context.Here.Find(parsed) is null)
            {
                unsuccessful.Add(Unsuccessful(id, NotificationIds.NotFound(id)));
                continue;
            }

            context.Remove(parsed);
        }

        return new Aws.DeleteVpcEndpointConnectionNotificationsResult { Unsuccessful = unsuccessful };
    }

    private static VpcEndpoint InterfaceEndpoint(CommandContext context, string id)
    {
        VpcEndpoint endpoint = VpcEndpointIds.Get(context, id);
        return endpoint.Type == VpcEndpointType.Interface
            ? endpoint
            : throw VpcEndpointRules.Invalid("Connection notifications are only supported for Interface type VPC Endpoints.");
    }

    /// <summary>A topic that is there, in the same region.</summary>
    private static string CheckedTopic(CommandContext context, string? text)
    {
        string arn = Door.Required(text, "ConnectionNotificationArn");
        bool found = arn.Split(':') is ["arn", _, "sns", var region, var account, var name] && region == context.Region
            && context.Draft.Partition(new PartitionKey(account, region)).Find(new Id<SnsTopic>(name)) is not null;
        return found ? arn : throw VpcEndpointRules.Invalid($"The SNS topic {arn} does not exist in {context.Region}.");
    }

    private static ImmutableArray<string> CheckedEvents(IReadOnlyList<string>? events)
    {
        if (events is not { Count: > 0 })
        {
            throw Fault.Missing("ConnectionEvents");
        }

        return [.. events.Distinct(StringComparer.Ordinal).Select(e => Door.OneOf(e, "ConnectionEvents", "Accept", "Connect", "Delete", "Reject")!)];
    }

    private static Aws.ConnectionNotification ToWire(CommandContext context, ConnectionNotification row) => new()
    {
        ConnectionNotificationId = row.Id.Value,
        ServiceId = row.ServiceId?.Value,
        VpcEndpointId = row.EndpointId?.Value,
        ConnectionNotificationType = "Topic",
        ConnectionNotificationArn = row.TopicArn,
        ConnectionEvents = [.. row.Events],
        ConnectionNotificationState = "Enabled",
        ServiceRegion = context.Region,
    };
}
