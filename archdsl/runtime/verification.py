"""The result of a comparison: for people one line a check, for programs one JSON object."""

from pydantic import BaseModel, ConfigDict

from archdsl.base.escape import json_text
from archdsl.runtime.agreement import OutputDifference
from archdsl.runtime.call_comparison import CallComparison
from archdsl.runtime.keys import KeyComparison, capped

LISTED = 4  # differences of one sort in a report
UNFIT = "not compared: the keys do not fit"


class Figures(BaseModel):
    """One count as the spec has it, as the emitted module has it, and as the reference has it."""

    model_config = ConfigDict(frozen=True)

    spec: int
    emitted: int
    reference: int

    @property
    def ok(self) -> bool:
        return self.spec == self.emitted == self.reference


class Probe(BaseModel):
    """A further run, with what it was made and how the outputs differ."""

    model_config = ConfigDict(frozen=True)

    what: str
    batch: int
    seed: int
    outputs: tuple[OutputDifference, ...]

    @property
    def ok(self) -> bool:
        return all(output.ok for output in self.outputs)


class Verification(BaseModel):
    """The result of the comparison; `training` also holds the buffers after a training step.

    `weights` names the checkpoint that both loaded; None: they were given the same random ones.
    `probes` are the runs in evaluation mode beside that of `outputs`.
    """

    model_config = ConfigDict(frozen=True)

    network: str
    reference: str
    weights: str | None = None
    seed: int
    batch: int
    keys: KeyComparison
    params: Figures
    macs: Figures
    calls: CallComparison = CallComparison()
    outputs: tuple[OutputDifference, ...] = ()
    probes: tuple[Probe, ...] = ()
    training: tuple[OutputDifference, ...] = ()
    compared: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        compared = bool(self.outputs) and bool(self.training)
        outputs = all(o.ok for o in (*self.outputs, *self.training))
        probes = all(probe.ok for probe in self.probes)
        counts = self.keys.ok and self.params.ok and self.macs.ok
        return counts and self.calls.ok and compared and outputs and probes

    def __repr__(self) -> str:
        verdict = "the same" if self.ok else "different"
        return f"Verification({self.network} against {self.reference}: {verdict})"

    def __str__(self) -> str:
        return self.report()

    def _repr_markdown_(self) -> str:
        return f"```text\n{self.report()}\n```\n"

    def to_json(self) -> str:
        """The comparison as one JSON object, `ok` among its fields."""
        return json_text({"ok": self.ok, **self.model_dump(mode="json")}, indent=2)

    def report(self) -> str:
        """The comparison for people: one line a check, details only where they differ."""
        loaded = f", both with the weights of {self.weights}" if self.weights is not None else ""
        lines = [f"{self.network} against {self.reference}{loaded}"]
        lines += self._keys()
        lines += _figures("params", self.params) + _figures("MACs", self.macs)
        lines += _calls(self.calls, made=bool(self.outputs))
        lines += _outputs("outputs", self.outputs)
        lines += [line for probe in self.probes for line in _probe(probe)]
        lines += _outputs("training", self.training)
        lines += [f"  compared: {'; '.join(self.compared)}"] if self.compared else []
        lines += [f"  not compared: {what}" for what in self.not_compared]
        lines += [f"  note: {note}" for note in self.notes]
        return "\n".join(lines)

    def _keys(self) -> list[str]:
        if not self.keys.ok:
            lines = self.keys.lines("the spec", "the reference")
            hint = ["only names differ: --by order compares them by their order"]
            lines += hint if self.keys.only_names else []
            return [_line(False, "keys", "differ"), *_indented(lines)]
        if not self.keys.renamed:
            return [_line(True, "keys", f"{self.keys.count} the same, in the same order")]
        what = f"{self.keys.count} by order, {len(self.keys.renamed)} under another name"
        return [_line(True, "keys", what), *_indented(self.keys.map_lines())]


def _line(ok: bool, what: str, result: str) -> str:
    return f"  {'✓' if ok else '✗'} {what:<9} {result}"


def _indented(lines: list[str]) -> list[str]:
    return [f"      {line}" for line in lines]


def _figures(what: str, figures: Figures) -> list[str]:
    if figures.ok:
        return [_line(True, what, f"{figures.spec:,}")]
    told = (
        f"{figures.spec:,} in the spec, {figures.emitted:,} in the emitted module, "
        f"{figures.reference:,} in the reference"
    )
    return [_line(False, what, told)]


def _calls(calls: CallComparison, *, made: bool) -> list[str]:
    if not made:
        return [_line(False, "settings", UNFIT)]
    if calls.ok:
        what = f"the same: {', '.join(calls.kinds)}" if calls.kinds else "none that differ"
        return [_line(True, "settings", what)]
    return _capped([_line(False, "settings", str(difference)) for difference in calls.differences])


def _outputs(what: str, outputs: tuple[OutputDifference, ...]) -> list[str]:
    if not outputs:
        return [_line(False, what, UNFIT)]
    wrong = [_line(False, what, str(o)) for o in outputs if not o.ok]
    return _capped(wrong) or [_line(True, what, _largest(outputs))]


def _largest(outputs: tuple[OutputDifference, ...]) -> str:
    """The largest difference; one of rounding with what shows that it is that."""
    worst = max(outputs, key=lambda o: o.relative or 0.0)
    if not worst.relative:
        return "the largest difference is 0"
    told = f"the largest difference is {worst.largest:.2g}, {worst.relative:.1g} of the largest"
    if worst.rounding is None:
        return f"{told}: taken for rounding (float64 cannot be run)"
    rounding = max(o.rounding or 0.0 for o in outputs)
    return f"{told}: rounding ({rounding:.1g} in float64)"


def _probe(probe: Probe) -> list[str]:
    wrong = [output for output in probe.outputs if not output.ok]
    return _capped([_line(False, "outputs", f"{probe.what}: {output}") for output in wrong])


def _capped(lines: list[str]) -> list[str]:
    return capped(lines, LISTED, indent="      ")
