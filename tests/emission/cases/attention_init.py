"""Attend.

Written by archdsl 0.1.0 from Attend.
"""

from torch import Tensor, nn


class Attend(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.block = nn.MultiheadAttention(32, 4, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(32, 64), nn.GELU(), nn.Linear(64, 32))
        self.conv = nn.Conv1d(16, 32, 3)
        self.flatten = nn.Flatten()
        self.head = nn.Linear(960, 10)
        self.init_weights()

    def init_weights(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv1d):
                nn.init.constant_(module.weight, val=0.25)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif type(module) is nn.Linear:
                nn.init.constant_(module.weight, val=0.5)
                nn.init.zeros_(module.bias)
        for name, module in self.named_modules():
            if type(module) is nn.Linear and name.startswith("mlp."):
                nn.init.constant_(module.weight, val=0.75)

    def forward(self, x: Tensor) -> Tensor:
        x = self.block(x, x, x, need_weights=False)[0]  # 16x32
        x = self.mlp(x)
        x = self.flatten(self.conv(x))  # 960
        return self.head(x)
