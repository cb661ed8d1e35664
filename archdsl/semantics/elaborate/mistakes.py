"""The mistakes in the steps of bodies and networks: a function for each message."""

from collections.abc import Iterable, Sequence
from itertools import starmap

from archdsl.base.diagnostics import Diagnostic, mistake
from archdsl.base.labels import Edit, Label, Remedy, replaced
from archdsl.base.quantities import plural
from archdsl.base.source import Span
from archdsl.base.suggest import did_you_mean
from archdsl.ir.shape import Shape, TensorType, Types, format_shape
from archdsl.ops.base import MANY, Misfit
from archdsl.semantics.evaluate.mistakes import (
    SEVERAL_TENSORS,
    SMALLER,
    unknown_argument,
    unknown_name,
    value_out_of_range,
)
from archdsl.semantics.values import described, excerpt
from archdsl.syntax import tree

SHAPE_DIFFERS, NO_SHAPE = "E0310", "E0312"
NAME_TWICE = "E0802"
UNUSED_STEP = "W0116"
_NO_LAYER = "a shared layer is made of a block, an op or a chain of them"
_FIRST = "the first is here"
_RENAME = "rename one of the two"


# --- the flow ---------------------------------------------------------------------------------


def misfit(
    refused: Misfit, span: Span, others: tuple[Label, ...], hint: Remedy | str
) -> Diagnostic:
    """An op's refusal at its place, with the tensors that it was given."""
    arithmetic = (refused.arithmetic,) if refused.arithmetic else ()
    return mistake(refused.code, refused.message, span, hint, others=others, arithmetic=arithmetic)


def several_tensors(what: str, types: Types, first_input: str | None, span: Span) -> Diagnostic:
    """Several tensors where `what` takes one; `first_input` if they are the body's inputs."""
    shapes = ", ".join(str(t) for t in types)
    message = f"{what} takes one tensor, but there are {len(types)} here ({shapes})"
    hint = "name them, `a, b = …`, and start a line with one, or merge them"
    if first_input is not None:
        hint = f"start the line with one of them, `{first_input} -> …`, or merge them"
    return mistake(SEVERAL_TENSORS, message, span, hint)


def wrong_number_of_branches(
    word: str, fewest: int, most: int, given: int, span: Span, crowded: str
) -> Diagnostic:
    wanted = f"{fewest} branches or more" if most >= MANY else f"{fewest} branches"
    skip = "write `identity` for the branch that passes its input on"
    hint = skip if given < fewest else crowded
    return mistake("E0314", f"`{word}` merges {wanted}, not {given}", span, hint)


def whole_numbers_flow_in(
    word: str, type_: TensorType, span: Span, others: tuple[Label, ...]
) -> Diagnostic:
    message = f"`{word}` takes numbers, but whole numbers flow into it ({type_})"
    hint = "turn indices into features with `embedding`"
    return mistake("E0315", message, span, hint, others=others)


def features_flow_in(
    word: str, type_: TensorType, span: Span, others: tuple[Label, ...]
) -> Diagnostic:
    message = f"`{word}` takes whole numbers (indices), but learned features flow into it ({type_})"
    hint = "declare the input with `int`: `input ids: 128 int`"
    return mistake("E0315", message, span, hint, others=others)


def out_of_reach(name: str, span: Span) -> Diagnostic:
    message = f"`{name}` belongs to another block and is out of reach here"
    hint = "give the block a parameter for it, and pass it the step alone, by its name"
    return mistake("E0411", message, span, hint)


def exists_in_training_only(name: str, span: Span, head: Span) -> Diagnostic:
    message = f"`{name}` exists in training only, and this step does not"
    hint = "flow on from the step before the head, or make the head a step: delete `aux`"
    others = (Label(head, "this head is left out at inference"),)
    return mistake("E0815", message, span, hint, others=others)


def unused_step(step: Span, hint: str) -> Diagnostic:
    return mistake(UNUSED_STEP, _nothing_takes(step), step, hint)


def counted_only(step: Span, reader: Span, hint: str) -> Diagnostic:
    """A step of whose value the next op asks for no more than the size of the batch."""
    return _read_in_vain(step, reader, "asks for the size of its batch only", hint)


def unused_in_block(step: Span, block: Span, hint: str) -> Diagnostic:
    return _read_in_vain(step, block, "does not use what flows into it", hint)


def _read_in_vain(step: Span, reader: Span, why: str, hint: str) -> Diagnostic:
    message = f"{_nothing_takes(step)}: `{excerpt(reader)}` {why}"
    others = (Label(reader, "the flow ends here"),)
    return mistake(UNUSED_STEP, message, step, hint, others=others)


def _nothing_takes(step: Span) -> str:
    return f"nothing takes what `{excerpt(step)}` gives"


# --- shapes -----------------------------------------------------------------------------------


def not_a_shape(value: object, span: Span, written: str, computed: str) -> Diagnostic:
    hint = f"a shape is written `{written}`, or computed: `{computed}`"
    return mistake(NO_SHAPE, f"this is {described(value)}, not a shape", span, hint)


def shape_of_several(count: int, span: Span) -> Diagnostic:
    message = f"this shape stands for one tensor, but there are {count} here"
    hint = "name them, `a, b = …`, and write the shape where each is used"
    return mistake(NO_SHAPE, message, span, hint)


def shape_differs(
    shape: Shape, written: Shape, span: Span, linear: Span | None = None
) -> Diagnostic:
    """Of what a line gives; `linear` is the layer that takes a map where a row was meant."""
    here = format_shape(shape)
    message = f"the shape here is {here}, not {format_shape(written)}"
    hint = f"write `:: {here}`, or change the steps before it"
    if linear is not None:
        hint = f"put `flatten` before `{excerpt(linear)}`, which works along the last dimension"
    return mistake(SHAPE_DIFFERS, message, span, hint, label=f"this is {here}")


def no_size(size: int, most: int, span: Span) -> Diagnostic:
    message = f"an input's sizes lie between 1 and {most:,}, and {size:,} does not"
    return mistake(NO_SHAPE, message, span)


def shape_with_batch(shape: Shape, span: Span) -> Diagnostic:
    message = f"the shape given for it, {format_shape(shape)}, has a batch, and a spec has none"
    return mistake(NO_SHAPE, message, span, f"give `{format_shape(shape[1:])}`")


def kind_for_shape(kind: Span, declared: str, example: str) -> Diagnostic:
    """`declared` is the line before the kind, `example` what could follow there."""
    message = "an input is declared by its shape, and this is a kind of number"
    return mistake(NO_SHAPE, message, kind, f"write `{declared} {example}`, with its own size")


def no_kind_of_number(word: str, span: Span, kinds: Iterable[str]) -> Diagnostic:
    hint = f"write {' or '.join(f'`{kind}`' for kind in kinds)}"
    return mistake("E0205", f"`{word}` is no kind of number", span, hint)


# --- names ------------------------------------------------------------------------------------


def no_name_for_a_step(name: str, why: str, span: Span, free: str) -> Diagnostic:
    message = f"a step cannot be called `{name}`: it {why}"
    return mistake("E0801", message, span, f"call it `{free}`")


def called_as_the_flow(span: Span) -> Diagnostic:
    return no_name_for_a_step("input", "means what flows into the body", span, "input_")


def two_steps_of_one_name(name: str, span: Span, first: Span) -> Diagnostic:
    message = f"two steps are called `{name}`"
    return mistake(NAME_TWICE, message, span, _RENAME, others=(Label(first, _FIRST),))


def same_name_each_round(name: str, span: Span, variable: str) -> Diagnostic:
    hint = f"in a loop, number them: `{name}{{{variable}}}`"
    return mistake(NAME_TWICE, f"two steps are called `{name}`", span, hint)


def name_is_a_number(place: int, span: Span, step: Span) -> Diagnostic:
    """A step that is called like the number of another one in a sequence."""
    hint = "leave out the name: steps of a sequence are numbered by their places"
    others = (Label(step, f"this is step {place} of the sequence"),)
    return mistake(NAME_TWICE, f"two steps are called `{place}`", span, hint, others=others)


def two_results_of_one_name(name: str, span: Span, first: Span) -> Diagnostic:
    message = f"two results are called `{name}`"
    return mistake(NAME_TWICE, message, span, _RENAME, others=(Label(first, _FIRST),))


def names_and_results(names: int, results: int, span: Span) -> Diagnostic:
    message = f"{names} names stand for {results} {plural(results, 'result')}"
    hint = "give each result a name of its own, or keep them all under one"
    return mistake("E0311", message, span, hint)


def name_of_a_number(name: str, line: Span, value: str) -> Diagnostic:
    message = f"`=` names a step, and `{name}` is a number's name"
    hint = f"write `let {name}2 = {value}` and use `{name}2` below it"
    return mistake("E0206", message, line, hint)


def handed_on_by_name(name: str, line: Span, remedy: Remedy) -> Diagnostic:
    message = f"`{name}` is passed on by its name, but lines flow by themselves"
    return mistake("E0220", message, line, remedy)


# --- shared layers ----------------------------------------------------------------------------


def layer_of_a_tap(name: str, span: Span) -> Diagnostic:
    hint = f"leave out the tap, and write it where the layer is used: `… -> {name}`"
    return mistake("E0410", _NO_LAYER, span, hint)


def layer_of_a_layer(span: Span) -> Diagnostic:
    return mistake("E0410", _NO_LAYER, span, "use the first layer, or repeat what it is made of")


def unused_layer(name: str, span: Span) -> Diagnostic:
    message = f"the layer `{name}` is never used, so its weights have no shape"
    return mistake("E0412", message, span, "use it as a step, or delete the line")


def layer_of_another_body(name: str, span: Span, layer: Span) -> Diagnostic:
    message = f"the layer `{name}` belongs to the body that declares it, and cannot be "
    message += "used inside another block or named chain"
    hint = "use it on a line of its own, and name that line's result"
    return mistake("E0413", message, span, hint, others=(Label(layer, "declared here"),))


def other_weights(name: str, types: Types, span: Span, first: Span) -> Diagnostic:
    """A shared layer whose weights have other shapes for this input."""
    hint = "give it inputs with the same channels, or make a second layer"
    others = (Label(first, "its weights get their shapes here"),)
    message = _made_for_another(name, types, "weights")
    return mistake("E0316", message, span, hint, others=others)


def other_steps(name: str, types: Types, span: Span, first: Span) -> Diagnostic:
    """A shared layer that has other steps for this input, with the same weights."""
    hint = "give it inputs of the same size, or make a second layer"
    others = (Label(first, "its steps are chosen here"),)
    message = _made_for_another(name, types, "steps")
    return mistake("E0316", message, span, hint, others=others)


def _made_for_another(name: str, types: Types, what: str) -> str:
    shapes = " and ".join(str(t) for t in types)
    refused = f"the shared layer `{name}` cannot take {shapes} here"
    return f"{refused}: its {what} were made for another input"


# --- outputs ----------------------------------------------------------------------------------


def output_in_a_path(span: Span) -> Diagnostic:
    message = "`output` belongs to the own lines of a block, a network or a `path` with a name"
    hint = "name the step here and write `output` at the end of the body"
    return mistake("E0803", message, span, hint)


def outputs_twice(span: Span, first: Span) -> Diagnostic:
    others = (Label(first, "the first time is here"),) if first != span else ()
    hint = "write them all on one line: `output c3, c4, c5`"
    return mistake("E0804", "the outputs are declared twice", span, hint, others=others)


def no_branch(word: str, span: Span) -> Diagnostic:
    code = "E0803" if word == "output" else "E0806"
    hint = "write it on a line of the network's own, after the merge"
    return mistake(code, f"`{word}` is no branch of a merge", span, hint)


def name_of_the_only_output(name: tree.Name, value: Span) -> Diagnostic:
    why = "has no use where there is one output alone"
    edit = Edit(Span(value.source, name.span.start, value.start), "")
    return _no_name_for_an_output(name, why, Remedy("leave out the name", (edit,)))


def no_name_for_an_output(name: tree.Name, why: str, free: str) -> Diagnostic:
    return _no_name_for_an_output(name, why, replaced(name.span, free, f"call it `{free}`"))


def _no_name_for_an_output(name: tree.Name, why: str, remedy: Remedy) -> Diagnostic:
    message = f"an output cannot be called `{name.id}`: it {why}"
    return mistake("E0814", message, name.span, remedy)


def two_outputs_of_one_name(name: str, free: str, output: tree.Argument) -> Diagnostic:
    """`free` is a name that no output has."""
    value = output.value.span
    span = (output.name or output).span
    hint = f"give this one another name: `{free}={excerpt(value)}`"
    named = Span(span.source, span.start, value.start)
    remedy = replaced(named, f"{free}=", hint)
    return mistake("E0814", f"two outputs are called `{name}`", span, remedy)


# --- networks ---------------------------------------------------------------------------------


def not_a_network_line(word: str, line: Span, *, in_path: bool) -> Diagnostic:
    place = "a path" if in_path else "a block"
    message = f"`{word}` belongs to a network's own lines, not to {place}"
    hint = f"move the line {'out of it' if in_path else 'to the network'}"
    return mistake("E0806", message, line, hint)


def no_input(network: str, span: Span) -> Diagnostic:
    message = f"the network `{network}` does not declare its input"
    return mistake("E0805", message, span, "begin it with `input 3x224x224`")


def input_after_a_step(line: Span, step: Span) -> Diagnostic:
    message = "an input is declared before the first step"
    hint = "move this line to the top of the network"
    return mistake("E0807", message, line, hint, others=(Label(step, "the first step"),))


def second_input_without_a_name(line: Span) -> Diagnostic:
    return _inputs(line, "a second input needs a name")


def first_input_without_a_name(line: Span, first: Span) -> Diagnostic:
    others = (Label(first, "this one has none"),)
    return _inputs(line, "with several inputs, each needs a name", others)


def two_inputs_of_one_name(line: Span) -> Diagnostic:
    return _inputs(line, "two inputs have the same name")


def _inputs(line: Span, message: str, others: tuple[Label, ...] = ()) -> Diagnostic:
    hint = "write `input left: …` and `input right: …`"
    return mistake("E0808", message, line, hint, others=others)


def heads_in_a_block(line: Span) -> Diagnostic:
    message = "a network with auxiliary heads cannot be used as a block"
    hint = "make the heads depend on a parameter, `if aux:`, and switch them off"
    return mistake("E0809", message, line, hint)


def not_a_head(span: Span) -> Diagnostic:
    message = "an auxiliary head is one step with one result"
    hint = "write a block or a chain: `aux aux1 = inception_aux(classes)`"
    return mistake("E0810", message, span, hint)


def several_arguments_of_aux(span: Span) -> Diagnostic:
    return mistake("E0213", "`aux` takes `weight` alone, and once", span)


def unknown_argument_of_aux(head: str, given: Span) -> Diagnostic:
    return unknown_argument("aux", given.text, given, f"write `aux {head}(weight=0.3)`")


def no_weight(value: object, span: Span) -> Diagnostic:
    return value_out_of_range("weight", "aux", "a number of at least 0", value, span)


def inputs_in_a_block(network: str, count: int, span: Span) -> Diagnostic:
    message = f"`{network}` has {count} inputs and cannot be used as a block"
    hint = "make it a block with parameters for the other inputs: `right: tensor`"
    return mistake("E0811", message, span, hint)


def no_steps(network: str, span: Span, bound: Sequence[Span]) -> Diagnostic:
    """`bound` are the `let` lines that bind steps, which run none."""
    remedy = Remedy("write them below its `input` line: `conv(16, 3) -> relu`")
    if bound:
        lines = [line.text.removeprefix("let").lstrip() for line in bound]
        hint = f"`let` runs no step: write `{lines[0]}`" + (", and so on" * (len(lines) > 1))
        remedy = Remedy(hint, tuple(starmap(Edit, zip(bound, lines, strict=True))))
    return mistake("E0812", f"the network `{network}` has no steps", span, remedy)


# --- initialisation ---------------------------------------------------------------------------


def unknown_op(op: str, span: Span, known: Iterable[str]) -> Diagnostic:
    pattern = 'name an op, or write a pattern of paths: `init "*.bn3": zeros`'
    return unknown_name(op, "op", span, did_you_mean(op, known) or pattern)


def unknown_initialiser(name: str, span: Span, known: Iterable[str]) -> Diagnostic:
    hint = did_you_mean(name, known) or f"there are {', '.join(known)}"
    return mistake("E0217", f"there is no initialiser called `{name}`", span, hint)


def no_step_to_begin(op: str, line: Span) -> Diagnostic:
    return mistake("E0813", f"no step of this network is a `{op}`", line, "delete the line")


def no_such_weight(what: str, tensor: str, line: Span, learned: Iterable[str]) -> Diagnostic:
    known = ", ".join(f"`{name}`" for name in sorted(learned))
    hint = f"they have {known}" if known else "they learn nothing"
    return mistake("E0813", f"no {what} has a learned `{tensor}`", line, hint)


def pattern_of_a_block(pattern: str, line: Span) -> Diagnostic:
    message = f'"{pattern}" is a block, and the weights belong to the ops inside it'
    end = line.start + line.text.index(pattern) + len(pattern)
    edits = (Edit(Span(line.source, end, end), ".*"),)
    return mistake("E0813", message, line, Remedy(f'write `"{pattern}.*"`', edits))


def pattern_of_nothing(pattern: str, line: Span, paths: Iterable[str]) -> Diagnostic:
    near = did_you_mean(pattern, paths)
    hint = near or "`archdsl audit SPEC --depth 9` lists the paths"
    return mistake("E0813", f'no step\'s path matches "{pattern}"', line, hint)


# --- limits -----------------------------------------------------------------------------------


def too_many_steps(most: int, span: Span) -> Diagnostic:
    return mistake("E0501", f"the network has more than {most:,} steps", span, SMALLER)


def steps_too_deep(most: int, span: Span) -> Diagnostic:
    message = f"steps stand within steps more than {most} deep"
    hint = "give the inner part a name of its own, or repeat with `for`"
    return mistake("E0503", message, span, hint)


def blocks_too_deep(most: int, span: Span) -> Diagnostic:
    message = f"blocks stand within blocks more than {most} deep"
    hint = "a block that uses itself needs an `if` around that use, which ends it"
    return mistake("E0503", message, span, hint)


def deeper_than_the_stack(network: str, span: Span) -> Diagnostic:
    message = f"`{network}` is nested deeper than archdsl can follow, whatever the limits"
    return mistake("E0503", message, span, "leave `--limit` away to be told where")


def tensor_too_large(shape: Shape, span: Span) -> Diagnostic:
    message = f"a tensor of {format_shape(shape)} has more elements than PyTorch can count"
    return mistake("E0504", message, span, "use smaller sizes")
