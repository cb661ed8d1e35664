"""V2.

Written by archdsl 0.1.0 from V2.
"""

from typing import Final

from torch import Tensor, nn


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


class FusedInvertedResidual(nn.Module):
    """Tan and Le 2021 (EfficientNetV2): the widening 1x1 and the filter as one full convolution."""

    use_expand_conv: Final[bool]
    use_drop_path: Final[bool]

    def __init__(
        self,
        in_channels: int,
        channels: int,
        expand: int = 4,
        stride: int = 1,
        drop: float = 0.0,
    ) -> None:
        super().__init__()
        hidden = int(in_channels * expand)
        self.use_expand_conv = hidden != in_channels
        self.use_drop_path = stride == 1 and in_channels == channels
        if self.use_expand_conv:
            self.expand_conv = nn.Conv2d(
                in_channels, hidden, 3, stride=stride, padding=1, bias=False
            )
            self.expand_bn = nn.BatchNorm2d(hidden)
            self.silu = nn.SiLU(inplace=True)
            self.project_conv = nn.Conv2d(hidden, channels, 1, bias=False)
            self.project_bn = nn.BatchNorm2d(channels)
        else:
            self.project_conv = nn.Conv2d(
                in_channels, channels, 3, padding=1, bias=False
            )
            self.project_bn = nn.BatchNorm2d(channels)
            self.silu = nn.SiLU(inplace=True)
        if self.use_drop_path:
            self.drop_path = DropPath(drop) if drop > 0 else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        if self.use_expand_conv:
            out = self.silu(self.expand_bn(self.expand_conv(x)))
            out = self.project_bn(self.project_conv(out))
        else:
            out = self.silu(self.project_bn(self.project_conv(x)))
        if self.use_drop_path:
            out = x + self.drop_path(out)
        return out


class V2(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 24, 3, stride=2, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(24)
        self.silu = nn.SiLU(inplace=True)
        self.fused_inverted_residual = FusedInvertedResidual(24, 24, expand=1)
        self.fused_inverted_residual_2 = FusedInvertedResidual(
            24, 24, expand=1, drop=0.05
        )
        self.fused_inverted_residual_3 = FusedInvertedResidual(24, 48, stride=2)
        self.fused_inverted_residual_4 = FusedInvertedResidual(48, 48, drop=0.05)
        self.fused_inverted_residual_5 = FusedInvertedResidual(48, 48, drop=0.1)
        self.fused_inverted_residual_6 = FusedInvertedResidual(
            48, 48, drop=0.15000000000000002
        )
        self.fused_inverted_residual_7 = FusedInvertedResidual(48, 64, stride=2)
        self.fused_inverted_residual_8 = FusedInvertedResidual(64, 64, drop=0.05)
        self.fused_inverted_residual_9 = FusedInvertedResidual(64, 64, drop=0.1)
        self.fused_inverted_residual_10 = FusedInvertedResidual(
            64, 64, drop=0.15000000000000002
        )
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.silu(self.bn(self.conv(x)))  # 24x32x32
        x = self.fused_inverted_residual(x)
        x = self.fused_inverted_residual_2(x)
        x = self.fused_inverted_residual_3(x)  # 48x16x16
        x = self.fused_inverted_residual_4(x)
        x = self.fused_inverted_residual_5(x)
        x = self.fused_inverted_residual_6(x)
        x = self.fused_inverted_residual_7(x)  # 64x8x8
        x = self.fused_inverted_residual_8(x)
        x = self.fused_inverted_residual_9(x)
        x = self.fused_inverted_residual_10(x)
        x = self.flatten(self.global_avg_pool(x))  # 64
        return self.classifier(x)
