using Trunkline.Addressing;
using Trunkline.Cloud;

namespace Trunkline.Tests.Cloud;

public sealed class AwsServicesTests
{
    [Fact]
    public void No_block_of_a_service_overlaps_another_or_the_pool_of_elastic_ips()
    {
        IReadOnlyList<(Prefix Block, AwsService Service)> all = AwsServices.AllBlocks;
        for (int i = 1; i < all.Count; i++)
        {
            Assert.True(all[i - 1].Block.Last < all[i].Block.First, $"{all[i - 1]} and {all[i]}");
        }

        Assert.DoesNotContain(all, b => b.Block.Overlaps(PublicPool.Whole));
    }

    [Fact]
    public void An_address_of_a_service_leads_back_to_it()
    {
        foreach (AwsService service in AwsServices.Of("eu-west-1"))
        {
            Assert.All(AwsServices.AddressesOf(service), a => Assert.Equal(service.Name, AwsServices.At(a)?.Name));
        }

        Assert.Null(AwsServices.At(IpAddress.Parse("8.8.8.8")));
    }

    [Theory]
    [InlineData("com.amazonaws.us-east-1.ecr.api", "api.ecr.us-east-1.amazonaws.com", "api.ecr.us-east-1.vpce.amazonaws.com")]
    [InlineData("com.amazonaws.eu-west-1.kinesis-streams", "kinesis.eu-west-1.amazonaws.com", "kinesis.eu-west-1.vpce.amazonaws.com")]
    [InlineData("com.amazonaws.eu-west-1.ec2messages", "ec2messages.eu-west-1.amazonaws.com", "ec2messages.eu-west-1.vpce.amazonaws.com")]
    [InlineData("com.amazonaws.us-east-1.ecr.dkr", "*.dkr.ecr.us-east-1.amazonaws.com", "dkr.ecr.us-east-1.vpce.amazonaws.com")]
    public void Names_are_as_awss(string service, string name, string endpoint)
    {
        AwsService found = AwsServices.Named(service)!;
        Assert.Equal(name, Assert.Single(found.PrivateNames));
        Assert.Equal(endpoint, found.BaseNameOf(VpcEndpointType.Interface));
    }

    [Fact]
    public void Public_names_stand_for_a_service_and_all_below_it()
    {
        Assert.Equal("com.amazonaws.us-east-1.s3", AwsServices.WithPublicName("us-east-1", "bucket.s3.us-east-1.amazonaws.com")?.Name);
        Assert.Equal("com.amazonaws.us-east-1.s3", AwsServices.WithPublicName("us-east-1", "s3.amazonaws.com")?.Name);
        Assert.Null(AwsServices.WithPublicName("us-east-1", "s3.eu-west-1.amazonaws.com"));
        Assert.Null(AwsServices.Named("com.amazonaws.us-east-1.none"));
        Assert.Null(AwsServices.Named("com.amazonaws"));
    }

    [Fact]
    public void Every_region_name_works()
    {
        AwsService s3 = AwsServices.Named("com.amazonaws.xx-north-9.s3")!;
        Assert.Equal(s3.Prefixes, AwsServices.PrefixList("xx-north-9", s3.PrefixListId!)!.Entries);
    }

    [Fact]
    public void Lists_have_ids_of_their_own()
    {
        foreach (string region in Regions.Listed)
        {
            string[] ids = [.. AwsServices.PrefixListsOf(region).Select(l => l.Id)];
            Assert.Equal(ids.Length, ids.Distinct(StringComparer.Ordinal).Count());
        }
    }
}
