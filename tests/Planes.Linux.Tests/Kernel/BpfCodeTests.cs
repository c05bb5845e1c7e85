using Trunkline.Planes.Linux.Kernel;

namespace Trunkline.Tests.Planes.Linux.Kernel;

/// <summary>Instructions as RFC 9669 has them.</summary>
public sealed class BpfCodeTests
{
    [Fact]
    public void Instructions_are_eight_octets_and_jumps_count_them()
    {
        BpfCode code = new();
        code.Load(BpfSize.Half, BpfRegister.R2, BpfRegister.R1, 16);
        code.Jump(BpfRegister.R2, BpfWhen.NotEqual, 8, "end");
        code.StoreNumber(BpfSize.Double, BpfRegister.Stack, -8, 5);
        code.Map(BpfRegister.R1, 3);
        code.Alu(BpfAlu.Xor, BpfRegister.R2, BpfRegister.R3);
        code.Call(BpfHelper.LookUp);
        code.Place("end");
        code.Move(BpfRegister.R0, -1);
        code.Exit();
        Assert.Equal(
            [
                "6912100000000000",
                "5502050008000000",
                "7A0AF8FF05000000",
                "1811000003000000",
                "0000000000000000",
                "AF32000000000000",
                "8500000001000000",
                "B7000000FFFFFFFF",
                "9500000000000000",
            ],
            code.Done().Select(i => Convert.ToHexString(BitConverter.GetBytes(i))));
    }

    [Fact]
    public void A_jump_back_or_to_nowhere_is_refused()
    {
        BpfCode back = new();
        back.Place("here");
        back.Jump("here");
        Assert.Throws<InvalidOperationException>(back.Done);
        BpfCode nowhere = new();
        nowhere.Jump("nowhere");
        Assert.Throws<InvalidOperationException>(nowhere.Done);
    }
}
