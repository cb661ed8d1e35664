"""Eff.

Written by archdsl 0.1.0 from Eff.
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


class SqueezeExcite(nn.Module):
    """Hu et al. 2018: each channel is weighted by what the whole image says.

    The image is squeezed into one number for each `reduction` channels, or into `squeezed` of them.
    """

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(in_channels, max(1, in_channels // 4), 1)
        self.activation = nn.ReLU(inplace=True)
        self.fc2 = nn.Conv2d(max(1, in_channels // 4), in_channels, 1)
        self.scale_activation = nn.Sigmoid()

    def forward(self, x: Tensor) -> Tensor:
        out = self.fc1(self.global_avg_pool(x))
        out = self.fc2(self.activation(out))
        return x * self.scale_activation(out)


class InvertedResidual(nn.Module):
    """Sandler et al. 2018 (MobileNetV2): widen, filter each channel, narrow without activation.

    `se` > 0 adds squeeze-and-excitation with that reduction (EfficientNet, Tan and Le 2019);
    `drop` is the rate of dropped paths.
    """

    use_expand_conv: Final[bool]
    use_drop_path: Final[bool]

    def __init__(
        self,
        in_channels: int,
        channels: int,
        expand: int = 6,
        kernel_size: int = 3,
        stride: int = 1,
        drop: float = 0.0,
    ) -> None:
        super().__init__()
        hidden = int(in_channels * expand)
        self.use_expand_conv = hidden != in_channels
        self.use_drop_path = stride == 1 and in_channels == channels
        if self.use_expand_conv:
            self.expand_conv = nn.Conv2d(in_channels, hidden, 1, bias=False)
            self.expand_bn = nn.BatchNorm2d(hidden)
            self.act = nn.SiLU(inplace=True)
        self.depth_conv = nn.Conv2d(
            hidden,
            hidden,
            kernel_size,
            stride=stride,
            padding=kernel_size // 2,
            groups=hidden,
            bias=False,
        )
        self.depth_bn = nn.BatchNorm2d(hidden)
        self.act_2 = nn.SiLU(inplace=True)
        self.squeeze_excite = SqueezeExcite(hidden)
        self.project_conv = nn.Conv2d(hidden, channels, 1, bias=False)
        self.project_bn = nn.BatchNorm2d(channels)
        if self.use_drop_path:
            self.drop_path = DropPath(drop)

    def forward(self, x: Tensor) -> Tensor:
        out = x
        if self.use_expand_conv:
            out = self.act(self.expand_bn(self.expand_conv(x)))
        out = self.act_2(self.depth_bn(self.depth_conv(out)))
        out = self.squeeze_excite(out)
        out = self.project_bn(self.project_conv(out))
        if self.use_drop_path:
            out = x + self.drop_path(out)
        return out


class Eff(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 40, 3, stride=2, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(40)
        self.silu = nn.SiLU(inplace=True)
        self.inverted_residual = InvertedResidual(40, 16, expand=1)
        self.inverted_residual_2 = InvertedResidual(16, 32, stride=2)
        self.inverted_residual_3 = InvertedResidual(32, 32, drop=0.1)
        self.inverted_residual_4 = InvertedResidual(32, 48, kernel_size=5, stride=2)
        self.inverted_residual_5 = InvertedResidual(48, 48, kernel_size=5, drop=0.1)
        self.inverted_residual_6 = InvertedResidual(48, 96, stride=2)
        self.inverted_residual_7 = InvertedResidual(96, 96, drop=0.1)
        self.inverted_residual_8 = InvertedResidual(96, 96, drop=0.2)
        self.conv_2 = nn.Conv2d(96, 1280, 1, bias=False)
        self.bn_2 = nn.BatchNorm2d(1280)
        self.silu_2 = nn.SiLU(inplace=True)
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.dropout = nn.Dropout(0.2)
        self.classifier = nn.Linear(1280, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.silu(self.bn(self.conv(x)))  # 40x16x16
        x = self.inverted_residual(x)  # 16x16x16
        x = self.inverted_residual_2(x)  # 32x8x8
        x = self.inverted_residual_3(x)
        x = self.inverted_residual_4(x)  # 48x4x4
        x = self.inverted_residual_5(x)
        x = self.inverted_residual_6(x)  # 96x2x2
        x = self.inverted_residual_7(x)
        x = self.inverted_residual_8(x)
        x = self.silu_2(self.bn_2(self.conv_2(x)))  # 1280x2x2
        x = self.dropout(self.flatten(self.global_avg_pool(x)))  # 1280
        return self.classifier(x)
