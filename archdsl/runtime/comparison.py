"""The runs of a comparison: those to make, and the words for those that could not be made."""

from archdsl.ir.shape import format_shape
from archdsl.runtime.agreement import OutputDifference
from archdsl.runtime.call_comparison import CallComparison, Uses, compare_calls
from archdsl.runtime.input_source import InputSource
from archdsl.runtime.randomise import randomise
from archdsl.runtime.trials import CannotRun, Pair, Trial, TrialOutcome, run, work
from archdsl.runtime.verification import Probe

ORDER_NOTE = "in training mode the reference gives the same outputs in another order"
DRAWS_NOTE = (
    "in training mode the random numbers are drawn in another order than in the reference: "
    "the outputs were compared with masks that depend on the rate and the size alone"
)
SCALE = 8.0  # of the inputs beside a wide state: activations reach their ends


class Comparison:
    """Makes the runs and gathers what they say; `random`: the state is ours to choose."""

    def __init__(
        self, pair: Pair, source: InputSource, *, seed: int, batch: int, random: bool
    ) -> None:
        self.pair, self.source = pair, source
        self.seed, self.batch, self.random = seed, batch, random
        self.macs = (0, 0)
        self.calls = CallComparison()
        self.outputs: tuple[OutputDifference, ...] = ()
        self.training: tuple[OutputDifference, ...] = ()
        self.probes: list[Probe] = []
        self.compared: list[str] = []
        self.not_compared: list[str] = []
        self.notes: list[str] = []

    def make(self, *, fit: bool) -> None:
        """All runs; where the keys do not fit only the work is counted."""
        one = self.source.inputs(self.seed, 1)
        if not fit:
            self.macs = work(self.pair, one)
            self.not_compared.append("settings, outputs and training: the keys do not fit")
            return
        first = run(self.pair, Trial(one))
        self.macs = (first.recorders[0].macs, first.recorders[1].macs)
        self._probe("one sample", 1, self.seed, first)
        several = self.source.inputs(self.seed + 1, self.batch)
        self.outputs = run(self.pair, Trial(several)).differences
        self.compared.append(f"batches of 1 and {len(several[0])}")
        self._other_size()
        trained = self._trained()
        runs = {"evaluation": first.uses, "training": trained.uses}
        self.calls = compare_calls(runs, tuple(self._wide()))
        self._tell_of_calls()

    def _probe(self, what: str, batch: int, seed: int, outcome: TrialOutcome) -> None:
        self.probes.append(Probe(what=what, batch=batch, seed=seed, outputs=outcome.differences))

    def _trained(self) -> TrialOutcome:
        """Under one seed; where that gives other numbers, with masks by rate and size."""
        inputs = self.source.inputs(self.seed, self.batch)
        before = self.pair.buffers()
        outcome = run(self.pair, Trial(inputs, training=True, seed=self.seed))
        if not outcome.ok and any(call.draws for uses in outcome.uses for call in uses):
            self.pair.restore(before)
            outcome = run(self.pair, Trial(inputs, training=True, by_rate=True))
            self.notes += [DRAWS_NOTE] if outcome.ok else []
        if outcome.reordered:
            self.notes.append(ORDER_NOTE)
        self.training = outcome.differences
        draws = any(call.draws for call in outcome.uses[0])
        masks = ", the rates and masks of dropouts" if draws else ""
        self.compared.append(f"training with all heads{masks}, gradients, and the buffers after it")
        return outcome

    def _other_size(self) -> None:
        """At another size, if both take one with these weights."""
        if self.source.given is not None:
            self.not_compared.append("other inputs than those of the file")
            return
        refused = ""
        for shapes in self.source.grown():
            told = " and ".join(format_shape(shape) for shape in shapes)
            try:
                outcome = run(self.pair, Trial(self.source.inputs(self.seed + 2, 1, shapes=shapes)))
            except CannotRun as error:
                refused = refused or f"other input sizes: {error.side} does not take {told}"
                continue
            if any(d.ours != d.theirs for d in outcome.differences):
                refused = f"other input sizes: for {told} the results have different sizes"
                continue
            self._probe(f"an input of {told}", 1, self.seed + 2, outcome)
            self.compared.append(f"an input of {told}")
            return
        self.not_compared.append(refused or "other input sizes: there are none")

    def _wide(self) -> list[tuple[Uses, Uses]]:
        """With a state and inputs that carry activations beyond their bends."""
        what = f"inputs {SCALE:g} times as large"
        if self.random:
            randomise(self.pair.theirs, self.seed + 3, wide=True)
            self.pair.share()
            what = f"large biases and {what}"
        try:
            inputs = self.source.inputs(self.seed + 3, self.batch + 1, scale=SCALE)
            outcome = run(self.pair, Trial(inputs))
        except CannotRun as error:
            self.not_compared.append(f"{what}: {error}")
            return []
        if not outcome.finite:
            self.not_compared.append(f"{what}: the outputs are not finite")
            return []
        self._probe(what, self.batch + 1, self.seed + 3, outcome)
        self.compared.append(what)
        return [outcome.uses]

    def _tell_of_calls(self) -> None:
        if self.calls.otherwise:
            calls = "; ".join(map(str, self.calls.otherwise))
            self.notes.append(
                f"calls that one side makes more often, which the outputs alone judge: {calls}"
            )
