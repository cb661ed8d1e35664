"""Fixed tensors and look-ups.

Written by archdsl 0.1.0 from Windows.
"""

import math

import torch
from torch import Tensor, nn


def relative_positions(*window: int, flat: bool = False) -> Tensor:
    """For every two places of a window, the number of the offset from the second to the first."""
    rank, places = len(window), math.prod(window)
    offsets = [2 * size - 1 for size in window]
    numbers = torch.arange(math.prod(offsets)).reshape(offsets)
    for dim, size in enumerate(window):
        numbers = numbers.unfold(dim, size, 1)  # it stands at a first place
    # its places from the last one on are the second ones
    numbers = numbers.flip([rank + dim for dim in range(rank)])
    return numbers.reshape(-1 if flat else (places, places))


class PartlyBiased(nn.Linear):
    """A linear layer of equal parts, some without a bias: it is kept, but not added."""

    def __init__(
        self, in_features: int, out_features: int, biased: tuple[bool, ...]
    ) -> None:
        super().__init__(in_features, out_features)
        mask = torch.tensor(biased).repeat_interleave(out_features // len(biased))
        self.biased = nn.Buffer(mask, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.linear(x, self.weight, self.bias.where(self.biased, 0.0))


class Bias(nn.Module):
    def __init__(self, heads: int) -> None:
        super().__init__()
        self.heads = heads

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], 1, 16, 16, self.heads).permute(0, 1, 4, 2, 3)


class WindowsBlock(nn.Module):
    """The image cut into windows: windows x places x features."""

    def forward(self, x: Tensor) -> Tensor:
        features = x.shape[3]
        x = x.reshape(x.shape[0], 2, 4, 2, 4, features).permute(0, 1, 3, 2, 4, 5)
        return x.reshape(x.shape[0], 4, 16, features)


class WindowAttention(nn.Module):
    """Cosine attention within windows, biased by offset, and by what a grid says of the places."""

    def __init__(self, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.table = nn.Parameter(
            nn.init.trunc_normal_(torch.empty(49, heads), std=0.02)
        )
        self.numbers = nn.Buffer(relative_positions(4, 4, flat=True))
        self.bias = Bias(heads)
        self.side = nn.Buffer(
            torch.stack(
                torch.meshgrid(
                    torch.tensor([0.0] * 7 + [1.0]),
                    torch.tensor([0.5] * 8),
                    indexing="ij",
                ),
                dim=-1,
            ),
            persistent=False,
        )
        self.windows = WindowsBlock()
        self.qkv = PartlyBiased(8, 24, (True, False, True))
        self.linear = nn.Linear(10, 8)

    def forward(self, x: Tensor) -> Tensor:
        height, width, dim = x.shape[1:]
        table = self.table.expand(x.shape[0], -1, -1)
        numbers = self.numbers.expand(table.shape[0], -1)  # 256
        out = torch.gather(table, 1, numbers[:, :, None].expand(-1, -1, self.heads))
        bias = self.bias(out)
        side = self.side.expand(bias.shape[0], -1, -1, -1)  # 8x8x2
        x = self.windows(x)  # 4x16x8
        x = self.qkv(x)  # 4x16x24
        x = x.reshape(x.shape[0], -1, 16, 3, self.heads, dim // self.heads)
        x = x.permute(0, 3, 1, 4, 2, 5)
        q, k, v = torch.unbind(x, dim=1)
        x = nn.functional.normalize(q, dim=4)
        out = nn.functional.normalize(k, dim=4).transpose(3, 4)
        x = x @ out + bias.expand(-1, height * width // 16, -1, -1, -1)
        x = torch.exp(torch.clamp(x, max=2.5)) @ v
        x = torch.cat([x.reshape(x.shape[0], height, width, dim), side], dim=3)
        return self.linear(x)


class Windows(nn.Module):
    """Fixed tensors and look-ups."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 4, stride=4)
        self.window_attention = WindowAttention(2)
        self.window_attention_2 = WindowAttention(4)
        self.flatten = nn.Flatten()
        self.linear = nn.Linear(512, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x).permute(0, 2, 3, 1)  # 8x8x8
        x = self.window_attention(x)
        x = self.window_attention_2(x)
        return self.linear(self.flatten(x))
