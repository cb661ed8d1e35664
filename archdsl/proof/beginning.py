"""The beginning of a network: the fills of its weights, and the facts of its class about heads."""

from collections.abc import Iterator

from archdsl.ir.graph import Program, Scope, walk
from archdsl.proof.modules import Reading
from archdsl.proof.placed import Tensor
from archdsl.proof.stand_ins import Recorder
from archdsl.proof.unproven import Unproven

Filled = dict[str, list[str]]


def check_beginning(
    program: Program, recorder: Recorder, reading: Reading, channels_last: bool
) -> None:
    """The constructor fills the weights that the program says, in its order for each of them."""
    filled: Filled = {}
    for tensor, call in recorder.begun:
        if tensor.startswith("(weights["):
            filled.setdefault(tensor, []).append(call)
    wanted = _wanted(program, recorder)
    for tensor in {**wanted, **filled}:
        if filled.get(tensor) != wanted.get(tensor):
            raise Unproven(f"fills {tensor} by {filled.get(tensor)}, not by {wanted.get(tensor)}")
    formats = ["to(memory_format=torch.channels_last)"] if channels_last else []
    if reading.said != formats:
        raise Unproven(f"says {reading.said} of memory, not {formats}")


def check_head_weights(program: Program, cls: type) -> None:
    """The class says what each training head weighs."""
    members = [value for name, value in vars(cls).items() if not name.startswith("__")]
    tables = [member for member in members if isinstance(member, dict)]
    wanted = {head.name: head.weight for head in program.heads}
    if repr(tables) != repr([wanted] if wanted else []):
        raise Unproven(f"says {tables} of heads, not {wanted}")


def _wanted(program: Program, recorder: Recorder) -> Filled:
    """For every weight the calls that fill it, as the `init` lines say."""
    filled: Filled = {}
    layers = list(_layers(program)) if program.inits else []
    for init in program.inits:
        for path, word, names in layers:
            if init.reaches(path, word) and (init.tensor in names or names == {""}):
                key = path if names == {""} else f"{path}.{init.tensor}"
                tensor = (Tensor(recorder, f"weights[{key!r}]"),)
                call = recorder.text(f"nn.init.{init.function}_", tensor, dict(init.arguments))
                filled.setdefault(repr(tensor), []).append(call)
    return filled


def _layers(program: Program) -> Iterator[tuple[str, str, set[str]]]:
    """Every op once: its path, its word, the names of its weights."""
    seen: set[str] = set()
    for path, scope, step in walk(program.root):
        if not isinstance(step.target, Scope) and path not in seen:
            seen.add(path)
            weights = step.target.weights(scope.types_of(step.inputs))
            yield path, step.target.word, {weight.name for weight in weights}
