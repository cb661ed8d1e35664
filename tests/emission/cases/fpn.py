"""Fpn.

Written by archdsl 0.1.0 from Fpn.
"""

from typing import NamedTuple

from torch import Tensor, nn


class FpnOutput(NamedTuple):
    p2: Tensor
    p3: Tensor
    p4: Tensor


class Fpn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 64, 7, stride=4, padding=3)
        self.relu = nn.ReLU(inplace=True)
        self.c2 = nn.Sequential(nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(inplace=True))
        self.c3 = nn.Sequential(
            nn.Conv2d(64, 128, 3, stride=2, padding=1), nn.ReLU(inplace=True)
        )
        self.c4 = nn.Sequential(
            nn.Conv2d(128, 256, 3, stride=2, padding=1), nn.ReLU(inplace=True)
        )
        self.p4 = nn.Conv2d(256, 256, 1)
        self.conv_2 = nn.Conv2d(128, 256, 1)
        self.upsample = nn.Upsample(scale_factor=2)
        self.conv_3 = nn.Conv2d(64, 256, 1)
        self.upsample_2 = nn.Upsample(scale_factor=2)

    def forward(self, x: Tensor) -> FpnOutput:
        x = self.relu(self.conv(x))  # 64x16x16
        c2 = self.c2(x)
        c3 = self.c3(c2)  # 128x8x8
        x = self.c4(c3)  # 256x4x4
        p4 = self.p4(x)
        p3 = self.conv_2(c3) + self.upsample(p4)  # 256x8x8
        return FpnOutput(self.conv_3(c2) + self.upsample_2(p3), p3, p4)
