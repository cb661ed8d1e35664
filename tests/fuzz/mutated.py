"""The catalogue's specs with characters changed: a diagnostic in its place, or a network.

Whatever is left of a spec, nothing is raised, every diagnostic points into the text, and what is
sound is counted; where it is small, it is emitted and read back too.
"""

from random import Random

import archdsl
from archdsl import driver
from archdsl.catalogue import entries

from .running import Outcome

CHARACTERS = "abcxy0123789_ \n\t()[]{}=<>+-*/:,.\"'#@→×\0\u202e"
SMALL = 5_000_000  # params


class MutatedFuzzer:
    """Draws a network of the catalogue and a few changes of its file."""

    def draw(self, rng: Random) -> tuple[str, str]:
        entry = rng.choice(entries())
        text = entry.file.read_text("utf-8")
        for _ in range(rng.choice((1, 1, 2, 5))):
            text = _changed(text, rng)
        return entry.name, text

    def judge(self, rng: Random) -> Outcome:
        name, text = self.draw(rng)
        try:
            return _judged(name, text)
        except (archdsl.Misuse, archdsl.SpecError):
            return Outcome(False)  # the network has another name now
        except Exception as error:
            return Outcome(False, f"crash: {type(error).__name__}: {error}")

    def shown(self, rng: Random) -> str:
        return "\n".join(self.draw(rng))


def _judged(name: str, text: str) -> Outcome:
    loaded = driver.loads(text, name="mutated.arch", network=name)
    for diagnostic in loaded.diagnostics:
        for label in (diagnostic.primary, *diagnostic.others, *diagnostic.calls):
            if not 0 <= label.span.start <= label.span.end <= len(label.span.source.text):
                return Outcome(False, f"{diagnostic.code} points past the text")
        str(diagnostic)
    if loaded.failed:
        return Outcome(False)
    net = archdsl.loads(text, network=name)
    if net.params < SMALL:
        net.source()
    return Outcome(True)


def _changed(text: str, rng: Random) -> str:
    """A piece of a few characters taken out, doubled, moved, or one that was never there."""
    start = rng.randrange(len(text))
    end = min(len(text), start + rng.choice((1, 1, 3, 12, 60)))
    piece, rest = text[start:end], text[:start] + text[end:]
    place = rng.randrange(len(rest) + 1)
    match rng.randrange(4):
        case 0:
            return rest or text
        case 1:
            return text[:end] + piece + text[end:]
        case 2:
            return rest[:place] + piece + rest[place:]
        case _:
            return text[:start] + rng.choice(CHARACTERS) + text[end:]
