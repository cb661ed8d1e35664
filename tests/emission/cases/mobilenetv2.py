"""Sandler et al. 2018.

Written by archdsl 0.1.0 from MobileNetV2.
"""

from typing import Final

from torch import Tensor, nn


class InvertedResidual(nn.Module):
    """Sandler et al. 2018 (MobileNetV2): widen, filter each channel, narrow without activation.

    `se` > 0 adds squeeze-and-excitation with that reduction (EfficientNet, Tan and Le 2019);
    `drop` is the rate of dropped paths.
    """

    use_expand_conv: Final[bool]

    def __init__(
        self, in_channels: int, channels: int, expand: int = 6, stride: int = 1
    ) -> None:
        super().__init__()
        hidden = int(in_channels * expand)
        self.use_expand_conv = hidden != in_channels
        self.use_add = stride == 1 and in_channels == channels
        if self.use_expand_conv:
            self.expand_conv = nn.Conv2d(in_channels, hidden, 1, bias=False)
            self.expand_bn = nn.BatchNorm2d(hidden)
            self.act = nn.ReLU6(inplace=True)
        self.depth_conv = nn.Conv2d(
            hidden, hidden, 3, stride=stride, padding=1, groups=hidden, bias=False
        )
        self.depth_bn = nn.BatchNorm2d(hidden)
        self.act_2 = nn.ReLU6(inplace=True)
        self.project_conv = nn.Conv2d(hidden, channels, 1, bias=False)
        self.project_bn = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        out = x
        if self.use_expand_conv:
            out = self.act(self.expand_bn(self.expand_conv(x)))
        out = self.act_2(self.depth_bn(self.depth_conv(out)))
        out = self.project_bn(self.project_conv(out))
        if self.use_add:
            out = x + out
        return out


class MobileNetV2(nn.Module):
    """Sandler et al. 2018."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 32, 3, stride=2, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(32)
        self.relu6 = nn.ReLU6(inplace=True)
        self.inverted_residual = InvertedResidual(32, 16, expand=1)
        self.inverted_residual_2 = InvertedResidual(16, 24, stride=2)
        self.inverted_residual_3 = InvertedResidual(24, 24)
        self.inverted_residual_4 = InvertedResidual(24, 32, stride=2)
        self.inverted_residual_5 = InvertedResidual(32, 32)
        self.inverted_residual_6 = InvertedResidual(32, 32)
        self.inverted_residual_7 = InvertedResidual(32, 64, stride=2)
        self.inverted_residual_8 = InvertedResidual(64, 64)
        self.inverted_residual_9 = InvertedResidual(64, 64)
        self.inverted_residual_10 = InvertedResidual(64, 64)
        self.inverted_residual_11 = InvertedResidual(64, 96)
        self.inverted_residual_12 = InvertedResidual(96, 96)
        self.inverted_residual_13 = InvertedResidual(96, 96)
        self.inverted_residual_14 = InvertedResidual(96, 160, stride=2)
        self.inverted_residual_15 = InvertedResidual(160, 160)
        self.inverted_residual_16 = InvertedResidual(160, 160)
        self.inverted_residual_17 = InvertedResidual(160, 320)
        self.conv_2 = nn.Conv2d(320, 1280, 1, bias=False)
        self.bn_2 = nn.BatchNorm2d(1280)
        self.relu6_2 = nn.ReLU6(inplace=True)
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.dropout = nn.Dropout(0.2)
        self.classifier = nn.Linear(1280, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu6(self.bn(self.conv(x)))  # 32x16x16
        x = self.inverted_residual(x)  # 16x16x16
        x = self.inverted_residual_2(x)  # 24x8x8
        x = self.inverted_residual_3(x)
        x = self.inverted_residual_4(x)  # 32x4x4
        x = self.inverted_residual_5(x)
        x = self.inverted_residual_6(x)
        x = self.inverted_residual_7(x)  # 64x2x2
        x = self.inverted_residual_8(x)
        x = self.inverted_residual_9(x)
        x = self.inverted_residual_10(x)
        x = self.inverted_residual_11(x)  # 96x2x2
        x = self.inverted_residual_12(x)
        x = self.inverted_residual_13(x)
        x = self.inverted_residual_14(x)  # 160x1x1
        x = self.inverted_residual_15(x)
        x = self.inverted_residual_16(x)
        x = self.inverted_residual_17(x)  # 320x1x1
        x = self.relu6_2(self.bn_2(self.conv_2(x)))  # 1280x1x1
        x = self.dropout(self.flatten(self.global_avg_pool(x)))  # 1280
        return self.classifier(x)
