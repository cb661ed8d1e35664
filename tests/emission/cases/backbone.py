"""Backbone.

Written by archdsl 0.1.0 from backbone.
"""

from torch import Tensor, nn


class Tiny(nn.Module):
    """A small one."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.linear = nn.Linear(8, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.conv(x))  # 8x32x32
        return self.linear(self.flatten(self.global_avg_pool(x)))


class Backbone(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = Tiny()
        self.linear = nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.body(x)  # 5
        return self.linear(x)
