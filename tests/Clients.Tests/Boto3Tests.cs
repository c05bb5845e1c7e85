namespace Trunkline.Tests.Clients;

/// <summary>boto3, unchanged: see boto3/session.py.</summary>
public sealed class Boto3Tests(SharedServer server)
{
    [Fact]
    public async Task A_session_of_more_than_sixty_operations()
    {
        await Programs.Need("boto3 for python3", "python3", "-c", "import boto3");
        string account = "200000000001";
        string script = Path.Combine(AppContext.BaseDirectory, "boto3", "session.py");
        Ended ended = await Programs.Run("python3", Programs.Aws(server.Url, account, "eu-central-1"), script, server.Url, account);
        Assert.True(ended.ExitCode == 0, ended.ToString());
        Assert.True(int.Parse(ended.Output.Split(' ')[0]) >= 60, ended.Output);
    }

    [Fact]
    public async Task Load_balancing_and_certificates_with_every_operation_paginator_and_waiter()
    {
        await Programs.Need("boto3 for python3", "python3", "-c", "import boto3");
        string account = "200000000008";
        string script = Path.Combine(AppContext.BaseDirectory, "boto3", "balancing.py");
        Ended ended = await Programs.Run("python3", Programs.Aws(server.Url, account, "eu-west-1"), script, server.Url, account);
        Assert.True(ended.ExitCode == 0, ended.ToString());
        Assert.Equal("60 operations", ended.Output.Trim());
    }

    [Fact]
    public async Task Sharing_and_network_manager_between_two_accounts_with_every_operation_and_paginator()
    {
        await Programs.Need("boto3 for python3", "python3", "-c", "import boto3");
        string account = "200000000011";
        string script = Path.Combine(AppContext.BaseDirectory, "boto3", "sharing.py");
        Ended ended = await Programs.Run(
            "python3", Programs.Aws(server.Url, account, "us-east-1"), script, server.Url, account, "200000000012");
        Assert.True(ended.ExitCode == 0, ended.ToString());
        Assert.Equal("65 operations", ended.Output.Trim());
    }

    [Fact]
    public async Task Every_paginator_and_waiter_of_what_stands_between_networks()
    {
        await Programs.Need("boto3 for python3", "python3", "-c", "import boto3");
        string account = "200000000013";
        string script = Path.Combine(AppContext.BaseDirectory, "boto3", "between.py");
        Ended ended = await Programs.Run("python3", Programs.Aws(server.Url, account, "us-east-1"), script, server.Url, account);
        Assert.True(ended.ExitCode == 0, ended.ToString());
        Assert.Equal("16 paginators, 5 waiters", ended.Output.Trim());
    }

    [Fact]
    public async Task What_joins_two_accounts_and_two_regions_with_waiters_filters_and_errors_and_nothing_left()
    {
        await Programs.Need("boto3 for python3", "python3", "-c", "import boto3");
        string account = "200000000015";
        string script = Path.Combine(AppContext.BaseDirectory, "boto3", "joined.py");
        // A server of its own: the script makes an organization of all accounts.
        using ServerProcess alone = await ServerProcess.Start();
        Ended ended = await Programs.Run(
            "python3", Programs.Aws(alone.Url, account, "us-east-1"), script, alone.Url, account, "200000000016");
        Assert.True(ended.ExitCode == 0, ended.ToString());
        Assert.Equal("90 operations", ended.Output.Trim());
    }

    [Fact]
    public async Task Every_paginator_and_waiter_of_the_services_inside_a_vpc()
    {
        await Programs.Need("boto3 for python3", "python3", "-c", "import boto3");
        string account = "200000000005";
        string script = Path.Combine(AppContext.BaseDirectory, "boto3", "paging.py");
        Ended ended = await Programs.Run("python3", Programs.Aws(server.Url, account, "us-east-1"), script, server.Url, account);
        Assert.True(ended.ExitCode == 0, ended.ToString());
        string[] words = ended.Output.Split(' ');
        Assert.True(int.Parse(words[0]) >= 41 && int.Parse(words[2]) >= 15, ended.Output);
    }
}
