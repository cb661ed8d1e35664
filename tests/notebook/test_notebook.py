"""What a notebook shows of networks and reports, and of mistakes."""

import builtins

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

import archdsl
from archdsl.backends.figure import GraphvizMissing
from archdsl.backends.figure import layout as figures

SMALL = """\
network small(classes=10):
    input 3x32x32
    conv(16, 3) -> relu
    flatten
    linear(classes)
"""
BROKEN = "network Broken:\n    input 3x32x32\n    conv(8, kernal_size=3)\n"


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """A session with `%load_ext archdsl` behind it, without history or colours."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    before = vars(builtins).copy()
    InteractiveShell.clear_instance()
    config = Config(
        HistoryManager={"enabled": False},
        InteractiveShell={"colors": "nocolor", "xmode": "Context"},
    )
    made = InteractiveShell.instance(config=config)
    made.run_line_magic("load_ext", "archdsl")
    yield made
    InteractiveShell.clear_instance()
    for name in vars(builtins).keys() - before.keys():
        delattr(builtins, name)


def run(shell, text):
    with capture_output() as told:
        result = shell.run_cell(text)
    return result, told


def test_a_cell_becomes_a_network_with_its_diagram_and_its_audit(shell):
    result, told = run(shell, f"%%arch mine -p classes=7\n{SMALL}")
    assert result.success
    assert shell.user_ns["mine"].output == (7,)
    shown = [set(output.data) for output in told.outputs]
    assert shown == [{"image/svg+xml", "text/plain"}, {"text/html", "text/plain"}]
    assert told.outputs[0].data["image/svg+xml"].lstrip().startswith(("<?xml", "<svg", "<!--"))


def test_one_of_the_two_alone(shell):
    _, told = run(shell, f"%%arch --only audit\n{SMALL}")
    assert [set(output.data) for output in told.outputs] == [{"text/html", "text/plain"}]
    assert "net" in shell.user_ns


def test_warnings_stand_above_the_diagram(shell):
    spec = "network warned:\n    input 3x32x32\n    conv(16, 3, stride=5)\n    relu -> relu\n"
    _, told = run(shell, f"%%arch\n{spec}")
    assert "warning[W" in told.stdout


def test_a_mistake_shows_its_diagnostic_alone(shell):
    result, told = run(shell, f"%%arch\n{BROKEN}")
    assert isinstance(result.error_in_exec, archdsl.SpecError)
    assert "did you mean `kernel_size`?" in told.stdout
    assert ":4:13" in told.stdout  # the fourth line of the cell, its magic counted
    assert "Traceback" not in told.stdout and "archdsl/driver" not in told.stdout


def test_an_unknown_network_shows_one_sentence(shell):
    _, told = run(shell, "import archdsl; archdsl.load('resnet19')")
    (line,) = told.stdout.strip().splitlines()
    assert line.startswith("Misuse: there is no file")


@pytest.mark.parametrize("line", ["2nd", "net -p classes"])
def test_a_magic_that_cannot_be_read_is_told_in_a_line(shell, line):
    _, told = run(shell, f"%%arch {line}\n{SMALL}")
    assert "UsageError" in told.stdout + told.stderr
    assert "net" not in shell.user_ns


def test_a_network_shows_its_page_where_nothing_lays_it_out(monkeypatch):
    def missing(*_):
        raise GraphvizMissing("none here")

    monkeypatch.setattr(figures, "laid_out", missing)
    shown = archdsl.loads(SMALL)._repr_mimebundle_()
    assert set(shown) == {"text/html", "text/plain"}
    assert shown["text/html"] == "<p>none here</p>"


def test_reports_are_a_line_each():
    net = archdsl.loads(SMALL)
    sweep = archdsl.sweep("lenet5", {"classes": [5, 10]}, jobs=1)
    for value in (net, net.audit(), net.diff(net), net.sizes(), sweep):
        assert "\n" not in repr(value) and len(repr(value)) < 120
    assert repr(net.audit()) == "Report(small: 144,458 params, 532,800 MACs, 4 layers)"


def test_warnings_print_as_text():
    spec = "network warned:\n    input 3x32x32\n    conv(16, 3)\n    relu -> relu\n"
    found = archdsl.loads(spec).lint()
    assert str(found).startswith("warning[W") and str(found) == repr(found)
    assert str(archdsl.loads(SMALL).lint()) == "no warnings"


def test_the_public_names_are_listed():
    assert dir(archdsl) == sorted([*archdsl.__all__, "parallel"])
