global using Aws = Trunkline.Wire.Ec2;
