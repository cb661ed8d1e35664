"""Stages.

Written by archdsl 0.1.0 from stages.
"""

from torch import Tensor, nn


class Bottleneck(nn.Module):
    """He et al. 2016: 1x1, 3x3, 1x1; the stride on the 3x3, as published weights have it.

    `groups` and `base_width` give ResNeXt (Xie et al. 2017) and Wide ResNet (Zagoruyko and
    Komodakis 2016); `dilation` in the place of a stride keeps the size (Chen et al. 2017);
    `attention` weighs what is added: `squeeze_excite` (Hu et al. 2018), `cbam` (Woo et al. 2018).
    """

    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(
            channels, channels, 3, stride=stride, padding=1, bias=False
        )
        self.bn2 = nn.BatchNorm2d(channels)
        self.relu_2 = nn.ReLU(inplace=True)
        self.conv3 = nn.Conv2d(channels, channels * 4, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(channels * 4)
        self.downsample = (
            nn.Sequential(
                nn.Conv2d(in_channels, channels * 4, 1, stride=stride, bias=False),
                nn.BatchNorm2d(channels * 4),
            )
            if stride != 1 or in_channels != channels * 4
            else nn.Identity()
        )
        self.relu_3 = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu_2(self.bn2(self.conv2(out)))
        return self.relu_3(self.bn3(self.conv3(out)) + self.downsample(x))


class Stage(nn.Sequential):
    def __init__(
        self, in_channels: int, channels: int, n: int, stride: int = 1
    ) -> None:
        super().__init__(
            Bottleneck(in_channels, channels, stride=stride),
            *(Bottleneck(channels * 4, channels) for _ in range(n - 1)),
        )


class Stages(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 7, stride=2, padding=3, bias=False)
        self.bn = nn.BatchNorm2d(16)
        self.relu = nn.ReLU(inplace=True)
        self.layer1 = Stage(16, 16, n=3)
        self.layer2 = Stage(64, 32, n=4, stride=2)
        self.layer3 = Stage(128, 64, n=6, stride=2)
        self.layer4 = Stage(256, 128, n=3, stride=2)
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(512, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.bn(self.conv(x)))  # 16x16x16
        x = self.layer1(x)  # 64x16x16
        x = self.layer2(x)  # 128x8x8
        x = self.layer3(x)  # 256x4x4
        x = self.layer4(x)  # 512x2x2
        x = self.flatten(self.global_avg_pool(x))  # 512
        return self.fc(x)
