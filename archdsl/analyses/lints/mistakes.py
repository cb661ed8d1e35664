"""The warnings: a function for each message, at a site or a step."""

from collections.abc import Collection

from archdsl.analyses.lints.wiring import OpSite, Unused
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Edit, Label, Severity
from archdsl.base.quantities import plural
from archdsl.base.source import Span
from archdsl.base.suggest import did_you_mean
from archdsl.ir.shape import Shape, format_shape
from archdsl.semantics.values import excerpt

UNUSED_RESULT = "W0106"


def _warning(
    code: str,
    message: str,
    span: Span,
    hint: str,
    *,
    place: str = "",
    calls: tuple[Span, ...] = (),
    others: tuple[Label, ...] = (),
    arithmetic: tuple[str, ...] = (),
    edits: tuple[Edit, ...] = (),
) -> Diagnostic:
    """The place, the reason, and the one thing to do."""
    return Diagnostic(
        code,
        message,
        Label(span),
        others=others,
        calls=tuple(map(Label, dict.fromkeys(calls))),
        path=place,
        arithmetic=arithmetic,
        hint=hint,
        severity=Severity.WARNING,
        edits=edits,
    )


def _at(
    site: OpSite,
    code: str,
    message: str,
    hint: str,
    *,
    others: tuple[Label, ...] = (),
    arithmetic: tuple[str, ...] = (),
    edits: tuple[Edit, ...] = (),
) -> Diagnostic:
    place, calls = site.place, site.calls
    return _warning(
        code,
        message,
        site.span,
        hint,
        place=place,
        calls=calls,
        others=others,
        arithmetic=arithmetic,
        edits=edits,
    )


# --- which layer stands behind which ----------------------------------------------------------


def lost_bias(site: OpSite, norm: OpSite) -> Diagnostic:
    message = f"the bias of `{excerpt(site.span)}` is lost in the `{norm.op.word}` that follows"
    others = (Label(norm.span, "it takes away each channel's mean"),)
    edits: tuple[Edit, ...] = ()
    if site.span.text.endswith(")") and "bias" not in site.span.text:
        end = site.span.end - 1
        edits = (Edit(Span(site.span.source, end, end), ", bias=false"),)
    return _at(site, "W0101", message, "add `bias=false`", others=others, edits=edits)


def doubled_activation(first: OpSite, second: OpSite) -> Diagnostic:
    message = f"`{second.op.word}` follows `{first.op.word}` with nothing between them"
    hint = "delete one of the two, or put a layer between them"
    others = (Label(first.span, "the activation before it"),)
    return _at(second, "W0105", message, hint, others=others)


def final_softmax(site: OpSite) -> Diagnostic:
    message = f"the network ends in `{site.op.word}`, which `nn.CrossEntropyLoss` does by itself"
    hint = "delete the step and train on logits; apply it where probabilities are shown"
    return _at(site, "W0107", message, hint)


def unflattened(site: OpSite, convolution: OpSite, along: str) -> Diagnostic:
    shape = format_shape(site.inputs[0].shape)
    message = f"`{excerpt(site.span)}` works along the {along} of {shape}, not over its channels"
    hint = "put `flatten` before it, or `global_avg_pool -> flatten`"
    others = (Label(convolution.span, "the feature map comes from here"),)
    return _at(site, "W0109", message, hint, others=others)


def nothing_beside(site: OpSite) -> Diagnostic:
    shape = format_shape(site.inputs[0].shape)
    message = f"`{excerpt(site.span)}` works over one element at a time: the flow is "
    message += f"{shape}, and its values are lost"
    hint = "normalise where there are several, over another dimension, or use `bn`"
    return _at(site, "W0110", message, hint)


def unused_result(unused: Unused) -> Diagnostic:
    step = unused.step
    which = f"result {unused.result + 1} of the {len(step.outputs)}"
    message = f"nothing takes {which} that `{excerpt(step.span)}` gives"
    hint = "use it, or make no more than is used"
    place, calls = unused.place, unused.calls
    return _warning(UNUSED_RESULT, message, step.span, hint, place=place, calls=calls)


# --- what flows in ----------------------------------------------------------------------------


def shape_of_elsewhere(site: OpSite, why: str, meant: Shape) -> Diagnostic:
    channels, *rest = site.inputs[0].shape
    taken = f"{channels} {plural(channels, 'channel')} of {format_shape(tuple(rest))}"
    message = f"`{excerpt(site.span)}` takes the input for {taken}: {why}"
    return _at(site, "W0111", message, f"write `input {format_shape(meant)}`")


def sequence_in_merge(merge: OpSite, alone: Span) -> Diagnostic:
    message = f"`{merge.op.word}` joins {len(merge.inputs)} branches that all begin with its "
    message += f"input, and `{excerpt(alone)}` alone is one of them"
    hint = f"where lines follow one another, indent them below a `path:` in `{merge.op.word}`"
    return _at(merge, "W0112", message, hint, others=(Label(alone, "a branch of its own"),))


def size_of_the_spec(site: OpSite, owner: str, call: str) -> Diagnostic:
    size = format_shape(site.outputs[0].shape[1:])
    message = f"`{excerpt(site.span)}` gives {size} for every image: the size of `{owner}` is a "
    message += "number when the network is compiled"
    return _at(site, "W0117", message, f"write `{call}`, which takes it from each image")


def groups_of_elsewhere(site: OpSite, groups: int, channels: int) -> Diagnostic:
    message = f"`{excerpt(site.span)}` has {groups} groups for {channels} channels: `input` is "
    message += "what the body was given, not what flows in here"
    hint = "make a block of these lines, whose `input` is what flows into them"
    return _at(site, "W0114", message, hint)


def one_value_a_channel(site: OpSite) -> Diagnostic:
    message = f"`{excerpt(site.span)}` has one value a channel of each sample: a batch of 1 "
    message += "cannot train"
    hint = "train with batches of 2 or more, and drop a last batch of 1"
    return _at(site, "W0205", message, hint)


# --- widths and fields ------------------------------------------------------------------------


def odd_channels(site: OpSite, channels: int, tile: int) -> Diagnostic:
    below, above = channels // tile * tile, (channels // tile + 1) * tile
    fits = f"{below} or {above}" if below else f"{above}"
    message = f"{channels} channels of `{excerpt(site.span)}` are no multiple of {tile}"
    hint = f"use {fits}; `make_divisible` rounds a computed width"
    arithmetic = (f"{channels} % {tile} = {channels % tile}",)
    return _at(site, "W0203", message, hint, arithmetic=arithmetic)


def narrow_field(site: OpSite, seen: Shape, whole: Shape) -> Diagnostic:
    message = f"the last feature map sees {format_shape(seen)} of the input's {format_shape(whole)}"
    hint = "add depth, stride or dilation, or use a smaller input"
    return _at(site, "W0204", message, hint)


# --- windows ----------------------------------------------------------------------------------


def even_window(site: OpSite, extent: int, name: str) -> Diagnostic:
    message = f"a window of {extent} that keeps the {name} has no middle: "
    message += "the map shifts by half a place"
    hint = f"use an odd kernel, {extent - 1} or {extent + 1}"
    arithmetic = (f"margins of {(extent - 1) // 2} before and {extent // 2} after",)
    return _at(site, "W0102", message, hint, arithmetic=arithmetic)


def gaps(site: OpSite, extent: int, stride: int, name: str) -> Diagnostic:
    missed = f"{stride - extent} {'is' if stride - extent == 1 else 'are'} never seen"
    message = f"windows of {extent} stand {stride} apart: "
    message += f"of {stride} places of the {name} {missed}"
    return _at(site, "W0103", message, f"use a stride of at most {extent}, or a larger kernel")


def one_place_of_many(site: OpSite, stride: int, name: str) -> Diagnostic:
    message = f"a window of 1 with stride {stride} sees one of {stride} places of the {name}"
    hint = f"put `avg_pool({stride})` before it, or give the stride to a wider window"
    return _at(site, "W0201", message, hint)


def checkerboard(site: OpSite, kernel: int, stride: int) -> Diagnostic:
    below, above = kernel - kernel % stride, kernel - kernel % stride + stride
    fits = f"{below} or {above}" if below else f"{above}"
    message = f"a transposed window of {kernel} with stride {stride} covers some places "
    message += "more often than others, which shows as a checkerboard"
    hint = f"use a kernel that the stride divides: {fits}"
    arithmetic = (f"{kernel} % {stride} = {kernel % stride}",)
    return _at(site, "W0104", message, hint, arithmetic=arithmetic)


def places_never_seen(site: OpSite, name: str, size: int, lost: int, *, pools: bool) -> Diagnostic:
    ways = "pad, use `ceil_mode=true`," if pools else "use more padding"
    hint = f"{ways} or make the {name} {size - lost}"
    return _at(site, "W0202", _never_seen(site, name, size, lost), hint)


def places_not_brought_back(site: OpSite, name: str, size: int, lost: int) -> Diagnostic:
    """Places that no window sees, of a map that is to be enlarged to its size again."""
    message = _never_seen(site, name, size, lost)
    message += f", and the upsampling behind it cannot bring back {size}"
    hint = f"pad, or choose an input for which the {name} here is {size - lost}"
    return _at(site, "W0108", message, hint)


def _never_seen(site: OpSite, name: str, size: int, lost: int) -> str:
    ends = "the last place is" if lost == 1 else f"the last {lost} places are"
    return f"`{excerpt(site.span)}` does not fill the {name} of {size}: {ends} never seen"


# --- comments ---------------------------------------------------------------------------------


def unknown_code(code: Span, known: Collection[str]) -> Diagnostic:
    message = f"there is no warning `{code.text}` to allow"
    hint = did_you_mean(code.text, known) or "the code stands in the warning's brackets"
    return _warning("W0100", message, code, hint)
