using System.Text;

namespace Trunkline.Wire;

/// <summary>
/// What the REST protocols share: finding the operation by method and path, and the parts of a request outside its body, which
/// stand in the parameter tree under names that no model has: <c>@label:Id</c>, <c>@query:maxResults</c>,
/// <c>@header:x-amz-thing</c>; a body that is one member's value stands under <c>@payload</c>.
/// </summary>
internal static class RestRequest
{
    /// <summary>Before a header's lower-case name.</summary>
    public const string Header = "@header:";

    private const string Label = "@label:";
    private const string QueryName = "@query:";

    /// <summary>Fills a node from a body; false when the body is not well formed.</summary>
    public delegate bool BodyReader(ParamNode target, ReadOnlySpan<byte> body);

    /// <summary>A node's name without its mark, for messages.</summary>
    public static string Plain(string path) => path.StartsWith('@') ? path[(path.IndexOf(':') + 1)..] : path;

    /// <summary>The call, or why there is none.</summary>
    public static WireResult<WireCall> Read(WireRequest request, ServiceDescription service, BodyReader body, string syntaxError)
    {
        List<KeyValuePair<string, string>>? query = CanonicalRequest.Query(request.Query);
        if (query is null || request.Query.Length > ParamLimits.Bytes)
        {
            return new WireFault("MalformedQueryString", "The query string contains a syntax error");
        }

        string[] path = request.Path.Trim('/').Split('/');
        HttpBinding? binding = null;
        int best = -1;
        foreach (HttpBinding candidate in service.Bindings)
        {
            int literals = candidate.Method == request.Method ? Match(candidate, path, query, null) : -1;
            if (literals > best)
            {
                best = literals;
                binding = candidate;
            }
        }

        if (binding is null)
        {
            return new WireFault("UnknownOperationException", $"No operation for {request.Method} {request.Path}", 404);
        }

        ParamNode root = new("", null) { Kind = ParamKind.Object };
        if (Match(binding, path, query, root) < 0)
        {
            return new WireFault(syntaxError, "A part of the path has a broken escape");
        }

        AddQueryAndHeaders(root, request, query, binding);
        if (request.Body.IsEmpty)
        {
            return new WireCall(binding.Operation, root);
        }

        ParamNode target = binding.HasPayload ? root.Add("@payload") : root;
        return body(target, request.Body.Span)
            ? new WireCall(binding.Operation, root)
            : new WireFault(syntaxError, "The body is not well formed, or exceeds a limit");
    }

    /// <summary>
    /// How many literal parts of a binding a request has, or -1 when it is another's. With <paramref name="labels"/> the
    /// labels are put there; -1 then means that one is not valid text.
    /// </summary>
    private static int Match(HttpBinding binding, string[] path, List<KeyValuePair<string, string>> query, ParamNode? labels)
    {
        int mark = binding.Path.IndexOf('?');
        string[] parts = (mark < 0 ? binding.Path : binding.Path[..mark]).Trim('/').Split('/');
        int literals = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            bool greedy = parts[i].EndsWith("+}", StringComparison.Ordinal);
            if (i >= path.Length || (!greedy && i == parts.Length - 1 && path.Length > parts.Length))
            {
                return -1;
            }

            if (!parts[i].StartsWith('{'))
            {
                if (parts[i] != path[i])
                {
                    return -1;
                }

                literals++;
                continue;
            }

            string value = greedy ? string.Join('/', path[i..]) : path[i];
            if (value.Length == 0 || (labels is not null && !AddLabel(labels, parts[i].Trim('{', '}', '+'), value)))
            {
                return -1;
            }
        }

        foreach (string wanted in mark < 0 ? [] : binding.Path[(mark + 1)..].Split('&'))
        {
            string[] pair = wanted.Split('=');
            if (!query.Exists(given => given.Key == pair[0] && (pair.Length < 2 || given.Value == pair[1])))
            {
                return -1;
            }

            literals++;
        }

        return literals;
    }

    private static bool AddLabel(ParamNode root, string name, string escaped)
    {
        // A plus sign in a path is itself.
        if (FormTree.Decode(Encoding.UTF8.GetBytes(escaped.Replace("+", "%2B", StringComparison.Ordinal))) is not { } value)
        {
            return false;
        }

        ParamNode label = root.ChildOrNew(Label + name);
        label.Kind = ParamKind.Plain;
        label.Value = value;
        return true;
    }

    private static void AddQueryAndHeaders(
        ParamNode root, WireRequest request, List<KeyValuePair<string, string>> query, HttpBinding binding)
    {
        int mark = binding.Path.IndexOf('?');
        string literal = mark < 0 ? "" : binding.Path[(mark + 1)..];
        foreach (KeyValuePair<string, string> pair in query)
        {
            bool ours = !pair.Key.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase)
                && !literal.Split('&', '=').Contains(pair.Key);
            if (ours)
            {
                AddPlain(root, QueryName + pair.Key, pair.Value);
            }
        }

        foreach (KeyValuePair<string, string> header in request.Headers)
        {
            AddPlain(root, Header + header.Key.ToLowerInvariant(), header.Value);
        }
    }

    private static void AddPlain(ParamNode root, string name, string value)
    {
        ParamNode node = root.Child(name) is { } earlier ? earlier.Repeat() : root.Add(name);
        node.Kind = ParamKind.Plain;
        node.Value = value;
    }
}
