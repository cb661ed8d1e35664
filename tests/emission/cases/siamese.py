"""Koch et al. 2015: one tower judges both images.

Written by archdsl 0.1.0 from Siamese.
"""

from torch import Tensor, nn


class Siamese(nn.Module):
    """Koch et al. 2015: one tower judges both images."""

    def __init__(self) -> None:
        super().__init__()
        self.tower = nn.Sequential(
            nn.Conv2d(1, 64, 10),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(64, 128, 7),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(128, 128, 4),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(128, 256, 4),
            nn.ReLU(inplace=True),
            nn.Flatten(),
            nn.Linear(9216, 4096),
            nn.Sigmoid(),
        )
        self.linear = nn.Linear(4096, 1)

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        x = self.tower(left) - self.tower(right)  # 4096
        return self.linear(x)
