"""Vit.

Written by archdsl 0.1.0 from Vit.
"""

import torch
from torch import Tensor, nn


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(64, eps=1e-06)
        self.self_attention = nn.MultiheadAttention(64, 4, batch_first=True)
        self.ln_2 = nn.LayerNorm(64, eps=1e-06)
        self.mlp = nn.Sequential(nn.Linear(64, 128), nn.GELU(), nn.Linear(128, 64))

    def forward(self, x: Tensor) -> Tensor:
        out = self.ln_1(x)  # 17x64
        x = x + self.self_attention(out, out, out, need_weights=False)[0]
        out = self.ln_2(x)
        return x + self.mlp(out)


class Vit(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv_proj = nn.Conv2d(3, 64, 8, stride=8)
        self.flatten = nn.Flatten(2)
        self.class_token = nn.Parameter(torch.zeros(1, 64))
        self.conv = nn.Conv2d(3, 64, 8, stride=8)
        self.flatten_2 = nn.Flatten(2)
        self.encoder = Encoder()
        self.encoder_2 = Encoder()
        self.encoder_3 = Encoder()
        self.encoder_4 = Encoder()
        self.ln = nn.LayerNorm(64)
        self.head = nn.Linear(64, 10)
        self.init_weights()

    def init_weights(self) -> None:
        for module in self.modules():
            if type(module) is nn.Linear:
                nn.init.trunc_normal_(module.weight, std=0.02)
                nn.init.zeros_(module.bias)
        for name, module in self.named_modules():
            if isinstance(module, nn.LayerNorm) and name.endswith(".ln_2"):
                nn.init.zeros_(module.weight)
        nn.init.zeros_(self.head.weight)

    def forward(self, x: Tensor) -> Tensor:
        out = self.conv_proj(x)  # 64x4x4
        out = self.flatten(out).transpose(1, 2)  # 16x64
        class_token = self.class_token.expand(out.shape[0], -1, -1)  # 1x64
        x = self.flatten_2(self.conv(x)).transpose(1, 2)  # 16x64
        x = torch.cat([class_token, x], dim=1)  # 17x64
        x = self.encoder(x)
        x = self.encoder_2(x)
        x = self.encoder_3(x)
        x = self.encoder_4(x)
        return self.head(self.ln(x)[:, 0])
