"""Deep.

Written by archdsl 0.1.0 from Deep.
"""

import torch
from torch import Tensor, nn


class Stacked(nn.Module):
    def __init__(self, in_channels: int, n: int, channels: int) -> None:
        super().__init__()
        self.depth = n - 1
        self.conv0 = nn.Conv2d(in_channels, channels, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        for i in range(n - 1):
            self.add_module(f"conv{i + 1}", nn.Conv2d(channels, channels, 3, padding=1))
            self.add_module(f"relu_{i + 2}", nn.ReLU(inplace=True))
        self.max_pool = nn.MaxPool2d(2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.conv0(x))
        for i in range(self.depth):
            x = getattr(self, f"relu_{i + 2}")(getattr(self, f"conv{i + 1}")(x))
        return self.max_pool(x)


class Aspp(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(64, 64, 1, bias=False)
        self.bn = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.conv_2 = nn.Conv2d(64, 64, 3, padding=12, dilation=12, bias=False)
        self.bn_2 = nn.BatchNorm2d(64)
        self.relu_2 = nn.ReLU(inplace=True)
        self.conv_3 = nn.Conv2d(64, 64, 3, padding=24, dilation=24, bias=False)
        self.bn_3 = nn.BatchNorm2d(64)
        self.relu_3 = nn.ReLU(inplace=True)
        self.conv_4 = nn.Conv2d(64, 64, 3, padding=36, dilation=36, bias=False)
        self.bn_4 = nn.BatchNorm2d(64)
        self.relu_4 = nn.ReLU(inplace=True)
        self.conv_5 = nn.Conv2d(256, 64, 1, bias=False)
        self.bn_5 = nn.BatchNorm2d(64)
        self.relu_5 = nn.ReLU(inplace=True)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        branch1 = self.relu(self.bn(self.conv(x)))  # 64x4x4
        branch2 = self.relu_2(self.bn_2(self.conv_2(x)))
        branch3 = self.relu_3(self.bn_3(self.conv_3(x)))
        branch4 = self.relu_4(self.bn_4(self.conv_4(x)))
        x = torch.cat([branch1, branch2, branch3, branch4], dim=1)  # 256x4x4
        return self.dropout(self.relu_5(self.bn_5(self.conv_5(x))))


class Deep(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stacked = Stacked(3, 1, channels=16)
        self.stacked_2 = Stacked(16, 2, channels=32)
        self.stacked_3 = Stacked(32, 3, channels=64)
        self.aspp = Aspp()
        self.conv = nn.Conv2d(64, 21, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stacked(x)  # 16x16x16
        x = self.stacked_2(x)  # 32x8x8
        x = self.stacked_3(x)  # 64x4x4
        x = self.aspp(x)
        return self.conv(x)
