global using Aws = Trunkline.Wire.Ec2;
global using AwsAcm = Trunkline.Wire.Acm;
global using AwsDx = Trunkline.Wire.Directconnect;
global using AwsElbv2 = Trunkline.Wire.Elbv2;
