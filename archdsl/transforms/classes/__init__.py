"""Program -> class plan: which Python classes the network becomes, decided to the last name.

How a definition becomes classes, in order (`planning` asks for all of it, `assemble` for one):

1. `conditional_sums`: what is added under a condition stands behind the rest. `group`: which
   scopes may share a class. `signature`, `input_facts`: what it knows of itself.
2. `regions`, `align`, `unify`, `loops`: the instances laid over each other, loops found again.
   What differs is a hole; `proto` holds the aligned steps.
3. `flow`, `flowing_sizes`, `context`, `expressions`, `explain`: where inputs come from, and an
   expression for each hole that is right in every instance.
4. `fit`: one attempt with all of that; where it fails, `assemble` tries plainer ones.
5. `finish`, `fold`, `gather`, `construction_order`, `telling`, `module_dict`, `results`, `inits`:
   names, order, short forms and `init` rules, as the values of `plan`.

Knows a program and its siblings.
Gives a `Plan`.
Must not know how Python is laid out.
"""

from archdsl.transforms.classes.planning import makers, members, network_class, plan_classes

__all__ = ["makers", "members", "network_class", "plan_classes"]
