"""Sandler et al. 2018, with the published names.

Written by archdsl 0.1.0 from mobilenet_v2.
"""

from torch import Tensor, nn


class ConvBnRelu6(nn.Sequential):
    def __init__(
        self,
        in_channels: int,
        channels: int,
        kernel_size: int = 3,
        stride: int = 1,
        groups: int = 1,
    ) -> None:
        super().__init__(
            nn.Conv2d(
                in_channels,
                channels,
                kernel_size,
                stride=stride,
                padding=kernel_size // 2,
                groups=groups,
                bias=False,
            ),
            nn.BatchNorm2d(channels),
            nn.ReLU6(inplace=True),
        )


class Inverted(nn.Module):
    def __init__(
        self, in_channels: int, channels: int, stride: int, expand: int
    ) -> None:
        super().__init__()
        hidden = in_channels * expand
        self.use_add = stride == 1 and in_channels == channels
        layers: list[nn.Module] = []
        if expand != 1:
            layers.append(ConvBnRelu6(in_channels, hidden, kernel_size=1))
        layers += [
            ConvBnRelu6(hidden, hidden, stride=stride, groups=hidden),
            nn.Conv2d(hidden, channels, 1, bias=False),
            nn.BatchNorm2d(channels),
        ]
        self.conv = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        out = self.conv(x)
        if self.use_add:
            out = x + out
        return out


class MobilenetV2(nn.Module):
    """Sandler et al. 2018, with the published names."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [ConvBnRelu6(3, 32, stride=2)]
        in_channels = 32
        for t, c, n, s in (
            (1, 16, 1, 1),
            (6, 24, 2, 2),
            (6, 32, 3, 2),
            (6, 64, 4, 2),
            (6, 96, 3, 1),
            (6, 160, 3, 2),
            (6, 320, 1, 1),
        ):
            layers += [
                Inverted(in_channels, c, stride=s, expand=t),
                *(Inverted(c, c, stride=1, expand=6) for _ in range(n - 1)),
            ]
            in_channels = c
        layers.append(ConvBnRelu6(320, 1280, kernel_size=1))
        self.features = nn.Sequential(*layers)
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, 1000))

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x)  # 1280x1x1
        x = self.flatten(self.global_avg_pool(x))  # 1280
        return self.classifier(x)
