"""CbamNet.

Written by archdsl 0.1.0 from CbamNet.
"""

import torch
from torch import Tensor, nn


class Cbam(nn.Module):
    """Woo et al. 2018: channels are weighed, then places; one small network judges both pools.

    The paper's formulas have neither `bias` nor `norm`, the authors' code has both.
    """

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Conv2d(in_channels, max(1, in_channels // 16), 1, bias=False),
            nn.ReLU(inplace=True),
            nn.Conv2d(max(1, in_channels // 16), in_channels, 1, bias=False),
        )
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.global_max_pool = nn.AdaptiveMaxPool2d(1)
        self.sigmoid = nn.Sigmoid()
        self.spatial = nn.Conv2d(2, 1, 7, padding=3, bias=False)
        self.sigmoid_2 = nn.Sigmoid()

    def forward(self, x: Tensor) -> Tensor:
        out = self.mlp(self.global_avg_pool(x)) + self.mlp(self.global_max_pool(x))
        x = x * self.sigmoid(out)
        out = torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], dim=1)
        return x * self.sigmoid_2(self.spatial(out))


class Stage(nn.Module):
    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, channels, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.cbam = Cbam(channels)
        self.max_pool = nn.MaxPool2d(2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.bn(self.conv(x)))
        x = self.cbam(x)
        return self.max_pool(x)


class SqueezeExcite(nn.Module):
    """Hu et al. 2018: each channel is weighted by what the whole image says.

    The image is squeezed into one number for each `reduction` channels, or into `squeezed` of them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(128, 8, 1)
        self.activation = nn.ReLU(inplace=True)
        self.fc2 = nn.Conv2d(8, 128, 1)
        self.scale_activation = nn.Sigmoid()

    def forward(self, x: Tensor) -> Tensor:
        out = self.fc1(self.global_avg_pool(x))  # 8x1x1
        out = self.fc2(self.activation(out))  # 128x1x1
        return x * self.scale_activation(out)


class CbamNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage(3, 32)
        self.stage_2 = Stage(32, 64)
        self.stage_3 = Stage(64, 128)
        self.squeeze_excite = SqueezeExcite()
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.linear = nn.Linear(128, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stage(x)  # 32x16x16
        x = self.stage_2(x)  # 64x8x8
        x = self.stage_3(x)  # 128x4x4
        x = self.squeeze_excite(x)
        return self.linear(self.flatten(self.global_avg_pool(x)))
