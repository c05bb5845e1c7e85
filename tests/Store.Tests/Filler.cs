using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Tests.Store;

/// <summary>Fills any value by reflection, no member with its default, and writes values out for comparison.</summary>
/// <remarks>It knows no kind and no property: a new one is covered as soon as it exists, or fails here if its type is new.</remarks>
internal sealed class Filler(int seed)
{
    private int made = seed * 100_000;

    public IResource Row(Kind kind) => (IResource)Value(kind.Type, null);

    public object Value(Type type, object? unlike)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        int n = ++made;
        return plain switch
        {
            _ when plain == typeof(string) => $"text {n} é \"<&'\u2028 😀 \\ \0 end",
            _ when plain == typeof(bool) => unlike is not true,
            _ when plain == typeof(int) => -n,
            _ when plain == typeof(long) => long.MaxValue - n,
            _ when plain == typeof(double) => n + 0.1,
            _ when plain == typeof(DateTimeOffset) =>
                new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(n % 3)).AddTicks((n % 10_000) + 1),
            _ when plain == typeof(TimeSpan) => TimeSpan.FromTicks(n),
            _ when plain == typeof(IpAddress) => Address(n),
            _ when plain == typeof(Prefix) => new Prefix(Address(n), n % 2 == 0 ? 24 : 64),
            _ when plain.IsEnum => Enum.GetValues(plain).Cast<object>().Last(v => !v.Equals(unlike)),
            _ when plain.IsGenericType && plain.GetGenericTypeDefinition() == typeof(Id<>) =>
                Activator.CreateInstance(plain, $"id-{n:x17}")!,
            _ when plain.IsGenericType && plain.Namespace == typeof(ImmutableArray).Namespace => Collection(plain),
            _ when plain.Assembly == typeof(Vpc).Assembly && !plain.IsAbstract => Record(plain),
            _ => throw new NotSupportedException($"{plain} is new among the rows: teach the store's converters and this filler"),
        };
    }

    /// <summary>Every member that can be set, and every element, in order: what must come back.</summary>
    public static string Describe(object? value)
    {
        StringBuilder text = new();
        Describe(value, text);
        return text.ToString();
    }

    public static IEnumerable<PropertyInfo> Settable(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is not null);

    private static IpAddress Address(int n) => n % 2 == 0
        ? IpAddress.FromV4((uint)n * 2654435761u)
        : IpAddress.FromV6(((UInt128)0x20010db8_00000000UL << 64) | (UInt128)n << 40 | (UInt128)n);

    private static void Describe(object? value, StringBuilder text)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string or bool or int or long or double or Enum or TimeSpan or IpAddress or Prefix:
                text.Append(value.GetType().Name).Append(' ').Append(value);
                break;
            case DateTimeOffset time:
                text.Append(time.ToString("O"));
                break;
            case IEnumerable many:
                text.Append('[');
                foreach (object? one in many)
                {
                    Describe(one, text);
                    text.Append("; ");
                }

                text.Append(']');
                break;
            default:
                text.Append(value.GetType().Name).Append('{');
                foreach (PropertyInfo property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
                    .Where(p => p.SetMethod is not null || value.GetType().Name.StartsWith("KeyValuePair", StringComparison.Ordinal)))
                {
                    text.Append(property.Name).Append(" = ");
                    Describe(property.GetValue(value), text);
                    text.Append(", ");
                }

                text.Append('}');
                break;
        }
    }

    private object Record(Type type)
    {
        ConstructorInfo constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
        object made = constructor.Invoke([.. constructor.GetParameters().Select(p => Value(p.ParameterType, null))]);
        HashSet<string> named = [.. constructor.GetParameters().Select(p => p.Name!)];
        foreach (PropertyInfo property in Settable(type).Where(p => !named.Contains(p.Name)))
        {
            property.SetValue(made, Value(property.PropertyType, property.GetValue(made)));
        }

        return made;
    }

    private object Collection(Type type)
    {
        Type[] arguments = type.GetGenericArguments();
        Type holder = type.GetGenericTypeDefinition() switch
        {
            Type t when t == typeof(ImmutableArray<>) => typeof(ImmutableArray),
            Type t when t == typeof(ImmutableSortedSet<>) => typeof(ImmutableSortedSet),
            Type t when t == typeof(ImmutableSortedDictionary<,>) => typeof(ImmutableSortedDictionary),
            Type t => throw new NotSupportedException($"{t} is new among the rows: teach the store's converters and this filler"),
        };
        Type element = arguments.Length == 1 ? arguments[0] : typeof(KeyValuePair<,>).MakeGenericType(arguments);
        Array elements = Array.CreateInstance(element, 2);
        for (int i = 0; i < elements.Length; i++)
        {
            elements.SetValue(
                arguments.Length == 1
                    ? Value(element, null)
                    : Activator.CreateInstance(element, Value(arguments[0], null), Value(arguments[1], null)),
                i);
        }

        MethodInfo create = holder.GetMethods().Single(m =>
            m.Name == "CreateRange" && m.GetGenericArguments().Length == arguments.Length && m.GetParameters().Length == 1);
        return create.MakeGenericMethod(arguments).Invoke(null, [elements])!;
    }
}
