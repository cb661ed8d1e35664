"""Huang et al. 2017.

Written by archdsl 0.1.0 from DenseNet121.
"""

import torch
from torch import Tensor, nn


class DenseLayer(nn.Module):
    """Huang et al. 2017: `growth` new channels, through a bottleneck of `expansion` times those."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(in_channels)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv1 = nn.Conv2d(in_channels, 128, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(128)
        self.relu2 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(128, 32, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(self.relu1(self.norm1(x)))
        return self.conv2(self.relu2(self.norm2(x)))


class DenseBlock(nn.ModuleDict):
    """Huang et al. 2017: every layer sees the outputs of all layers before it."""

    def __init__(self, in_channels: int, layers: int) -> None:
        super().__init__()
        for i in range(layers):
            self[f"denselayer{i + 1}"] = DenseLayer(in_channels + 32 * i)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.values():
            x = torch.cat([x, layer(x)], dim=1)
        return x


class Transition(nn.Module):
    """Huang et al. 2017: between dense blocks, fewer channels and half the size."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(in_channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv = nn.Conv2d(in_channels, int(in_channels * 0.5), 1, bias=False)
        self.pool = nn.AvgPool2d(2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(self.relu(self.norm(x)))
        return self.pool(x)


class Features(nn.Sequential):
    def __init__(self) -> None:
        super().__init__()
        self.conv0 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.norm0 = nn.BatchNorm2d(64)
        self.relu0 = nn.ReLU(inplace=True)
        self.pool0 = nn.MaxPool2d(3, stride=2, padding=1)
        self.denseblock1 = DenseBlock(64, 6)
        self.transition1 = Transition(256)
        self.denseblock2 = DenseBlock(128, 12)
        self.transition2 = Transition(512)
        self.denseblock3 = DenseBlock(256, 24)
        self.transition3 = Transition(1024)
        self.denseblock4 = DenseBlock(512, 16)
        self.norm5 = nn.BatchNorm2d(1024)


class DenseNet121(nn.Module):
    """Huang et al. 2017."""

    def __init__(self) -> None:
        super().__init__()
        self.features = Features()
        self.relu = nn.ReLU(inplace=True)
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(1024, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x)  # 1024x1x1
        x = self.flatten(self.global_avg_pool(self.relu(x)))  # 1024
        return self.classifier(x)
