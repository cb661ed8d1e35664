"""The variables of one `forward`: what each holds, what is still to be read, what to call it."""

from collections import Counter, defaultdict
from collections.abc import Collection
from itertools import pairwise

from archdsl.backends.python.reads import (
    counters,
    free_in_forward,
    gathered,
    input_names,
    joined,
    kinds_of,
    on_the_spot,
    read_by,
    readers,
    reads,
)
from archdsl.transforms.classes import plan

_LIST = plan.Result(-1)  # stands for the list of what heads gave


class Names(dict[plan.Value, str]):
    """The names of values. `bearers` has for each name the values that may still be read."""

    def __init__(self) -> None:
        super().__init__()
        self.bearers: defaultdict[str, list[plan.Value]] = defaultdict(list)

    def __setitem__(self, value: plan.Value, name: str) -> None:
        super().__setitem__(value, name)
        self.bearers[name].append(value)

    def revive(self) -> None:
        """Every value may be read again."""
        self.bearers.clear()
        for value, name in self.items():
            self.bearers[name].append(value)


class Variables:
    """Gives values their names. `left` counts the reads still to come; `mentioned` are names in
    expressions that wait to be written, `taken` are those that `forward` reads otherwise."""

    def __init__(
        self, cls: plan.ClassPlan, heads: tuple[plan.Value, ...], taken: frozenset[str]
    ) -> None:
        sizes = {name for read in cls.sizes_read for _, name in read.names}
        self._taken = counters(cls) | taken | sizes | dict(cls.worked_out).keys()
        ends = (*cls.results, *heads)
        inputs = input_names(cls)
        alone = kinds_of(cls) == (plan.InputKind.TENSOR,)
        self.flow = inputs[0] if alone else "x"
        self.names = Names()
        for index, name in enumerate(inputs):
            self.names[plan.Input(index)] = name
        self.leaves = {leaf.id: leaf for leaf in plan.leaves(cls.items)}
        self.left = Counter(reads(cls.items))
        self.left.update(v for end in ends for v in plan.underlying(end))
        self.left.update(r.value for r in cls.sizes_read if isinstance(r.value, plan.Result))
        self.left.update(self._appended(cls.items))
        self.heads = {head.leaf for head in heads if isinstance(head, plan.Result)}
        self.idle = {i.id for i in cls.items if isinstance(i, plan.Leaf) and i.training_only}
        self.readers = self._readers(cls.items)
        self.readers.update((value, None) for value in ends if self.left[value] == 1)
        self._ends: dict[plan.Value, plan.Value] = {}
        self._places: dict[int, dict[plan.Value, int]] = {}
        self.mentioned: Counter[str] = Counter()
        self._uses = Counter(leaf.names[0] for leaf in self.leaves.values() if leaf.names)
        self._following = dict(pairwise(id for id in self.leaves if id not in self.idle))
        self._joined = set(joined(cls.items))

    @property
    def left(self) -> Counter[plan.Value]:
        return self._left

    @left.setter
    def left(self, left: Counter[plan.Value]) -> None:
        """Other counts, as for another arm of a choice; in one and the same they only fall."""
        self._left = left
        self.names.revive()

    def _appended(self, items: tuple[plan.Item, ...]) -> list[plan.Value]:
        """Results that a loop adds to a list: read once more, in their own round."""
        results = dict.fromkeys(gathered(items))
        made = {loop.id for loop in plan.loops(items) if on_the_spot(loop)}
        return [value.value for value in results if value.loop not in made]

    def _readers(self, items: tuple[plan.Item, ...]) -> dict[plan.Value, plan.Leaf | None]:
        """Values that one step alone goes on with, and that step; what only training does with
        them before it does not count."""
        place = {id: at for at, id in enumerate(self.leaves)}
        last = {v: place[id] for id in place if id in self.idle for v in read_by(self.leaves[id])}
        aside = Counter(v for id in self.idle for v in read_by(self.leaves[id]))
        counts = Counter({v: count - aside[v] or count for v, count in self.left.items()})
        return {
            value: leaf
            for value, leaf in readers(items, counts)
            if not aside[value]
            or counts[value] == self.left[value]
            or (leaf is not None and last[value] < place[leaf.id])
        }

    def aside(self) -> str:
        """The list that the results of heads are put into, until the network returns."""
        name = self.free("heads")
        self.left[_LIST] = 1
        self.names[_LIST] = name
        return name

    def name(self, value: plan.Value, taken: Collection[str] = ()) -> str:
        """A variable for a value: its own name if it stays, the flow's if free, else a branch's."""
        end = self._line_end(value)
        reader = self.readers.get(end)
        merging = reader is not None and _merges(reader)
        wishes: list[str] = []
        if self._stays(value):
            wishes += self._own(value)
        if merging and reader is not None and len(reader.inputs) > 2:
            wishes.append(f"branch{self._place(end, reader) + 1}")
        return self._free([*wishes, self.flow, "out"], taken)

    def _place(self, value: plan.Value, reader: plan.Leaf) -> int:
        """The place of a value among a step's inputs, from 0; where it is several, the first."""
        if reader.id not in self._places:
            pairs = zip(reversed(reader.inputs), reversed(range(len(reader.inputs))), strict=True)
            self._places[reader.id] = dict(pairs)
        return self._places[reader.id][value]

    def _stays(self, value: plan.Value) -> bool:
        """True where a value needs its own variable: the next step does not just continue it."""
        reader = self.readers.get(value)
        if reader is None or value in self._joined or not isinstance(value, plan.Result):
            return self.left[value] > 1 and value not in self._joined
        if _merges(reader) or self._following.get(value.leaf) != reader.id:
            return True
        told = self.leaves[value.leaf].build is not None  # the name is its module's too
        return reader.inputs[0] != value or not (told or len(reader.inputs) == 1)

    def _own(self, value: plan.Value) -> tuple[str, ...]:
        """The user's name for a value, if nothing else has it."""
        leaf = self.leaves[value.leaf] if isinstance(value, plan.Result) else None
        names = leaf.names[:1] if leaf is not None else ()
        return tuple(name for name in names if self._uses[name] == 1)

    def several(self, leaf: plan.Leaf) -> list[str]:
        """Names for the results of a step that has several; `_` for those that nobody reads."""
        named = isinstance(leaf.name, str) and leaf.name.isidentifier()
        own = str(leaf.name).rstrip("_") if named else "part"
        given = leaf.names or ("",) * leaf.outputs
        names: list[str] = []
        for index in range(leaf.outputs):
            value = plan.Result(leaf.id, index)
            plain = [] if own[-1:].isdigit() else [f"{own}{index}"]
            wishes = [given[index], *plain, f"{own}_{index}"]
            if value in self._joined:
                wishes.insert(0, self.flow)
            self.names[value] = self._free(wishes, names) if self.left[value] else "_"
            names.append(self.names[value])
        return names

    def read_by(self, leaf: plan.Leaf) -> None:
        """Counts a step's reads."""
        self.left.subtract(read_by(leaf))

    def wanted(self, leaf: plan.Leaf) -> bool:
        """True where anything reads a result of the step."""
        return any(self.left[plan.Result(leaf.id, k)] for k in range(leaf.outputs))

    def _line_end(self, value: plan.Value) -> plan.Value:
        """The end of the chain of single readers that starts with a value."""
        chain: list[plan.Value] = []
        reader = self.readers.get(value)
        while reader is not None and len(reader.inputs) == 1 and reader.outputs == 1:
            if value in self._ends:
                value = self._ends[value]
                break
            chain.append(value)
            value = plan.Result(reader.id)
            reader = self.readers.get(value)
        self._ends.update(dict.fromkeys(chain, value))
        return value

    def free(self, wish: str, taken: Collection[str] = ()) -> str:
        """That name, or with a number one that is free."""
        return self._free([wish], taken)

    def _free(self, wishes: list[str], taken: Collection[str]) -> str:
        last = wishes[-1]
        number = 2
        while True:
            for wish in wishes:
                free = free_in_forward(wish) and wish not in self._taken
                if free and wish not in taken and not self._busy(wish):
                    return wish
            wishes = [f"{last}{number}"]
            number += 1

    def _busy(self, name: str) -> bool:
        """True where a variable holds something that is still to be read."""
        if self.mentioned[name] > 0:
            return True
        held = [v for v in self.names.bearers[name] if self.left[v] > 0 and self.names[v] == name]
        self.names.bearers[name] = held
        return bool(held)


def _merges(leaf: plan.Leaf) -> bool:
    """True for a step that joins branches: an op with several inputs."""
    return len(leaf.inputs) > 1 and not leaf.block
