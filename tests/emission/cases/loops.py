"""Loopy.

Written by archdsl 0.1.0 from Loopy.
"""

import torch
from torch import Tensor, nn


class Recurrent(nn.Module):
    def __init__(self, in_channels: int, steps: int) -> None:
        super().__init__()
        self.depth = steps - 1
        self.cell = nn.Sequential(nn.Conv2d(16, 16, 3, padding=1), nn.BatchNorm2d(16))
        self.conv = nn.Conv2d(in_channels, 16, 1)
        self.relu = nn.ReLU(inplace=True)
        for i in range(steps - 1):
            self.add_module(f"relu_{i + 2}", nn.ReLU(inplace=True))

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)  # 16x32x32
        x = x + self.cell(x)
        x = self.relu(x)
        for i in range(self.depth):
            x = x + self.cell(x)
            x = getattr(self, f"relu_{i + 2}")(x)
        return x


class Dense(nn.Module):
    def __init__(self, in_channels: int, layers: int) -> None:
        super().__init__()
        self.depth = layers - 1
        self.conv = nn.Conv2d(in_channels, 16, 1)
        self.relu = nn.ReLU(inplace=True)
        self.conv_2 = nn.Conv2d(16, 4, 3, padding=1)
        self.relu_2 = nn.ReLU(inplace=True)
        for i in range(layers - 1):
            self.add_module(
                f"conv_{2 * i + 3}", nn.Conv2d(in_channels + 4 + 4 * i, 16, 1)
            )
            self.add_module(f"relu_{2 * i + 3}", nn.ReLU(inplace=True))
            self.add_module(f"conv_{2 * i + 4}", nn.Conv2d(16, 4, 3, padding=1))
            self.add_module(f"relu_{2 * i + 4}", nn.ReLU(inplace=True))

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.conv(x))  # 16x32x32
        x = torch.cat([x, self.relu_2(self.conv_2(out))], dim=1)
        for i in range(self.depth):
            out = getattr(self, f"conv_{2 * i + 3}")(x)
            out = getattr(self, f"relu_{2 * i + 3}")(out)
            out = getattr(self, f"conv_{2 * i + 4}")(out)  # 4x32x32
            x = torch.cat([x, getattr(self, f"relu_{2 * i + 4}")(out)], dim=1)
        return x


class Weights(nn.Module):
    def __init__(self, in_channels: int, n: int) -> None:
        super().__init__()
        self.n = n
        self.conv1 = nn.Conv2d(in_channels, 8, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 8, 3, padding=2, dilation=2)
        self.bn2 = nn.BatchNorm2d(8)
        self.conv4 = nn.Conv2d(8, 8, 3, padding=4, dilation=4)
        self.bn4 = nn.BatchNorm2d(8)
        channels = 8
        for i in range(n):
            self.add_module(
                f"c{i}",
                nn.Conv2d(channels, 8 + 4 * i, 3, stride=1 if i == 0 else 2, padding=1),
            )
            channels = 8 + 4 * i

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn1(self.conv1(x))
        x = self.bn2(self.conv2(x))
        x = self.bn4(self.conv4(x))
        for i in range(self.n):
            x = getattr(self, f"c{i}")(x)
        return x


class Loopy(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.recurrent = Recurrent(3, 2)
        self.recurrent_2 = Recurrent(16, 5)
        self.dense = Dense(16, 3)
        self.dense_2 = Dense(28, 5)
        self.weights = Weights(48, 2)
        self.weights_2 = Weights(12, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.recurrent(x)  # 16x32x32
        x = self.recurrent_2(x)
        x = self.dense(x)  # 28x32x32
        x = self.dense_2(x)  # 48x32x32
        x = self.weights(x)  # 12x16x16
        return self.weights_2(x)
