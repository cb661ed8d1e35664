"""Aux.

Written by archdsl 0.1.0 from Aux.
"""

from typing import ClassVar, NamedTuple

from torch import Tensor, nn


class Side(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.dropout = nn.Dropout(0.3)
        self.linear = nn.Linear(in_channels, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(self.dropout(self.flatten(self.global_avg_pool(x))))


class AuxOutput(NamedTuple):
    output: Tensor
    early: Tensor
    late: Tensor
    last: Tensor


class Aux(nn.Module):
    aux_weights: ClassVar[dict[str, float]] = {"early": 0.4, "late": 0.2, "last": 1.0}

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.mid = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(inplace=True))
        self.early = Side(8)
        self.late = nn.Sequential(nn.Conv2d(8, 16, 1), Side(16))
        self.conv_2 = nn.Conv2d(8, 8, 1)
        self.last = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10)
        )
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.linear = nn.Linear(8, 10)
        self.init_weights()

    def init_weights(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(
                    module.weight, mode="fan_out", nonlinearity="relu"
                )
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor | AuxOutput:
        heads: list[Tensor] = []
        x = self.relu(self.conv(x))  # 8x32x32
        mid = self.mid(x)
        if self.training:
            heads.append(self.early(mid))
            heads.append(self.late(mid))
        x = mid + self.conv_2(mid)
        if self.training:
            heads.append(self.last(x))
        x = self.linear(self.flatten(self.global_avg_pool(x)))  # 10
        if self.training:
            return AuxOutput(x, heads[0], heads[1], heads[2])
        return x
