using Trunkline.Cli;
using Trunkline.Host;
using Trunkline.Planes.Linux.Agent;

// The helper inside the namespaces is this program too; it is not for people, so the command line does not know of it.
return args is [AgentProgram.Verb, ..] ? await AgentProgram.Run(args) : await CliProgram.Run(args, Server.Run, Down.Run);
