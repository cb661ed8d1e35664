"""Wave.

Written by archdsl 0.1.0 from Wave.
"""

from torch import Tensor, nn


class Gated(nn.Module):
    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.pad = nn.ZeroPad1d((2 * dilation, 0))
        self.filter = nn.Sequential(nn.Conv1d(32, 32, 3, dilation=dilation), nn.Tanh())
        self.gate = nn.Sequential(nn.Conv1d(32, 32, 3, dilation=dilation), nn.Sigmoid())
        self.conv = nn.Conv1d(32, 32, 1)

    def forward(self, x: Tensor) -> Tensor:
        out = self.pad(x)
        out = self.filter(out) * self.gate(out)  # 32x256
        return self.conv(out) + x


class Wave(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(1, 32, 1)
        self.gated = Gated(1)
        self.gated_2 = Gated(2)
        self.gated_3 = Gated(4)
        self.gated_4 = Gated(8)
        self.gated_5 = Gated(16)
        self.gated_6 = Gated(32)
        self.gated_7 = Gated(1)
        self.gated_8 = Gated(2)
        self.gated_9 = Gated(4)
        self.gated_10 = Gated(8)
        self.gated_11 = Gated(16)
        self.gated_12 = Gated(32)
        self.relu = nn.ReLU(inplace=True)
        self.conv_2 = nn.Conv1d(32, 256, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)  # 32x256
        x = self.gated(x)
        x = self.gated_2(x)
        x = self.gated_3(x)
        x = self.gated_4(x)
        x = self.gated_5(x)
        x = self.gated_6(x)
        x = self.gated_7(x)
        x = self.gated_8(x)
        x = self.gated_9(x)
        x = self.gated_10(x)
        x = self.gated_11(x)
        x = self.gated_12(x)
        return self.conv_2(self.relu(x))
