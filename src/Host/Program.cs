using Trunkline.Cli;
using Trunkline.Host;

return await CliProgram.Run(args, Server.Run);
