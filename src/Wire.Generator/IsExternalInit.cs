namespace System.Runtime.CompilerServices;

/// <summary>Lets records compile on netstandard2.0, which a compiler component must target.</summary>
internal static class IsExternalInit
{
}
