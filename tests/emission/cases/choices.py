"""Arms.

Written by archdsl 0.1.0 from Arms.
"""

from typing import Final

from torch import Tensor, nn


class Node(nn.Module):
    use_relu: Final[bool]
    use_pool: Final[bool]
    use_conv: Final[bool]

    def __init__(self, in_channels: int, kind: int, channels: int) -> None:
        super().__init__()
        self.use_relu = kind == 0
        self.use_pool = kind == 1
        self.use_conv = kind == 2
        if self.use_relu:
            self.conv = nn.Conv2d(in_channels, channels, 3, padding=1)
            self.relu = nn.ReLU(inplace=True)
        elif self.use_pool:
            self.pool = nn.AvgPool2d(3, stride=1, padding=1)
            self.conv = nn.Conv2d(in_channels, channels, 1)
        elif self.use_conv:
            self.conv = nn.Conv2d(in_channels, channels, 5, padding=2)
        else:
            self.identity = nn.Identity()
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        if self.use_relu:
            out = self.relu(self.conv(x))
        elif self.use_pool:
            out = self.conv(self.pool(x))
        elif self.use_conv:
            out = self.conv(x)
        else:
            out = self.identity(x)
        return self.bn(out)


class Multi(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(16, 16, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


class Multi2(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(16, 16, 3, padding=1)
        self.conv_2 = nn.Conv2d(16, 16, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.max_pool = nn.MaxPool2d(2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)  # 16x32x32
        x = self.conv_2(x)
        return self.max_pool(self.relu(x))


class Multi3(nn.Module):
    def __init__(self, down: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(16, 16, 3, padding=1)
        self.conv_2 = nn.Conv2d(16, 16, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.conv_3 = nn.Conv2d(16, 16, 3, padding=1)
        self.relu_2 = nn.ReLU(inplace=True)
        self.conv_4 = nn.Conv2d(16, 16, 3, padding=1)
        self.relu_3 = nn.ReLU(inplace=True)
        self.max_pool = nn.MaxPool2d(2) if down else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        x = self.conv_2(x)
        x = self.conv_3(self.relu(x))
        x = self.conv_4(self.relu_2(x))
        return self.max_pool(self.relu_3(x))


class Arms(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.node = Node(3, 0, channels=8)
        self.node_2 = Node(8, 1, channels=8)
        self.node_3 = Node(8, 2, channels=16)
        self.node_4 = Node(16, 3, channels=16)
        self.multi = Multi()
        self.multi_2 = Multi2()
        self.multi_3 = Multi3(True)
        self.multi_4 = Multi3(False)

    def forward(self, x: Tensor) -> Tensor:
        x = self.node(x)  # 8x32x32
        x = self.node_2(x)
        x = self.node_3(x)  # 16x32x32
        x = self.node_4(x)
        x = self.multi(x)
        x = self.multi_2(x)  # 16x16x16
        x = self.multi_3(x)  # 16x8x8
        return self.multi_4(x)
