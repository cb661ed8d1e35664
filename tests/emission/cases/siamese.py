"""As in Koch et al. 2015, narrower: one tower judges both images.

Written by archdsl 0.1.0 from Siamese.
"""

from torch import Tensor, nn


class Siamese(nn.Module):
    """As in Koch et al. 2015, narrower: one tower judges both images."""

    def __init__(self) -> None:
        super().__init__()
        self.tower = nn.Sequential(
            nn.Conv2d(1, 8, 10),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 7),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 16, 4),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 4),
            nn.ReLU(inplace=True),
            nn.Flatten(),
            nn.Linear(32, 64),
            nn.Sigmoid(),
        )
        self.linear = nn.Linear(64, 1)

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        x = self.tower(left) - self.tower(right)  # 64
        return self.linear(x)
