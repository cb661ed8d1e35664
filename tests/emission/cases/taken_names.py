"""Names.

Written by archdsl 0.1.0 from Names.
"""

from typing import ClassVar, NamedTuple

from torch import Tensor, nn


class Out(nn.ModuleDict):
    def __init__(
        self,
        in_channels: int,
        super_: int,
        channels: int,
        channels_2: int,
        channels_3: int,
        channels_4: int,
    ) -> None:
        super().__init__()
        self["0"] = nn.Conv2d(in_channels, super_, 3, padding=1)
        self["1"] = nn.Conv2d(super_, channels, 3, padding=1)
        self["2"] = nn.Conv2d(channels, channels_2, 3, padding=1)
        self["3"] = nn.Conv2d(channels_2, channels_3, 3, padding=1)
        self["5"] = nn.Conv2d(channels_3, channels_4, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self["0"](x)
        x = self["1"](x)
        x = self["2"](x)
        x = self["3"](x)
        return self["5"](x.permute(0, 1, 3, 2))


class Out2(nn.ModuleDict):
    def __init__(self) -> None:
        super().__init__()
        self["0"] = nn.Conv2d(8, 16, 3, padding=1)
        for i in range(4):
            self[f"{i + 1}"] = nn.Conv2d(i + 16, i + 17, 3, padding=1)
        self["6"] = nn.Conv2d(20, 8, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self["0"](x)  # 16x8x8
        for i in range(4):
            x = self[f"{i + 1}"](x)
        return self["6"](x.permute(0, 1, 3, 2))


class Nn(nn.Module):
    def __init__(
        self,
        in_channels: int,
        x_channels: int,
        super_: int,
        out_channels: int,
        out_channels_2: int,
        out_channels_3: int,
    ) -> None:
        super().__init__()
        self.x = nn.Conv2d(in_channels, x_channels, 3, padding=1)
        self.nn = nn.BatchNorm2d(x_channels)
        self.F = nn.ReLU(inplace=True)
        self.out = Out(
            x_channels,
            super_,
            channels=out_channels,
            channels_2=out_channels_2,
            channels_3=out_channels_3,
            channels_4=x_channels,
        )
        self.Tensor = nn.GELU()

    def forward(self, x: Tensor) -> Tensor:
        x = self.x(x)
        out = self.F(self.nn(x))
        out = self.out(out)
        return self.Tensor(out) + x


class Nn2(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.x = nn.Conv2d(4, 8, 3, padding=1)
        self.nn = nn.BatchNorm2d(8)
        self.F = nn.ReLU(inplace=True)
        self.out = Out2()
        self.Tensor = nn.GELU()

    def forward(self, x: Tensor) -> Tensor:
        x = self.x(x)  # 8x8x8
        out = self.F(self.nn(x))
        out = self.out(out)
        return self.Tensor(out) + x


class F2(nn.Module):
    def __init__(self, in_channels: int, n: int) -> None:
        super().__init__()
        self.depth = n - 1
        self.body0 = nn.Conv2d(in_channels, 4, 1)
        self.relu = nn.ReLU(inplace=True)
        for i in range(n - 1):
            self.add_module(f"body{i + 1}", nn.Conv2d(4, 4, 1))
            self.add_module(f"relu_{i + 2}", nn.ReLU(inplace=True))

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.body0(x))  # 4x8x8
        for i in range(self.depth):
            x = getattr(self, f"relu_{i + 2}")(getattr(self, f"body{i + 1}")(x))
        return x


class Mapping2(nn.ModuleDict):
    def __init__(self) -> None:
        super().__init__()
        for i in range(4):
            self[f"range{i}"] = nn.Conv2d(i + 4, 5 + i, 3, padding="same")

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.values():
            x = layer(x)
        return x


class Mapping3(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.range0 = nn.Conv2d(8, 7, 1, padding="same")
        for i in range(5):
            self.add_module(f"range{i + 1}", nn.Conv2d(i + 7, i + 8, 1, padding="same"))

    def forward(self, x: Tensor) -> Tensor:
        x = self.range0(x)  # 7x8x8
        for i in range(5):
            x = getattr(self, f"range{i + 1}")(x)
        return x


class ClassVar2(nn.Module):
    def __init__(self, in_channels: int, name: int) -> None:
        super().__init__()
        self.torch = nn.Conv2d(in_channels, name, 1)
        self.module = nn.BatchNorm2d(name)
        self.layer = nn.ReLU(inplace=True)
        self.getattr = nn.Conv2d(name, name, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.layer(self.module(self.torch(x)))
        return self.getattr(x)


class NamesOutput(NamedTuple):
    output_: Tensor
    output: Tensor


class Names(nn.Module):
    aux_weights_: ClassVar[dict[str, float]] = {"output": 0.3}

    def __init__(self) -> None:
        super().__init__()
        self.init_weights = nn.Conv2d(4, 4, 3, padding=1)
        self.aux_weights = nn.BatchNorm2d(4)
        self.from_trained = nn.ReLU(inplace=True)
        self.layers = nn.Sequential(
            Nn(4, 4, super_=8, out_channels=9, out_channels_2=10, out_channels_3=11),
            Nn2(),
            Nn(8, 6, super_=12, out_channels=13, out_channels_2=14, out_channels_3=15),
        )
        self.f = F2(6, 4)
        self.f_2 = F2(4, 5)
        self.range = nn.Sequential(Mapping2(), Mapping3())
        self.sum = nn.Sequential(ClassVar2(12, 4), ClassVar2(4, 5))
        self.torch = nn.Conv2d(5, 4, 1)
        self.nn = nn.BatchNorm2d(4)
        self.F = nn.ReLU(inplace=True)
        self.Tensor = nn.GELU()
        self.output = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3)
        )
        self.x = nn.Conv2d(4, 4, 1)
        self.x2 = nn.Conv2d(4, 4, 1)
        self.len = nn.Conv2d(4, 4, 1)
        self.super = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.linear = nn.Linear(4, 2)
        self.init_weights_()

    def init_weights_(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.constant_(module.weight, val=0.5)
        nn.init.zeros_(self.init_weights.weight)

    def forward(self, x: Tensor) -> Tensor | NamesOutput:
        heads: list[Tensor] = []
        x = self.from_trained(self.aux_weights(self.init_weights(x)))  # 4x8x8
        x = self.layers(x)  # 6x8x8
        x = self.f(x)  # 4x8x8
        x = self.f_2(x)
        x = self.range(x)  # 12x8x8
        x = self.sum(x)  # 5x8x8
        x = self.F(self.nn(self.torch(x)))  # 4x8x8
        out = self.Tensor(x)
        if self.training:
            heads.append(self.output(out))
        out = self.x(out)
        x2 = self.x2(out)
        x = out + x
        x = self.len(x) + x + out + x2
        x = self.super(x)  # 4
        x = self.linear(x)  # 2
        if self.training:
            return NamesOutput(x, heads[0])
        return x
