"""Fixed tensors and look-ups.

Written by archdsl 0.1.0 from Windows.
"""

import torch
from torch import Tensor, nn


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
        x = x.reshape(x.shape[0], 2, 4, 2, 4, 8).permute(0, 1, 3, 2, 4, 5)  # 2x2x4x4x8
        return x.reshape(x.shape[0], 4, 16, 8)


class WindowAttention(nn.Module):
    """Cosine attention within windows, biased by offset, and by what a grid says of the places."""

    def __init__(self, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.size = 8 // heads
        self.table = nn.Parameter(
            nn.init.trunc_normal_(torch.empty(49, heads), std=0.02)
        )
        self.numbers = nn.Buffer(
            torch.arange(49)
            .reshape(7, 7)
            .unfold(0, 4, 1)
            .unfold(1, 4, 1)
            .flip(2, 3)
            .reshape(256),
        )
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
        table = self.table.expand(x.shape[0], -1, -1)
        numbers = self.numbers.expand(table.shape[0], -1)  # 256
        out = torch.gather(table, 1, numbers[:, :, None].expand(-1, -1, self.heads))
        bias = self.bias(out)
        side = self.side.expand(bias.shape[0], -1, -1, -1)  # 8x8x2
        x = self.windows(x)  # 4x16x8
        x = self.qkv(x)  # 4x16x24
        x = x.reshape(x.shape[0], -1, 16, 3, self.heads, self.size)
        x = x.permute(0, 3, 1, 4, 2, 5)
        q, k, v = torch.unbind(x, dim=1)
        x = nn.functional.normalize(q, dim=4)
        out = nn.functional.normalize(k, dim=4).transpose(3, 4)
        x = x @ out + bias.expand(-1, 4, -1, -1, -1)
        x = torch.exp(torch.clamp(x, max=2.5)) @ v
        return self.linear(torch.cat([x.reshape(x.shape[0], 8, 8, 8), side], dim=3))


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
