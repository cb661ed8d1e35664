"""Program -> class plan: which Python classes the network becomes, decided to the last name."""

from archdsl.transforms.classes.planning import members, network_class, plan_classes

__all__ = ["members", "network_class", "plan_classes"]
