global using Aws = Trunkline.Wire.Ec2;
global using AwsAcm = Trunkline.Wire.Acm;
global using AwsElbv2 = Trunkline.Wire.Elbv2;
global using AwsDx = Trunkline.Wire.Directconnect;
