"""Handing.

Written by archdsl 0.1.0 from Handing.
"""

import torch
from torch import Tensor, nn


class Join(nn.Module):
    """Several maps, each brought to the same channels."""

    def __init__(self, skips_channels: tuple[int, ...], channels: int) -> None:
        super().__init__()
        self.depth = len(skips_channels) - 1
        self.conv = nn.Conv2d(4, channels, 1)
        for i in range(len(skips_channels) - 1):
            self.add_module(
                f"conv_{i + 2}", nn.Conv2d(skips_channels[i + 1], channels, 1)
            )

    def forward(self, x: Tensor, skips: list[Tensor]) -> Tensor:
        branch1 = self.conv(skips[0])
        outs = [getattr(self, f"conv_{i + 2}")(skips[i + 1]) for i in range(self.depth)]
        return torch.cat([branch1, *outs, x], dim=1)


class Pick(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(8, 16, 1)

    def forward(self, x: Tensor, pair_0: Tensor) -> Tensor:
        return self.conv(x + pair_0)


class Fpn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lateral0 = nn.Conv2d(4, 4, 1)
        self.lateral1 = nn.Conv2d(8, 4, 1)
        self.lateral2 = nn.Conv2d(8, 4, 1)

    def forward(
        self, maps_0: Tensor, maps_1: Tensor, maps_2: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        return self.lateral0(maps_0), self.lateral1(maps_1), self.lateral2(maps_2)


class Handing(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(3, 4, 3, padding=1)
        self.b = nn.Conv2d(4, 8, 3, padding=1)
        self.c = nn.Conv2d(8, 8, 3, stride=2, padding=1)
        self.big = nn.Upsample(scale_factor=2)
        self.join = Join((4, 8), 6)
        self.join_2 = Join((4, 8), 6)
        self.join_3 = Join((4, 8, 8), 5)
        self.conv = nn.Conv2d(47, 8, 1)
        self.pick = Pick()
        self.fpn = Fpn()
        self.conv_2 = nn.Conv2d(8, 4, 1)
        self.join_4 = Join((4,), 3)
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.global_avg_pool_2 = nn.AdaptiveAvgPool2d(1)
        self.flatten_2 = nn.Flatten()

    def forward(self, x: Tensor) -> Tensor:
        a = self.a(x)  # 4x32x32
        b = self.b(a)  # 8x32x32
        c = self.c(b)  # 8x16x16
        big = self.big(c)  # 8x32x32
        x = self.join(big, [a, b])  # 20x32x32
        x = self.join_2(x, [a, big])  # 32x32x32
        x = self.join_3(x, [a, b, big])  # 47x32x32
        self.pick(self.conv(x), big)
        p, q, r = self.fpn(a, b, c)
        x = self.conv_2(torch.cat([p, q], dim=1))  # 4x32x32
        x = self.join_4(x, [p])  # 7x32x32
        x = self.flatten(self.global_avg_pool(x))  # 7
        out = self.flatten_2(self.global_avg_pool_2(r))  # 4
        return torch.cat([x, out], dim=1)
