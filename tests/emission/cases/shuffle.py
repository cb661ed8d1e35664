"""ShuffleNetV2.

Written by archdsl 0.1.0 from ShuffleNetV2.
"""

from typing import Final

import torch
from torch import Tensor, nn


class Branch(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, in_channels, 1, bias=False)
        self.bn = nn.BatchNorm2d(in_channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv_2 = nn.Conv2d(
            in_channels, in_channels, 3, padding=1, groups=in_channels, bias=False
        )
        self.bn_2 = nn.BatchNorm2d(in_channels)
        self.conv_3 = nn.Conv2d(in_channels, in_channels, 1, bias=False)
        self.bn_3 = nn.BatchNorm2d(in_channels)
        self.relu_2 = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.bn(self.conv(x)))
        x = self.bn_2(self.conv_2(x))
        return self.relu_2(self.bn_3(self.conv_3(x)))


class Unit(nn.Module):
    use_branch: Final[bool]

    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.use_branch = stride == 1
        if self.use_branch:
            self.branch = Branch(channels // 2)
        else:
            self.conv = nn.Conv2d(
                in_channels,
                in_channels,
                3,
                stride=2,
                padding=1,
                groups=in_channels,
                bias=False,
            )
            self.bn = nn.BatchNorm2d(in_channels)
            self.conv_2 = nn.Conv2d(in_channels, channels // 2, 1, bias=False)
            self.bn_2 = nn.BatchNorm2d(channels // 2)
            self.relu = nn.ReLU(inplace=True)
            self.conv_3 = nn.Conv2d(in_channels, channels // 2, 1, bias=False)
            self.bn_3 = nn.BatchNorm2d(channels // 2)
            self.relu_2 = nn.ReLU(inplace=True)
            self.conv_4 = nn.Conv2d(
                channels // 2,
                channels // 2,
                3,
                stride=2,
                padding=1,
                groups=channels // 2,
                bias=False,
            )
            self.bn_4 = nn.BatchNorm2d(channels // 2)
            self.conv_5 = nn.Conv2d(channels // 2, channels // 2, 1, bias=False)
            self.bn_5 = nn.BatchNorm2d(channels // 2)
            self.relu_3 = nn.ReLU(inplace=True)
        self.channel_shuffle = nn.ChannelShuffle(2)

    def forward(self, x: Tensor) -> Tensor:
        if self.use_branch:
            a, b = torch.chunk(x, 2, dim=1)
            out = torch.cat([a, self.branch(b)], dim=1)
        else:
            out = self.bn(self.conv(x))
            out = self.relu(self.bn_2(self.conv_2(out)))
            x = self.relu_2(self.bn_3(self.conv_3(x)))
            x = self.bn_4(self.conv_4(x))
            out = torch.cat([out, self.relu_3(self.bn_5(self.conv_5(x)))], dim=1)
        return self.channel_shuffle(out)


class ShuffleNetV2(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 24, 3, stride=2, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(24)
        self.relu = nn.ReLU(inplace=True)
        self.max_pool = nn.MaxPool2d(3, stride=2, padding=1)
        self.unit = Unit(24, 116, stride=2)
        self.unit_2 = Unit(116, 116)
        self.unit_3 = Unit(116, 116)
        self.unit_4 = Unit(116, 116)
        self.unit_5 = Unit(116, 232, stride=2)
        for i in range(7):
            self.add_module(f"unit_{i + 6}", Unit(232, 232))
        self.unit_13 = Unit(232, 464, stride=2)
        self.unit_14 = Unit(464, 464)
        self.unit_15 = Unit(464, 464)
        self.unit_16 = Unit(464, 464)
        self.conv_2 = nn.Conv2d(464, 1024, 1, bias=False)
        self.bn_2 = nn.BatchNorm2d(1024)
        self.relu_2 = nn.ReLU(inplace=True)
        self.fc = nn.Linear(1024, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = self.max_pool(self.relu(self.bn(self.conv(x))))  # 24x8x8
        x = self.unit(x)  # 116x4x4
        x = self.unit_2(x)
        x = self.unit_3(x)
        x = self.unit_4(x)
        x = self.unit_5(x)  # 232x2x2
        for i in range(7):
            x = getattr(self, f"unit_{i + 6}")(x)
        x = self.unit_13(x)  # 464x1x1
        x = self.unit_14(x)
        x = self.unit_15(x)
        x = self.unit_16(x)
        x = self.relu_2(self.bn_2(self.conv_2(x)))  # 1024x1x1
        return self.fc(x.mean((2, 3)))
