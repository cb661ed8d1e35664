"""The public face: `load` a spec and hold its `Network`."""

from base64 import b64encode
from collections.abc import Sequence
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from archdsl import driver
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.exceptions import Explained, Misuse, check_least, check_word, needs_torch
from archdsl.base.render import render
from archdsl.driver import Inputs, Loaded
from archdsl.ir.graph import Program
from archdsl.ir.shape import Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

    from archdsl.analyses.figures.costs import Costs
    from archdsl.analyses.figures.report import DType
    from archdsl.backends.audit import Report
    from archdsl.backends.audit.reports import DifferenceReport, SizesReport
    from archdsl.ir.counts import Convention
    from archdsl.runtime.verification import Verification
    from archdsl.semantics.elaborate.resized import Trials
    from archdsl.transforms.deploy import Deployment
    from archdsl.transforms.picture import Depth, Heat
    from archdsl.transforms.picture.drawing_parts import Direction

Form = Literal["train", "deploy"]


class SpecError(Explained):
    """A spec has mistakes; `diagnostics` holds them, the message shows them."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__("\n\n".join(render(d) for d in diagnostics))
        self.diagnostics = diagnostics


def load(spec: str | Path, *, input: Inputs = None, **parameters: object) -> "Network":
    """The network of `FILE.arch`, `FILE.arch:NETWORK` or the catalogue's `NAME`.

    Keyword arguments are the network's parameters (a string is read as the language writes it);
    `input` replaces the input's shape, e.g. `"3x320x320"` or `(3, 320, 320)`, or by name.
    Raises `SpecError` with the diagnostics, or `Misuse` for an unknown file, network or parameter.
    """
    return _network(driver.load(str(spec), parameters=parameters, input=input))


def loads(
    text: str, *, network: str | None = None, input: Inputs = None, **parameters: object
) -> "Network":
    """The network of a spec given as text; `network` names one of several."""
    return _network(driver.loads(text, network=network, parameters=parameters, input=input))


def of_cell(
    text: str, network: str | None, input: Inputs, parameters: "Mapping[str, object]"
) -> "Network":
    """The network of a spec that stands in a notebook's cell."""
    loaded = driver.loads(text, name="<cell>", network=network, parameters=parameters, input=input)
    return _network(loaded)


def _network(loaded: Loaded) -> "Network":
    if loaded.failed or loaded.program is None:
        raise SpecError(loaded.diagnostics)
    return Network(loaded.program, Findings(loaded.diagnostics), loaded.trials)


class Findings(tuple[Diagnostic, ...]):
    """Diagnostics that print as the text for people."""

    def __str__(self) -> str:
        return "\n\n".join(map(render, self)) or "no warnings"

    __repr__ = __str__


NOTHING = Findings()


class Network:
    """A checked network. Nothing here imports torch but `build` and `verify`."""

    def __init__(
        self,
        program: Program,
        notes: Findings = NOTHING,
        trials: "Trials | None" = None,
    ) -> None:
        self.program = program
        self.notes = notes
        self._trials = trials

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def input(self) -> Shape | dict[str, Shape]:
        """The input's shape without the batch, or shapes by name where there are several."""
        root = self.program.root
        if len(root.inputs) == 1:
            return root.inputs[0].shape
        return {n: t.shape for n, t in zip(root.input_names, root.inputs, strict=True)}

    @property
    def output(self) -> Shape | tuple[Shape, ...]:
        """The output's shape, or all of them in order."""
        shapes = tuple(t.shape for t in self.program.root.outputs)
        return shapes[0] if len(shapes) == 1 else shapes

    @cached_property
    def costs(self) -> "Costs":
        from archdsl.analyses.figures.costs import costs

        return costs(self.program)

    @property
    def params(self) -> int:
        """Learned weights, heads that exist only in training included."""
        return self.costs.total.params

    @property
    def macs(self) -> int:
        """Multiply-adds of one sample at inference, as torchvision counts them."""
        return self.costs.total.macs

    def audit(
        self,
        *,
        batch: int = 1,
        dtype: "DType" = "float32",
        count: "Convention" = "torchvision",
    ) -> "Report":
        """The figures of every step and block.

        `batch` and `dtype` are for the figures of memory; `count` names the tool whose MACs are
        counted. In a notebook the report shows itself; `to_pandas` makes a data frame of it.
        """
        from archdsl.analyses.figures.report import DTYPE_BYTES
        from archdsl.backends.audit import audited
        from archdsl.ir.counts import Convention

        check_least("batch", batch, 1)
        check_word("dtype", dtype, tuple(DTYPE_BYTES))
        check_word("count", count, get_args(Convention))
        return audited(self.program, batch=batch, dtype=dtype, count=count)

    def diff(self, new: "Network") -> "DifferenceReport":
        """The changes from this network to another one: steps, figures, keys of weights.

        Work is in multiply-adds of one sample, shapes are without the batch. The report prints
        as the table of `archdsl diff`; `to_pandas` makes a data frame of its rows.
        """
        from archdsl.backends.audit.reports import differed

        if not isinstance(new, Network):
            raise Misuse(f"a network is compared with a network, such as archdsl.load({new!r})")
        return differed(self.program, new.program)

    def sizes(self, *, vary: str | None = None, up_to: int | None = None) -> "SizesReport":
        """The input sizes that the network accepts with its weights, and which lose pixels.

        Every size from 1 to `up_to` is tried, in elements of the input, for each spatial
        dimension and for those of one size together; `vary` names the one input that varies.
        Of a very large network only sizes around its own are, unless the limit `tried_steps`
        allows more. Raises `Misuse` if no input has the dimension or the name.
        """
        from archdsl.backends.audit.reports import sized

        if self._trials is None:
            raise Misuse("a network that was not loaded from a spec cannot be tried")
        if up_to is not None:
            check_least("up_to", up_to, 1)
        return sized(driver.sizes(self.program, self._trials, vary=vary, up_to=up_to))

    def lint(self, *, everything: bool = False) -> "Findings":
        """Warnings about what is no mistake but seldom meant; `everything`: the W02… too.

        They are a tuple, which prints as `archdsl check` tells them.
        """
        from archdsl.review import warnings

        return Findings(warnings(self.program, everything=everything))

    @cached_property
    def deployment(self) -> "Deployment":
        """The inference network, where its weights come from, and what was done."""
        from archdsl.transforms.deploy import deploy

        return deploy(self.program)

    def source(
        self, form: Form = "train", *, recompute: Sequence[str] = (), fixed: bool = False
    ) -> str:
        """The PyTorch source: standalone, needing nothing but torch.

        Its classes keep the parameters of the network and of its blocks; with `fixed` just those
        in which their uses differ. The form `deploy` is the network for inference; its
        `from_trained` makes one from the weights of the form `train`. `recompute` names the blocks
        that a training step computes again instead of keeping what they hold, `concat` the blocks
        by which a concatenation grows. Raises `Misuse` if there is no block to compute again.
        """
        from archdsl.backends.python import NothingToRecompute, emit, emit_deployed

        check_word("form", form, get_args(Form))
        match form:
            case "train":
                try:
                    kin = () if fixed else driver.siblings(self.program, self._trials)
                    return emit(self.program, tuple(recompute), kin)
                except NothingToRecompute as nothing:
                    raise Misuse(str(nothing)) from None
            case "deploy" if recompute:
                raise Misuse("the form deploy has no backward pass to compute again for")
            case "deploy":
                return emit_deployed(self.deployment)

    def build(
        self,
        *,
        form: Form = "train",
        device: Any = None,
        dtype: Any = None,
        weights: Any = None,
        partial: bool | Sequence[str] = False,
        recompute: Sequence[str] = (),
    ) -> "torch.nn.Module":
        """A plain `nn.Module`, of the very class that `source(form)` shows.

        `weights` are those of the form `train`: a checkpoint's path (`.pt`, `.pth`,
        `.safetensors`) or a state_dict; every key of it must fit. With `partial=True`, or a list
        of prefixes of keys, what fits is loaded and a warning says what did not. `recompute` is
        as in `source`.
        """
        with needs_torch("building a module"):
            from archdsl.runtime.build import build, build_deployed
            from archdsl.runtime.weights import fitting_weights, load_into

        text = self.source(form, recompute=recompute)
        if form == "train":
            module = build(self.program, text, device=device, dtype=dtype)
            if weights is not None:
                load_into(module, weights, partial)
            return module
        if partial:
            raise Misuse("the form deploy is made of all weights of the form train")
        trained = None
        if weights is not None:
            trained = fitting_weights(build(self.program, self.source(), device="meta"), weights)
        return build_deployed(self.deployment.program, text, trained, device=device, dtype=dtype)

    def verify(
        self,
        against: str,
        *,
        seed: int = 0,
        weights: Any = None,
        by_order: bool = False,
        inputs: str | Path | None = None,
    ) -> "Verification":
        """Compares the emitted module with a reference such as `torchvision:resnet18`.

        Both are given the same random weights, or `weights`: a checkpoint's path or a state_dict.
        `by_order` takes keys of the same shapes for one another whatever their names; `inputs` is
        a file of tensors to run both on, in the place of random ones.
        """
        with needs_torch("a comparison"):
            from archdsl.runtime.verify import Options, verify

        options = Options(seed=seed, weights=weights, by_order=by_order, inputs=inputs)
        return verify(self.program, self.source(), against, options)

    def draw(
        self,
        file: str | Path | None = None,
        *,
        format: str | None = None,
        depth: "Depth" = "auto",
        direction: "Direction" = "TB",
        heat: "Heat | None" = None,
        title: str | None = None,
        legend: bool = True,
        theme: str | None = None,
        colors: "Mapping[str, str] | None" = None,
        font: str | Path | None = None,
        page: str | None = None,
        scale: float | None = None,
        force: bool = False,
    ) -> bytes:
        """The diagram, also written to `file`; its ending gives the format (svg without one). What
        archdsl did not write there, or was edited since, it replaces by `force` only.

        `depth` levels of blocks are opened, all of them (None), or as many as fit a page;
        `direction` is TB or LR; `heat` colours by the share of macs, params or memory; `title`
        stands in place of the name (empty: none). For svg, png and pdf: `theme` color, paper, mono
        or dark, `colors` as #rrggbb by kind of box, `font` a .ttf file, `page` a4, letter, slide
        or none. `scale` is that of a png: 2 is 192 pixels to an inch.
        """
        from archdsl.backends.diagram_formats import ENDINGS, draw

        _check_view(depth, direction, heat)
        ending = Path(file).suffix if file is not None else ""
        wanted = format or ENDINGS.get(ending, ending.lstrip(".")) or "svg"
        drawing = draw(
            self.program,
            wanted,
            depth=depth,
            direction=direction,
            heat=heat,
            title=title,
            legend=legend,
            theme=theme,
            colors=colors,
            font=font,
            page=page,
            scale=scale,
        )
        if file is not None:
            from archdsl.base.written_files import write_result

            write_result(Path(file), drawing, wanted, force=force, forced_by="force=True")
        return drawing

    def __repr__(self) -> str:
        return f"Network({self.name}: {self.params:,} params, {self.macs:,} MACs)"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The view of a notebook: the diagram, or the reason why there is none.

        Jupyter shows the SVG of its own cells only, and an image in HTML of any notebook.
        """
        from archdsl.backends.figure import NotLaidOut

        words = {"text/plain": repr(self)}
        try:
            drawn = self.draw()
        except NotLaidOut as why:
            return {"text/html": f"<p>{escape(str(why))}</p>", **words}
        return {"image/svg+xml": drawn.decode(), "text/html": _image(drawn, repr(self)), **words}


def _check_view(depth: "Depth", direction: str, heat: str | None) -> None:
    """Refuses what a diagram cannot be asked for."""
    from archdsl.transforms.picture import Heat
    from archdsl.transforms.picture.drawing_parts import Direction

    check_word("direction", direction, get_args(Direction))
    if heat is not None:
        check_word("heat", heat, get_args(Heat))
    if not isinstance(depth, int | None):
        check_word("depth", depth, ("auto",))
    elif depth is not None:
        check_least("depth", depth, 0)


def _image(svg: bytes, words: str) -> str:
    """An SVG as an image that HTML has in it."""
    data = b64encode(svg).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(words)}">'
