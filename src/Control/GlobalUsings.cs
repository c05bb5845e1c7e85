// The wire's records of EC2 bear AWS's names, as the cloud's own records do: they are always written Aws.Vpc, Aws.Subnet ...
global using Aws = Trunkline.Wire.Ec2;
// The services that came later have names of their own.
global using AwsAcm = Trunkline.Wire.Acm;
global using AwsDx = Trunkline.Wire.Directconnect;
global using AwsElbv2 = Trunkline.Wire.Elbv2;
