"""`archdsl sweep` as a command: files, formats, plots, Ctrl-C."""

import csv
import io
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from types import ModuleType

import pytest

from archdsl.cli import main

SPEC = """
network Net(width=8, depth=1):
    input 3x32x32
    for i in range(depth):
        conv(width, 3, padding=1) -> relu
    global_avg_pool -> flatten -> linear(10)
"""
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def net(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.arch").write_text(SPEC, encoding="utf-8")
    return tmp_path


def sweep(*words):
    return main(["sweep", "net.arch", *words])


def test_a_table_goes_to_standard_output(net, capsys):
    assert sweep("-p", "width=0,8", "-p", "depth=1,2", "--pareto", "params,depth:max") == 0
    told = capsys.readouterr()
    assert told.err == ""
    head, line, *rows = told.out.splitlines()
    assert head.split() == ["width", "depth", "params", "macs"]
    assert set(line) == {"─"}
    assert rows[0].split()[:3] == ["0", "1", "E0216:"]
    # 3·8·9 + 8 and 8·10 + 10 weights; their work at 32·32 places and once
    assert rows[2].split() == ["●", "8", "1", "314", f"{216 * 1024 + 80:,}"]
    assert rows[-1] == "4 variants of Net: 2 built, 2 of them on the front (●); 2 fail"


def test_csv(net, capsys):
    assert sweep("-p", "width=0:16:8", "--where", "params > 400", "-o", "found.csv") == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "3 variants of Net: 1 meets the condition; 1 fails\n"
    text = (net / "found.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(r["width"], r["params"], r["code"]) for r in rows] == [
        ("0", "", "E0216"),
        ("16", str(3 * 16 * 9 + 16 + 16 * 10 + 10), ""),
    ]
    assert sorted(os.listdir(net)) == ["found.csv", "net.arch"]


def test_parquet_without_a_writer_is_one_message_before_the_work(net, capsys, monkeypatch):
    monkeypatch.setattr("archdsl.sweeps.documents.find_spec", lambda name: None)
    assert sweep("-p", "width=1:9", "-o", "found.parquet") == 2
    assert "pip install pyarrow" in capsys.readouterr().err
    assert not (net / "found.parquet").exists()


def test_parquet_reads_back_with_columns_of_one_type(net, capsys):
    import pyarrow.parquet

    assert sweep("-p", "width=0:16:8", "-p", "depth=1,none", "-o", "found.parquet") == 0
    table = pyarrow.parquet.read_table(net / "found.parquet")
    columns = table.to_pydict()
    assert columns["width"] == [0, 0, 8, 8, 16, 16]
    assert columns["depth"] == [1, None] * 3
    assert columns["params"] == [None, None, 38 * 8 + 10, None, 38 * 16 + 10, None]
    assert table.schema.field("params").type == pyarrow.int64()
    assert table.schema.field("message").type == pyarrow.string()


def test_parquet_by_polars(net, capsys, monkeypatch):
    """What polars is given; it is too large to be installed for this alone."""

    class Frame:
        def __init__(self, columns, strict):
            self.columns = columns

        def write_parquet(self, out):
            out.write(repr(self.columns["width"]).encode())

    module = ModuleType("polars")
    module.DataFrame = Frame
    monkeypatch.setitem(sys.modules, "polars", module)
    known = "polars"
    monkeypatch.setattr("archdsl.sweeps.documents.find_spec", lambda n: n if n == known else None)
    assert sweep("-p", "width=8,16", "-o", "found.parquet") == 0
    assert (net / "found.parquet").read_bytes() == b"[8, 16]"


@pytest.mark.parametrize("flags", [["-o", "a.xls"], ["-o", "a"], ["--plot", "a.png"]])
def test_other_endings_are_refused(net, capsys, flags):
    assert sweep("-p", "width=1", *flags) == 2
    assert capsys.readouterr().out == ""


def test_nothing_that_can_be_built_is_a_failure(net, capsys):
    assert sweep("-p", "width=0,-1") == 1
    assert "no variant can be built" in capsys.readouterr().err


def test_a_plot_has_a_dot_for_each_variant(net, capsys):
    words = ["-p", "width=0:16:4", "-p", "depth=1:3", "--pareto", "macs,depth:max"]
    assert sweep(*words, "--plot", "a.svg") == 0
    drawing = ET.fromstring((net / "a.svg").read_text(encoding="utf-8"))
    circles = drawing.findall(f"{SVG}circle")
    assert len(circles) == 12
    assert len([c for c in circles if c.get("fill") == "#0072b2"]) == 3  # the narrowest of each
    _, _, width, height = map(float, drawing.get("viewBox").split())
    assert all(0 < float(c.get("cx")) < width and 0 < float(c.get("cy")) < height for c in circles)
    titles = [c.find(f"{SVG}title").text for c in circles]
    assert "width=4, depth=1: params 162, macs 110,632" in titles
    first = (net / "a.svg").read_bytes()
    sweep(*words, "--plot", "a.svg")
    assert (net / "a.svg").read_bytes() == first


def test_a_plot_of_one_variant(net, capsys):
    assert sweep("-p", "width=8", "--plot", "a.svg") == 0
    assert len(ET.fromstring((net / "a.svg").read_text()).findall(f"{SVG}circle")) == 1


def test_nothing_to_plot(net, capsys):
    assert sweep("-p", "width=8", "--where", "params < 0", "--plot", "a.svg") == 2
    assert "nothing to plot" in capsys.readouterr().err


# --- the file for what there is so far --------------------------------------------------------


@pytest.mark.parametrize("text", ["mine\n", "{}\n", '{"sweep": "my notes"}\n[0, null]\n', "[]"])
def test_a_foreign_file_beside_the_result_is_spared(net, capsys, text):
    part = net / "s.csv.part"
    part.write_text(text)
    assert sweep("-p", "width=1,2", "-o", "s.csv") == 2
    assert "s.csv.part, in which a sweep keeps what it tried" in capsys.readouterr().err
    assert part.read_text() == text and not (net / "s.csv").exists()
    assert sweep("-p", "width=1,2", "-o", "s.csv", "--force") == 0
    assert not part.exists()


def test_what_is_no_file_beside_the_result_is_spared(net):
    os.mkfifo(net / "s.csv.part")
    assert sweep("-p", "width=1,2", "-o", "s.csv") == 2
    assert (net / "s.csv.part").is_fifo()


def test_a_spec_beside_the_result_is_spared(net, capsys):
    (net / "net.arch").rename(net / "s.csv.part")
    (net / "net.arch").symlink_to("s.csv.part")
    assert sweep("-p", "width=1,2", "-o", "s.csv", "--force") == 2
    assert (net / "net.arch").read_text() == SPEC


def test_one_file_cannot_hold_result_and_plot(net, capsys):
    assert sweep("-p", "width=1,2", "-o", "s.txt", "--plot", "./s.svg") == 0
    assert main(["sweep", "net.arch", "-p", "width=1,2", "-o", "s.txt", "--plot", "s.txt"]) == 2


ODD = [
    "5", '["a", null]', '[0, {"a": 1}]', "[0]", "[true, null]", "[-1, null]", "[9, null]", "null",
    '[1, {"number": 0, "parameters": {"width": 1}, "figures": {}}]', '[2, {"number": 2, "para',
    '[1, {"number": 1, "parameters": {"width": 2}, "figures": {"params": 86}}]',
]  # fmt: skip


@pytest.mark.parametrize("line", ODD)
def test_a_line_that_no_sweep_wrote_is_passed_over(net, capsys, monkeypatch, line):
    words = ["-p", "width=1:3", "-o", "s.csv"]
    monkeypatch.setattr("archdsl.cli.sweep._deliver", lambda *_: None)
    assert sweep(*words) == 0  # all is kept, nothing written
    part = net / "s.csv.part"
    head, *rows = part.read_text().splitlines()
    assert len(rows) == 3
    part.write_text("\n".join([head, rows[0], line, rows[2]]) + "\n")
    monkeypatch.undo()
    monkeypatch.chdir(net)
    assert sweep(*words) == 0
    table = (net / "s.csv").read_text().splitlines()[1:]
    assert [int(row.split(",")[1]) for row in table] == [38 * w + 10 for w in (1, 2, 3)]


MANY = ["--jobs", "2", "-p", "width=1:600", "-p", "depth=1", "-o", "all.csv"]
posix = pytest.mark.skipif(os.name != "posix", reason="signals to a group of processes")


def begun(net):
    """A sweep of a hundred variants or more so far, in a group of processes of its own."""
    started = subprocess.Popen(
        [sys.executable, "-m", "archdsl.cli", "sweep", "net.arch", *MANY],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(kept(net)) < 100:
        time.sleep(0.02)
    return started


def kept(net):
    part = net / "all.csv.part"
    return part.read_text(encoding="utf-8").splitlines()[1:] if part.exists() else []


def gone_on(net):
    """The same command once more: it ends, and has every variant."""
    words = [sys.executable, "-m", "archdsl.cli", "sweep", "net.arch", *MANY]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "600 variants of Net: 600 built\n")
    rows = (net / "all.csv").read_text(encoding="utf-8").splitlines()
    # 27·w + w weights of the convolution, 10·w + 10 of the layer behind it
    assert [int(r.split(",")[2]) for r in rows[1:]] == [38 * w + 10 for w in range(1, 601)]
    assert kept(net) == []


@posix
def test_interrupted_it_keeps_what_it_has_and_goes_on(net):
    started = begun(net)
    os.killpg(started.pid, signal.SIGINT)
    _, told = started.communicate(timeout=60)
    assert started.returncode == 130
    assert told.startswith("archdsl: interrupted: ") and told.count("\n") == 1
    assert not (net / "all.csv").exists()
    assert 100 <= len(kept(net)) < 600
    assert f"{len(kept(net)):,} of 600" in told
    gone_on(net)


@pytest.mark.one_in(2)
@posix
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_killed_it_leaves_what_it_has_and_no_process(net, how):
    started = begun(net)
    os.kill(started.pid, how)
    started.communicate(timeout=60)  # its pipe is open as long as one of its processes lives
    assert started.returncode == -how
    assert 100 <= len(kept(net)) < 600
    gone_on(net)
