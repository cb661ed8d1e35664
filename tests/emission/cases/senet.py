"""SENet18.

Written by archdsl 0.1.0 from SENet18.
"""

from torch import Tensor, nn


class SqueezeExcite(nn.Module):
    """Hu et al. 2018: each channel is weighted by what the whole image says.

    The image is squeezed into one number for each `reduction` channels, or into `squeezed` of them.
    """

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(in_channels, max(1, in_channels // 16), 1)
        self.activation = nn.ReLU(inplace=True)
        self.fc2 = nn.Conv2d(max(1, in_channels // 16), in_channels, 1)
        self.scale_activation = nn.Sigmoid()

    def forward(self, x: Tensor) -> Tensor:
        out = self.fc1(self.global_avg_pool(x))
        out = self.fc2(self.activation(out))
        return x * self.scale_activation(out)


class SeBlock(nn.Module):
    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(
            in_channels, channels, 3, stride=stride, padding=1, bias=False
        )
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.se = SqueezeExcite(channels)
        self.downsample = (
            nn.Sequential(
                nn.Conv2d(in_channels, channels, 1, stride=stride, bias=False),
                nn.BatchNorm2d(channels),
            )
            if stride != 1 or in_channels != channels
            else nn.Identity()
        )
        self.relu_2 = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return self.relu_2(self.se(out) + self.downsample(x))


class SENet18(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 7, stride=2, padding=3, bias=False)
        self.bn = nn.BatchNorm2d(16)
        self.relu = nn.ReLU(inplace=True)
        self.max_pool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = nn.Sequential(SeBlock(16, 16), SeBlock(16, 16))
        self.layer2 = nn.Sequential(SeBlock(16, 32, stride=2), SeBlock(32, 32))
        self.layer3 = nn.Sequential(SeBlock(32, 64, stride=2), SeBlock(64, 64))
        self.layer4 = nn.Sequential(SeBlock(64, 128, stride=2), SeBlock(128, 128))
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(128, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = self.max_pool(self.relu(self.bn(self.conv(x))))  # 16x8x8
        x = self.layer1(x)
        x = self.layer2(x)  # 32x4x4
        x = self.layer3(x)  # 64x2x2
        x = self.layer4(x)  # 128x1x1
        x = self.flatten(self.global_avg_pool(x))  # 128
        return self.fc(x)
