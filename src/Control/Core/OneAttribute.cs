namespace Trunkline.Control;

/// <summary>A Modify…Attribute request: AWS changes one attribute at a time and refuses two.</summary>
public sealed class OneAttribute<T>
{
    private readonly List<(string Name, Func<T, T> Change)> asked = [];

    /// <param name="name">The attribute as AWS's message names it.</param>
    public void Add(string name, Aws.AttributeBooleanValue? value, Func<T, bool, T> change)
    {
        if (value is not null)
        {
            bool on = Door.Required(value.Value, $"{name}.value");
            asked.Add((name, row => change(row, on)));
        }
    }

    public void Add<TValue>(string name, TValue? value, Func<T, T> change)
    {
        if (value is not null)
        {
            asked.Add((name, change));
        }
    }

    /// <summary>The row with the attribute changed.</summary>
    public T Apply(T row) => asked.Count switch
    {
        0 => throw Fault.Combination("No attributes specified."),
        1 => asked[0].Change(row),
        _ => throw Fault.Combination($"Fields for multiple attribute types specified: {string.Join(", ", asked.Select(a => a.Name))}"),
    };
}
