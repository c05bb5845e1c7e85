// The model's links join domains; here a link is what the kernel calls so.
global using Link = Trunkline.Planes.Linux.Desired.Link;
