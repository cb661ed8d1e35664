"""Acts.

Written by archdsl 0.1.0 from Acts.
"""

from torch import Tensor, nn


class Unit(nn.Module):
    def __init__(
        self,
        in_channels: int,
        channels: int,
        act: type[nn.Module] = nn.ReLU,
        norm: bool = True,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, channels, 3, padding=1)
        self.bn = nn.BatchNorm2d(channels) if norm else nn.Identity()
        self.act = act(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.bn(self.conv(x)))


class Unit2(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(64, 64, 3, padding=1)
        self.bn = nn.BatchNorm2d(64)
        self.conv_2 = nn.Conv2d(64, 64, 1)
        self.act = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn(self.conv(x))  # 64x32x32
        return self.act(self.conv_2(x))


class Unit3(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(64, 64, 3, padding=1)
        self.bn = nn.BatchNorm2d(64)
        self.act = nn.Dropout(0.1)

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.bn(self.conv(x)))


class Acts(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.unit = Unit(3, 16)
        self.unit_2 = Unit(16, 32, act=nn.Hardswish)
        self.unit_3 = Unit(32, 32, norm=False)
        self.unit_4 = Unit(32, 64, act=nn.SiLU)
        self.unit_5 = Unit2()
        self.unit_6 = Unit3()

    def forward(self, x: Tensor) -> Tensor:
        x = self.unit(x)  # 16x32x32
        x = self.unit_2(x)  # 32x32x32
        x = self.unit_3(x)
        x = self.unit_4(x)  # 64x32x32
        x = self.unit_5(x)
        return self.unit_6(x)
