"""ConvNeXt.

Written by archdsl 0.1.0 from ConvNeXt.
"""

import torch
from torch import Tensor, nn


class ChannelLayerNorm(nn.LayerNorm):
    """Layer normalisation over the channels, dimension 1, of each place (Ba et al., 2016)."""

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.layer_norm(
            x.movedim(1, -1), self.normalized_shape, self.weight, self.bias, self.eps
        ).movedim(-1, 1)


class DropPath(nn.Module):
    """Stochastic depth: drops whole samples while training (Huang et al., 2016).

    `mode="row"` decides for each sample, `mode="batch"` once for all of them. What stays is
    scaled so that the expected value does not change.
    """

    def __init__(self, p: float, mode: str = "row") -> None:
        super().__init__()
        self.p = p
        self.mode = mode

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0.0:
            return x
        survival = 1.0 - self.p
        samples = x.shape[0] if self.mode == "row" else 1
        mask = x.new_empty([samples] + [1] * (x.ndim - 1)).bernoulli_(survival)
        if survival > 0.0:
            mask.div_(survival)
        return x * mask

    def extra_repr(self) -> str:
        return f"p={self.p}, mode={self.mode!r}"


class ConvnextBlock(nn.Module):
    def __init__(self, in_channels: int, height: int, drop: float = 0.0) -> None:
        super().__init__()
        self.dwconv = nn.Conv2d(
            in_channels, in_channels, 7, padding=3, groups=in_channels
        )
        self.norm = ChannelLayerNorm(height, eps=1e-06)
        self.pwconv1 = nn.Linear(in_channels, 4 * in_channels)
        self.gelu = nn.GELU()
        self.pwconv2 = nn.Linear(4 * in_channels, in_channels)
        self.gamma = nn.Parameter(torch.full((height, 1, 1), 1e-06))
        self.drop_path = DropPath(drop)

    def forward(self, x: Tensor) -> Tensor:
        out = self.norm(self.dwconv(x).permute(0, 2, 3, 1))
        out = self.gelu(self.pwconv1(out))
        out = self.pwconv2(out)
        return x + self.drop_path((out * self.gamma).permute(0, 3, 1, 2))


class ConvNeXt(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 4, stride=4)
        self.stage0_0 = ConvnextBlock(8, 8)
        self.down1 = nn.Conv2d(8, 16, 2, stride=2)
        self.stage1_0 = ConvnextBlock(16, 4, drop=0.02)
        self.down2 = nn.Conv2d(16, 32, 2, stride=2)
        self.stage2_0 = ConvnextBlock(32, 2, drop=0.04)
        self.stage2_1 = ConvnextBlock(32, 2, drop=0.06000000000000001)
        self.stage2_2 = ConvnextBlock(32, 2, drop=0.08)
        self.down3 = nn.Conv2d(32, 64, 2, stride=2)
        self.stage3_0 = ConvnextBlock(64, 1, drop=0.1)
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.head = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)  # 8x8x8
        x = self.stage0_0(x)
        x = self.down1(x)  # 16x4x4
        x = self.stage1_0(x)
        x = self.down2(x)  # 32x2x2
        x = self.stage2_0(x)
        x = self.stage2_1(x)
        x = self.stage2_2(x)
        x = self.down3(x)  # 64x1x1
        x = self.stage3_0(x)
        x = self.flatten(self.global_avg_pool(x))  # 64
        return self.head(x)
