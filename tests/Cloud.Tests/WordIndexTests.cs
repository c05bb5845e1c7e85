using CsCheck;
using Trunkline.Cloud;

namespace Trunkline.Tests.Cloud;

/// <summary>What a table finds by words, held against a plain dictionary, where many words are in it.</summary>
public sealed class WordIndexTests
{
    [Fact]
    public void Is_a_dictionary() => Gen.Select(Gen.Int[0, 300], Gen.Int[0, 3]).Array[0, 600].Sample(steps =>
    {
        WordIndex index = WordIndex.Empty;
        Dictionary<string, object> plain = [];
        foreach ((int word, int named) in steps)
        {
            WordIndex before = index;
            object? had = before.Find($"w{word}");
            if (named == 0)
            {
                index = index.Without($"w{word}");
                plain.Remove($"w{word}");
            }
            else
            {
                index = index.With($"w{word}", $"{named}");
                plain[$"w{word}"] = $"{named}";
            }

            Assert.Same(had, before.Find($"w{word}"));
        }

        WordIndex atOnce = WordIndex.From(plain);
        for (int word = 0; word <= 300; word++)
        {
            Assert.Equal(plain.GetValueOrDefault($"w{word}"), index.Find($"w{word}"));
            Assert.Equal(plain.GetValueOrDefault($"w{word}"), atOnce.Find($"w{word}"));
        }
    });

    /// <summary>Of 400,000 words some eighteen pairs have the same hash of 32 bits; that none has, one run in fifty million sees.</summary>
    [Fact]
    public void Words_of_the_same_hash_are_told_apart()
    {
        const int Many = 400_000;
        string[] words = [.. Enumerable.Range(0, Many).Select(i => $"w{i}")];
        Dictionary<int, int> first = [];
        List<int> twins = [];
        for (int i = 0; i < Many; i++)
        {
            int hash = words[i].GetHashCode(StringComparison.Ordinal);
            if (!first.TryAdd(hash, i))
            {
                twins.Add(first[hash]);
                twins.Add(i);
            }
        }

        Assert.NotEmpty(twins);
        WordIndex some = WordIndex.Empty;
        foreach (int twin in twins)
        {
            some = some.With(words[twin], words[twin]);
        }

        WordIndex all = WordIndex.From(words.Select(w => KeyValuePair.Create(w, (object)w)));
        foreach (int twin in twins)
        {
            Assert.Same(words[twin], some.Find(words[twin]));
            Assert.Same(words[twin], all.Find(words[twin]));
        }

        for (int i = 0; i < twins.Count; i += 2)
        {
            all = all.With(words[twins[i]], "another").Without(words[twins[i + 1]]);
            some = some.Without(words[twins[i]]);
            Assert.Equal("another", all.Find(words[twins[i]]));
            Assert.Null(all.Find(words[twins[i + 1]]));
            Assert.Null(some.Find(words[twins[i]]));
            Assert.Same(words[twins[i + 1]], some.Find(words[twins[i + 1]]));
            some = some.Without(words[twins[i + 1]]);
        }

        Assert.Same(WordIndex.Empty, some);
        Assert.All(words.Except(twins.Select(t => words[t])).Take(1_000), w => Assert.Same(w, all.Find(w)));
    }

    [Fact]
    public void A_word_that_is_not_there_is_taken_away_for_nothing()
    {
        WordIndex index = WordIndex.From(Enumerable.Range(0, 50).Select(i => KeyValuePair.Create($"w{i}", (object)$"{i}")));
        Assert.Same(index, index.Without("x"));
        Assert.Same(WordIndex.Empty, WordIndex.Empty.Without("x"));
    }
}
