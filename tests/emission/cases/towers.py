"""One layer, two uses with names of their own.

Written by archdsl 0.1.0 from Towers.
"""

import torch
from torch import Tensor, nn


class Towers(nn.Module):
    """One layer, two uses with names of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.tower = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(inplace=True))
        self.ha = nn.Sequential(nn.Conv2d(8, 4, 1), nn.ReLU(inplace=True))
        self.hb = nn.Sequential(nn.Conv2d(8, 4, 1), nn.ReLU(inplace=True))
        for i in range(5):
            self.add_module(f"mix{i}", nn.Conv2d(20, 20, 3, padding=1))
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.head = nn.Linear(20, 2)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        ea = self.tower(a)  # 8x14x14
        eb = self.tower(b)
        x = torch.cat([ea, eb, self.ha(ea) + self.hb(eb)], dim=1)  # 20x14x14
        for i in range(5):
            x = getattr(self, f"mix{i}")(x)
        x = self.flatten(self.global_avg_pool(x))  # 20
        return self.head(x)
