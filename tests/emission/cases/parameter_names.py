"""Odd.

Written by archdsl 0.1.0 from Odd.
"""

from torch import Tensor, nn


class OddBlock(nn.Module):
    def __init__(
        self,
        in_channels: int,
        own: int,
        x: int = 3,
        conv_channels: int = 8,
        stride_kernel_size: int = 2,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, conv_channels, x, padding=x // 2, groups=own)
        self.stride = nn.Conv2d(
            conv_channels, conv_channels, stride_kernel_size, stride=stride_kernel_size
        )
        self.out = nn.ReLU(inplace=True)
        self.forward_ = nn.Conv2d(conv_channels, conv_channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        x = self.out(self.stride(x))
        return self.forward_(x)


class Odd(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.odd = OddBlock(4, 1)
        self.odd_2 = OddBlock(8, 2, x=5, conv_channels=16)
        self.odd_3 = OddBlock(16, 4, stride_kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.odd(x)  # 8x16x16
        x = self.odd_2(x)  # 16x8x8
        return self.odd_3(x)
