namespace Trunkline.Planes.Linux.Agent;

/// <summary>An operation inside refuses; its message, one line, travels to whoever asked.</summary>
public sealed class AgentException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The helper ended before it answered: what it was told may be done, partly done or not begun.</summary>
public sealed class AgentGoneException(string message, Exception? inner = null) : IOException(message, inner);
