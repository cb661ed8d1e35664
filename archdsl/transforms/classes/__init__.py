"""Program -> class plan: which Python classes the network becomes, decided to the last name."""

from archdsl.transforms.classes.planning import plan_classes

__all__ = ["plan_classes"]
