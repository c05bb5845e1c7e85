namespace Trunkline.Wire;

/// <summary>A record that a reply carries; the generator makes them all.</summary>
public interface IShape
{
    /// <summary>Writes the members that are present.</summary>
    void Write(ShapeWriter writer);
}
