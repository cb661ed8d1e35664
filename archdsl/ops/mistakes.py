"""The refusals of ops: a function for each message, which gives the `Misfit` to raise.

The op's word and the numbers are handed in, so that ops share a message.
"""

from archdsl.base.quantities import counted
from archdsl.ir.shape import Shape, TensorType, format_shape
from archdsl.ops.base import Differ, Misfit

BRANCHES_DIFFER = "E0301"
_LESS_PADDING = "use less padding or a larger kernel"


# --- branches ---------------------------------------------------------------------------------


def too_few_branches(word: str, given: int) -> Misfit:
    message = f"`{word}` merges branches, but there is {'only one' if given else 'none'}"
    return Misfit("E0314", message, hint="write the skip as a branch: `identity`")


def branches_clash(
    word: str,
    how: str,
    shapes: str,
    branches: tuple[int, ...],
    *,
    arithmetic: str = "",
    hint: str = "",
    differ: Differ | None = None,
) -> Misfit:
    message = f"branches of {word} {how}: {shapes}"
    return Misfit(
        BRANCHES_DIFFER,
        message,
        arithmetic=arithmetic,
        hint=hint,
        branches=branches,
        differ=differ,
    )


def no_flow(word: str) -> Misfit:
    """A tensor without a batch, in a place with no flow to tell the batch size."""
    message = f"`{word}` needs a flow that tells the size of the batch"
    return Misfit("E0314", message, hint="write it after the first `input`")


# --- the rank of the flow ---------------------------------------------------------------------


def flow_unfit(word: str, wanted: str, shape: Shape, hint: str = "") -> Misfit:
    message = f"`{word}` needs {wanted}, but the flow is {format_shape(shape)}"
    return Misfit("E0302", message, hint=hint)


def branch_unfit(word: str, wanted: str, shape: Shape, hint: str = "") -> Misfit:
    message = f"`{word}` needs {wanted}, but a branch is {format_shape(shape)}"
    return Misfit("E0302", message, hint=hint)


def not_a_row(word: str, index: TensorType) -> Misfit:
    message = f"`{word}` needs a row of whole numbers, but it is {index}"
    return Misfit("E0302", message, hint="`flatten` it first", branches=(1,))


def not_whole_numbers(word: str, index: TensorType) -> Misfit:
    message = f"the second branch of `{word}` counts in whole numbers, but it is {index}"
    return Misfit("E0315", message, branches=(1,))


def needs_dimension(word: str, x: TensorType) -> Misfit:
    message = f"`{word}` needs `dim`: the flow is {x}, which has more than one dimension"
    hint = f"write `{word}(dim=1)` for the channels, `dim=-1` for the last"
    return Misfit("E0326", message, argument="dim", hint=hint)


def one_place(word: str, x: TensorType) -> Misfit:
    message = f"`{word}` needs more than one place per channel, but the flow is {x}"
    return Misfit("E0324", message, hint="normalise before the pool, or use `bn` or `layer_norm`")


def not_for_rows(argument: str, x: TensorType) -> Misfit:
    message = f"`{argument}` is for 2-D and 3-D averages, but the flow is {x}, a CxL input"
    return Misfit("E0325", message, argument=argument, hint="leave it out")


# --- dimensions -------------------------------------------------------------------------------


def unknown_dimension(dim: int | str, rank: int, argument: str, hint: str) -> Misfit:
    shown = f"`{dim}`" if isinstance(dim, str) else dim
    message = f"there is no dimension {shown} where a sample has {counted(rank, 'dimension')}"
    return Misfit("E0308", message, argument=argument, hint=hint)


def batch_dimension(dim: int, argument: str, hint: str) -> Misfit:
    message = f"dimension {dim} is the batch, which stays as it is"
    return Misfit("E0308", message, argument=argument, hint=hint)


def dimension_twice(dim: int | str, argument: str) -> Misfit:
    return Misfit("E0308", f"dimension {dim} stands twice", argument=argument)


def ends_before_start(word: str, first: int, last: int, argument: str) -> Misfit:
    message = f"`{word}` would end at dimension {last}, before its start {first}"
    return Misfit("E0308", message, argument=argument)


# --- how many numbers -------------------------------------------------------------------------


def no_dimension(argument: str, hint: str) -> Misfit:
    return Misfit("E0304", "no dimension is given", argument=argument, hint=hint)


def empty_argument(argument: str, verb: str, lacking: str) -> Misfit:
    """A tuple without an element."""
    return Misfit("E0304", f"`{argument}` {verb} no {lacking}", argument=argument)


def empty_axis(argument: str) -> Misfit:
    return Misfit("E0304", "an axis has no coordinates", argument=argument)


def not_one_a_dimension(argument: str, given: int, rank: int) -> Misfit:
    """A tuple that does not give one number for each spatial dimension."""
    spatial = f"{rank} spatial dimension{'s' if rank > 1 else ''}"
    message = f"`{argument}` has {counted(given, 'number')}, but the input has {spatial}"
    hint = f"give one number, or {rank}" if rank > 1 else "give one number"
    return Misfit("E0304", message, argument=argument, hint=hint)


def not_two_a_dimension(argument: str, given: int, sides: tuple[str, ...]) -> Misfit:
    message = f"`{argument}` has {given} numbers, but the input has {len(sides)} sides"
    hint = f"give one number, or ({', '.join(sides)})"
    return Misfit("E0304", message, argument=argument, hint=hint)


def not_all_dimensions(word: str, given: int, rank: int, argument: str) -> Misfit:
    message = f"`{word}` names {given} of the {rank} dimensions of a sample"
    hint = "name each dimension once, the batch (0) first or not at all"
    return Misfit("E0304", message, argument=argument, hint=hint)


def shifts_and_dimensions(word: str, shifts: int, dims: int) -> Misfit:
    message = f"`{word}` has {counted(shifts, 'shift')} for {counted(dims, 'dimension')}"
    return Misfit("E0304", message, argument="shifts", hint="give one shift for each of `dims`")


def sizes_and_dimensions(given: int, shape: Shape) -> Misfit:
    message = f"`shape` has {given} sizes, but the flow is {format_shape(shape)}"
    hint = "give one size per dimension of a sample, or use `unsqueeze` first"
    return Misfit("E0304", message, argument="shape", hint=hint)


def slopes_and_channels(word: str, slopes: int, channels: int) -> Misfit:
    message = f"`{word}` has {slopes} slopes for {channels} channels"
    hint = "give 1, or `input.channels`"
    return Misfit("E0327", message, argument="num_parameters", hint=hint)


# --- what divides -----------------------------------------------------------------------------


def does_not_divide(
    count: int, noun: str, size: int, whole: str, argument: str, hint: str = ""
) -> Misfit:
    """Groups, heads, parts of `whole`, which has this size."""
    arithmetic = f"{size} % {count} = {size % count}"
    message = f"{count} {noun} do not divide {whole}"
    hint = hint or _dividing(count, size)
    return Misfit("E0306", message, argument=argument, arithmetic=arithmetic, hint=hint)


def _dividing(count: int, size: int) -> str:
    """The next numbers that divide a size, on both sides of one that does not."""
    below = next(n for n in range(min(count, size), 0, -1) if size % n == 0)
    above = next((n for n in range(count + 1, size + 1) if size % n == 0), None)
    return f"{below} divides {size}" + (f", and so does {above}" if above is not None else "")


def square_does_not_divide(factor: int, channels: int, argument: str) -> Misfit:
    message = f"the square of {factor} does not divide {channels} channels"
    arithmetic = f"{channels} % {factor}² = {channels % factor**2}"
    return Misfit("E0306", message, argument=argument, arithmetic=arithmetic)


def side_not_divided(factor: int, name: str, size: int, argument: str) -> Misfit:
    message = f"{factor} does not divide {name} {size}"
    arithmetic = f"{size} % {factor} = {size % factor}"
    return Misfit("E0306", message, argument=argument, arithmetic=arithmetic)


def odd_to_halve(word: str, dim: int, x: TensorType, size: int, hint: str) -> Misfit:
    message = f"`{word}` cannot halve dimension {dim} of {x}, which is odd"
    arithmetic = f"{size} % 2 = 1"
    return Misfit("E0306", message, argument="dim", arithmetic=arithmetic, hint=hint)


# --- windows and margins ----------------------------------------------------------------------


def window_does_not_fit(
    extent: int, name: str, size: int, *, padded: bool, arithmetic: str
) -> Misfit:
    padding = " with its padding" if padded else ""
    message = f"a window of {extent} does not fit into {name} {size}{padding}"
    hint = "use a smaller kernel, more padding or less stride before it"
    return Misfit("E0303", message, argument="kernel_size", arithmetic=arithmetic, hint=hint)


def average_does_not_fit(kernel: int, name: str, size: int) -> Misfit:
    message = f"a 3-D average of {kernel} does not fit into {name} {size}, "
    message += "where its padding does not count"
    hint = f"use a kernel of at most {size} in {name}"
    return Misfit("E0303", message, argument="kernel_size", hint=hint)


def nothing_left_by_padding(name: str, arithmetic: str) -> Misfit:
    message = f"the padding takes off all of the {name}"
    return Misfit("E0303", message, argument="padding", arithmetic=arithmetic, hint=_LESS_PADDING)


def same_with_stride(totals: Shape) -> Misfit:
    """`totals` are what `same` would add to each dimension."""
    message = "`padding=same` keeps the size, which a stride cannot"
    halves = {total // 2 for total in totals}
    number = (
        str(halves.pop()) if len(halves) == 1 else f"({', '.join(str(t // 2) for t in totals)})"
    )
    hint = f"give the padding as a number: `padding={number}`"
    return Misfit("E0305", message, argument="padding", hint=hint)


def margin_over_half(margin: int, name: str, kernel: int) -> Misfit:
    message = f"a padding of {margin} on the {name} is more than half of the window of {kernel}"
    arithmetic = f"{kernel} // 2 = {kernel // 2}"
    return Misfit("E0307", message, argument="padding", arithmetic=arithmetic, hint=_LESS_PADDING)


def margin_cannot_be_filled(
    mode: str, most: int, name: str, size: int, margin: int, hint: str = ""
) -> Misfit:
    """`mode` is the argument with its value: `mode=reflect`."""
    message = f"`{mode}` can fill a margin of at most {most} on {name} {size}, not {margin}"
    return Misfit("E0307", message, argument="padding", hint=hint)


def output_padding_too_large(extra: int, name: str, stride: int, dilation: int) -> Misfit:
    message = f"`output_padding={extra}` on the {name} must be smaller than the stride {stride} "
    message += f"or the dilation {dilation}"
    hint = f"at most {max(stride, dilation) - 1} fits here"
    return Misfit("E0307", message, argument="output_padding", hint=hint)


# --- arguments that exclude each other --------------------------------------------------------


def no_room_between(lower: str, low: float, upper: str, high: float) -> Misfit:
    message = f"`{lower}={low:g}` leaves no room below `{upper}={high:g}`"
    hint = f"give a smaller `{lower}` or a larger `{upper}`"
    return Misfit("E0305", message, argument=lower, hint=hint)


def no_bound(word: str) -> Misfit:
    message = f"`{word}` without a bound changes nothing"
    return Misfit("E0305", message, hint="give `min`, `max` or both")


def no_use_for_a_value(mode: str) -> Misfit:
    message = f"`mode={mode}` fills the margin itself and has no use for a value"
    return Misfit("E0305", message, argument="value")


def no_new_size(word: str) -> Misfit:
    return Misfit("E0305", f"`{word}` needs either a `scale_factor` or a `size`")


def two_new_sizes(word: str) -> Misfit:
    message = f"`{word}` needs either a `scale_factor` or a `size`, not both"
    return Misfit("E0305", message, argument="size")


def no_corners(mode: str) -> Misfit:
    message = f"`mode={mode}` repeats elements and has no corners to align"
    hint = "leave `align_corners` out, or choose an interpolating mode"
    return Misfit("E0305", message, argument="align_corners", hint=hint)


def no_spread(init: object) -> Misfit:
    message = f"`init={init}` has no spread"
    hint = "choose `init=normal` or `init=trunc_normal`, or leave `std` out"
    return Misfit("E0305", message, argument="std", hint=hint)


def fixed_number_with_dimension() -> Misfit:
    message = "one fixed number belongs to no dimension"
    return Misfit("E0305", message, argument="dim", hint="leave `dim` out, or the factors learn")


# --- sizes and parts --------------------------------------------------------------------------


def parts_differ_from_whole(sizes: Shape, dim: int, shape: Shape) -> Misfit:
    message = f"the parts do not make up dimension {dim} of {format_shape(shape)}"
    terms = " + ".join(map(str, sizes)) or "0"
    arithmetic = f"{terms} = {sum(sizes)}, not {shape[dim - 1]}"
    return Misfit("E0320", message, argument="sizes", arithmetic=arithmetic)


def other_number_of_chunks(size: int, parts: Shape, wanted: int) -> Misfit:
    message = f"{size} elements make {len(parts)} chunks of {parts[0]}, not {wanted}"
    arithmetic = f"⌈{size} / {wanted}⌉ = {parts[0]}, ⌈{size} / {parts[0]}⌉ = {len(parts)}"
    hint = "choose a number that divides the size, or give the sizes to `split`"
    return Misfit("E0320", message, argument="chunks", arithmetic=arithmetic, hint=hint)


def not_of_size_one(word: str, dim: int, shape: Shape) -> Misfit:
    message = f"`{word}` drops a dimension of size 1, but dimension {dim} of "
    message += f"{format_shape(shape)} has {shape[dim - 1]}"
    hint = "`select` takes one of them, `mean` their average"
    return Misfit("E0320", message, argument="dim", hint=hint)


def cannot_repeat(word: str, old: int, new: int) -> Misfit:
    message = f"`{word}` cannot make {new} of {old}: only a size of 1 can be repeated"
    hint = f"write {old} or -1 to leave it as it is"
    return Misfit("E0320", message, argument="shape", hint=hint)


def two_rests(argument: str) -> Misfit:
    hint = "write the others as numbers, or computed: `input.channels`"
    return Misfit("E0320", "only one size can be -1, the rest", argument=argument, hint=hint)


def elements_do_not_fit(
    total: int, sizes: Shape, argument: str, arithmetic: str, hint: str
) -> Misfit:
    message = f"{total} elements do not fit into {format_shape(sizes).replace('-1', '?')}"
    return Misfit("E0320", message, argument=argument, arithmetic=arithmetic, hint=hint)


def empty_slice(dim: int, size: int, argument: str) -> Misfit:
    message = f"the slice leaves nothing of dimension {dim}, which has {size} elements"
    return Misfit("E0322", message, argument=argument)


def crop_too_large(new: int, name: str, old: int) -> Misfit:
    message = f"{new} elements cannot be cropped from {name} {old}"
    return Misfit("E0322", message, argument="size")


def larger_to_crop_like(new: int, name: str, old: int) -> Misfit:
    message = f"{new} elements, the {name} of the second branch, cannot be cropped from {old}"
    return Misfit("E0322", message, hint="`upsample_like` makes a smaller image larger")


def nothing_left_by_margins(name: str, size: int, sides: tuple[int, int]) -> Misfit:
    message = f"the negative margins leave nothing of {name} {size}"
    terms = (size, *(-side for side in sides if side < 0))
    arithmetic = " − ".join(map(str, terms)) + " < 1"
    return Misfit("E0322", message, argument="padding", arithmetic=arithmetic)


def nothing_left_by_scale(name: str, size: int) -> Misfit:
    message = f"the scale leaves nothing of {name} {size}"
    return Misfit("E0322", message, argument="scale_factor")


def index_outside(index: int, where: str, count: int, argument: str) -> Misfit:
    """`where` tells of the elements that there are."""
    message = f"index {index} is outside of {where}"
    hint = f"give 0 to {count - 1}, or count from the end with a negative number"
    return Misfit("E0323", message, argument=argument, hint=hint)


def counts_too_far(word: str, below: int, rows: int, dim: int) -> Misfit:
    message = f"`{word}` counts up to {below - 1}, past the {rows} elements of the first branch"
    arithmetic = f"{below - 1} ≥ {rows}"
    hint = f"give the first branch {below} elements along dimension {dim}"
    return Misfit("E0323", message, arithmetic=arithmetic, hint=hint, branches=(0,))


def too_many_results(count: int, most: int, argument: str) -> Misfit:
    message = f"this makes {count} results, and {most} is the most"
    return Misfit("E0330", message, argument=argument, hint="make fewer and larger parts")
