"""A U-Net whose levels are counted: every way up takes its level's features beside its own.

Written by archdsl 0.1.0 from Skips.
"""

import torch
from torch import Tensor, nn


class DownStep(nn.Module):
    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, channels, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv_2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn_2 = nn.BatchNorm2d(channels)
        self.relu_2 = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.bn(self.conv(x)))
        return self.relu_2(self.bn_2(self.conv_2(x)))


class UpStep(nn.Module):
    def __init__(self, in_channels: int, skip_channels: int, channels: int) -> None:
        super().__init__()
        self.upsample = nn.Upsample(scale_factor=2, mode="bilinear")
        self.conv = nn.Conv2d(in_channels, channels, 1)
        self.down_step = DownStep(skip_channels + channels, channels)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        x = torch.cat([skip, self.conv(self.upsample(x))], dim=1)
        return self.down_step(x)


class Skips(nn.Module):
    """A U-Net whose levels are counted: every way up takes its level's features beside its own."""

    def __init__(self) -> None:
        super().__init__()
        self.enc0 = DownStep(3, 8)
        self.pool0 = nn.MaxPool2d(2)
        self.enc1 = DownStep(8, 16)
        self.pool1 = nn.MaxPool2d(2)
        self.enc2 = DownStep(16, 32)
        self.pool2 = nn.MaxPool2d(2)
        self.bottom = DownStep(32, 64)
        self.dec2 = UpStep(64, 32, channels=32)
        self.dec1 = UpStep(32, 16, channels=16)
        self.dec0 = UpStep(16, 8, channels=8)
        self.head = nn.Conv2d(8, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        enc0 = self.enc0(x)  # 8x32x32
        x = self.pool0(enc0)  # 8x16x16
        enc1 = self.enc1(x)  # 16x16x16
        x = self.pool1(enc1)  # 16x8x8
        enc2 = self.enc2(x)  # 32x8x8
        x = self.pool2(enc2)  # 32x4x4
        x = self.bottom(x)  # 64x4x4
        x = self.dec2(x, enc2)  # 32x8x8
        x = self.dec1(x, enc1)  # 16x16x16
        x = self.dec0(x, enc0)  # 8x32x32
        return self.head(x)
