"""Nest.

Written by archdsl 0.1.0 from Nest.
"""

import torch
from torch import Tensor, nn


class Rows(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv0 = nn.Conv2d(3, 8, 3, padding=1)
        self.conv1 = nn.Conv2d(8, 16, 5, stride=2, padding=2)
        self.conv = nn.Conv2d(16, 8, 4, stride=4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv0(x)  # 8x32x32
        x = self.conv1(x)  # 16x16x16
        return self.conv(x)


class Pairs(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv0 = nn.Conv2d(8, 4, 1, padding="same")
        self.relu = nn.ReLU(inplace=True)
        self.conv1 = nn.Conv2d(4, 8, 3, padding="same")
        self.relu_2 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(8, 4, 3, padding="same")
        self.relu_3 = nn.ReLU(inplace=True)
        self.conv3 = nn.Conv2d(4, 6, 5, padding="same")
        self.relu_4 = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.conv0(x))  # 4x4x4
        x = self.relu_2(self.conv1(x))  # 8x4x4
        x = self.relu_3(self.conv2(x))  # 4x4x4
        return self.relu_4(self.conv3(x))


class Nest(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rows = Rows()
        self.pairs = Pairs()
        self.conv = nn.Conv2d(6, 3, 1)
        self.conv_2 = nn.Conv2d(6, 7, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.rows(x)  # 8x4x4
        x = self.pairs(x)  # 6x4x4
        return torch.cat([self.conv(x), self.conv_2(x)], dim=1)
