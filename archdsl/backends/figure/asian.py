"""Chinese, Japanese and Korean letters in a PDF, where the drawing's own font has none.

They are set in fonts that every reader of PDF knows by name, as Adobe defined them, and of which it
has its own or a substitute: nothing of them is in the file. All their letters are as wide as high,
as `Face` measures what it does not have.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from archdsl.base.font import Face

# Signs, kana, ideographs, syllables, full-width forms: what a font of two bytes a letter has.
ASIAN = re.compile(
    "[\u3000-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7a3\uff01-\uff60]"
)
JAPANESE, KOREAN, CHINESE = "HeiseiKakuGo-W5", "HYGothic-Medium", "STSong-Light"
SCRIPTS = ((re.compile("[\u3040-\u30ff]"), JAPANESE), (re.compile("[\uac00-\ud7a3]"), KOREAN))


def runs(words: str, face: Face) -> Iterator[tuple[str, str]]:
    """Pieces of a line, each with the Asian font it is set in; empty for the face."""

    def font(letter: str) -> str:
        return asian if ASIAN.match(letter) and not face.has(letter) else ""

    asian = next((name for script, name in SCRIPTS if script.search(words)), CHINESE)
    for name, letters in groupby(words, font):
        yield "".join(letters), name
