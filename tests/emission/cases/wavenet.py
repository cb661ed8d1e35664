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
        for i in range(5):
            self.add_module(f"gated_{i + 2}", Gated(2 ** (i + 1)))
        self.gated_7 = Gated(1)
        for i in range(5):
            self.add_module(f"gated_{i + 8}", Gated(2 ** (i + 1)))
        self.relu = nn.ReLU(inplace=True)
        self.conv_2 = nn.Conv1d(32, 256, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)  # 32x256
        x = self.gated(x)
        for i in range(5):
            x = getattr(self, f"gated_{i + 2}")(x)
        x = self.gated_7(x)
        for i in range(5):
            x = getattr(self, f"gated_{i + 8}")(x)
        return self.conv_2(self.relu(x))
