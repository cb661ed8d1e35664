"""V.

Written by archdsl 0.1.0 from V.
"""

from torch import Tensor, nn


class VggBlock(nn.Module):
    """Simonyan and Zisserman 2015: 3x3 convolutions with ReLU, then a pool that halves the size."""

    def __init__(
        self, in_channels: int, convs: int, channels: int, norm: bool = False
    ) -> None:
        super().__init__()
        self.depth = convs - 1
        self.conv = nn.Conv2d(in_channels, channels, 3, padding=1)
        self.bn = nn.BatchNorm2d(channels) if norm else nn.Identity()
        self.relu = nn.ReLU(inplace=True)
        for i in range(convs - 1):
            self.add_module(
                f"conv_{i + 2}", nn.Conv2d(channels, channels, 3, padding=1)
            )
            self.add_module(
                f"bn_{i + 2}", nn.BatchNorm2d(channels) if norm else nn.Identity()
            )
            self.add_module(f"relu_{i + 2}", nn.ReLU(inplace=True))
        self.max_pool = nn.MaxPool2d(2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.bn(self.conv(x)))
        for i in range(self.depth):
            x = getattr(self, f"bn_{i + 2}")(getattr(self, f"conv_{i + 2}")(x))
            x = getattr(self, f"relu_{i + 2}")(x)
        return self.max_pool(x)


class V(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.vgg_block = VggBlock(3, 1, channels=16)
        self.vgg_block_2 = VggBlock(16, 2, channels=32, norm=True)
        self.vgg_block_3 = VggBlock(32, 3, channels=64, norm=True)
        self.vgg_block_4 = VggBlock(64, 4, channels=64)
        self.flatten = nn.Flatten()
        self.linear = nn.Linear(1024, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.vgg_block(x)  # 16x32x32
        x = self.vgg_block_2(x)  # 32x16x16
        x = self.vgg_block_3(x)  # 64x8x8
        x = self.vgg_block_4(x)  # 64x4x4
        return self.linear(self.flatten(x))
