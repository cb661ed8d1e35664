"""FractalNet.

Written by archdsl 0.1.0 from FractalNet.
"""

from torch import Tensor, nn


class Fractal(nn.Module):
    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, channels, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.bn(self.conv(x)))


class Fractal2(nn.Module):
    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, channels, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.fractal = Fractal(in_channels, channels)
        self.fractal_2 = Fractal(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn(self.conv(x)))
        x = self.fractal(x)
        return (out + self.fractal_2(x)) / 2


class Fractal3(nn.Module):
    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, channels, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.fractal = Fractal2(in_channels, channels)
        self.fractal_2 = Fractal2(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn(self.conv(x)))
        x = self.fractal(x)
        return (out + self.fractal_2(x)) / 2


class FractalNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fractal = Fractal3(3, 8)
        self.max_pool = nn.MaxPool2d(2)
        self.fractal_2 = Fractal3(8, 16)
        self.max_pool_2 = nn.MaxPool2d(2)
        self.fractal_3 = Fractal3(16, 32)
        self.max_pool_3 = nn.MaxPool2d(2)
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.linear = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.max_pool(self.fractal(x))  # 8x16x16
        x = self.max_pool_2(self.fractal_2(x))  # 16x8x8
        x = self.max_pool_3(self.fractal_3(x))  # 32x4x4
        return self.linear(self.flatten(self.global_avg_pool(x)))
