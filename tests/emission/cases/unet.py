"""As in Ronneberger et al. 2015, narrower.

Written by archdsl 0.1.0 from UNet.
"""

import torch
from torch import Tensor, nn


class DoubleConv(nn.Module):
    """Ronneberger et al. 2015 (U-Net): two 3x3 convolutions, each with batch norm and ReLU."""

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.relu_2 = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.bn1(self.conv1(x)))
        return self.relu_2(self.bn2(self.conv2(x)))


class UNet(nn.Module):
    """As in Ronneberger et al. 2015, narrower."""

    def __init__(self) -> None:
        super().__init__()
        self.enc1 = DoubleConv(1, 8)
        self.max_pool = nn.MaxPool2d(2)
        self.enc2 = DoubleConv(8, 16)
        self.max_pool_2 = nn.MaxPool2d(2)
        self.enc3 = DoubleConv(16, 32)
        self.max_pool_3 = nn.MaxPool2d(2)
        self.enc4 = DoubleConv(32, 64)
        self.max_pool_4 = nn.MaxPool2d(2)
        self.double_conv = DoubleConv(64, 128)
        self.up4 = nn.ConvTranspose2d(128, 64, 2, stride=2)
        self.double_conv_2 = DoubleConv(128, 64)
        self.up3 = nn.ConvTranspose2d(64, 32, 2, stride=2)
        self.double_conv_3 = DoubleConv(64, 32)
        self.up2 = nn.ConvTranspose2d(32, 16, 2, stride=2)
        self.double_conv_4 = DoubleConv(32, 16)
        self.up1 = nn.ConvTranspose2d(16, 8, 2, stride=2)
        self.double_conv_5 = DoubleConv(16, 8)
        self.head = nn.Conv2d(8, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        enc1 = self.enc1(x)  # 8x32x32
        x = self.max_pool(enc1)  # 8x16x16
        enc2 = self.enc2(x)  # 16x16x16
        x = self.max_pool_2(enc2)  # 16x8x8
        enc3 = self.enc3(x)  # 32x8x8
        x = self.max_pool_3(enc3)  # 32x4x4
        enc4 = self.enc4(x)  # 64x4x4
        x = self.double_conv(self.max_pool_4(enc4))  # 128x2x2
        x = torch.cat([self.up4(x), enc4], dim=1)  # 128x4x4
        x = self.double_conv_2(x)  # 64x4x4
        x = torch.cat([self.up3(x), enc3], dim=1)  # 64x8x8
        x = self.double_conv_3(x)  # 32x8x8
        x = torch.cat([self.up2(x), enc2], dim=1)  # 32x16x16
        x = self.double_conv_4(x)  # 16x16x16
        x = torch.cat([self.up1(x), enc1], dim=1)  # 16x32x32
        x = self.double_conv_5(x)  # 8x32x32
        return self.head(x)
