"""Breaks emitted sources on purpose: `python -m tests.proof --mutants 5000 --seed 1`.

The cases and the catalogue's networks in both forms; prints how many mutants there were, and each
that the proof accepted with what PyTorch says of it. The exit code is 1 where one is not the same.
"""

import argparse
import sys
from pathlib import Path
from random import Random

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "emission")]

from campaign import Campaign, emissions  # noqa: E402
from cases import SPECS, complete  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("specs", nargs="*", metavar="SPEC")
    parser.add_argument("--mutants", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=24, help="mutants of one source")
    options = parser.parse_args()
    specs = options.specs or [*map(str, SPECS), *complete()]
    Random(options.seed).shuffle(specs)
    campaign = Campaign(options.seed)
    for emission in emissions(specs):
        left = options.mutants - campaign.made
        if left <= 0:
            break
        before = len(campaign.survivors)
        campaign.run(emission, min(options.each, left))
        for survivor in campaign.survivors[before:]:
            what = survivor.difference or "the same"
            print(f"{Path(survivor.spec).stem}: {survivor.what}: {what}", flush=True)
    wrong = [survivor for survivor in campaign.survivors if survivor.difference]
    same = len(campaign.survivors) - len(wrong)
    for kind, count in campaign.kinds.most_common():
        print(f"{count:6} {kind}")
    print(f"{campaign.made} mutants; {campaign.made - len(campaign.survivors)} refused")
    print(f"{same} accepted that are the same by PyTorch; {len(wrong)} that are not")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
