"""What a notebook shows of networks and reports, and of mistakes."""

import builtins
import re
import subprocess
import sys
from base64 import b64decode

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

import archdsl
from archdsl.backends.figure import GraphvizMissing
from archdsl.backends.figure import graphviz_layout as figures

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
    assert shown == [
        {"image/svg+xml", "text/html", "text/plain"},
        {"text/html", "text/plain"},
    ]
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
    assert "<cell>:4:13" in told.stdout  # the fourth line of the cell, its magic counted
    assert "Traceback" not in told.stdout and "archdsl/driver" not in told.stdout


def test_an_unknown_network_shows_one_sentence(shell):
    _, told = run(shell, "import archdsl; archdsl.load('resnet19')")
    (line,) = told.stdout.strip().splitlines()
    assert line.startswith("Misuse: there is no file")


@pytest.mark.parametrize(
    "call, sentence",
    [
        (
            "draw(format='gif')",
            "UnknownFormat: a diagram cannot be drawn as `gif`; choose",
        ),
        ("draw(format='html', theme='dark')", "NotOfFormat: theme is an option of svg"),
        ("draw(theme='drak')", "NoStyle: there is no theme `drak`; did you mean `dark`?"),
        ("draw(font='none.ttf')", "NoFont: none.ttf cannot be read"),
        ("draw('no/such/folder.svg')", "Unwritable: cannot write no/such/folder.svg"),
        ("draw(heat='mac')", "Misuse: `heat` cannot be 'mac'; did you mean `macs`?"),
        ("draw(direction='up')", "Misuse: `direction` cannot be 'up'; choose from TB, LR"),
        ("draw(depth='all')", "Misuse: `depth` cannot be 'all'; choose from auto"),
        ("draw(depth=-1)", "Misuse: `depth` is at least 0, not -1"),
        ("audit(batch=0)", "Misuse: `batch` is at least 1, not 0"),
        ("audit(dtype='float8')", "Misuse: `dtype` cannot be 'float8'; did you mean `float16`?"),
        ("audit(count='ptflops')", "Misuse: `count` cannot be 'ptflops'; choose from torchvision"),
        (
            "audit().to_pandas('rows')",
            "Misuse: `rows` cannot be 'rows'; choose from layers",
        ),
        ("sizes(up_to=0)", "Misuse: `up_to` is at least 1, not 0"),
        ("sizes(vary='y')", "Misuse: `small` has no input `y`"),
        ("diff('resnet18')", "Misuse: a network is compared with a network, such as archdsl.load("),
        ("source('onnx')", "Misuse: `form` cannot be 'onnx'; choose from train, deploy"),
        ("build(weights='none.pt')", "WeightsError: cannot read none.pt"),
        ("verify('resnet18')", "UnknownReference: `resnet18` names no reference"),
    ],
)
def test_a_call_that_cannot_be_done_shows_one_sentence(shell, call, sentence):
    shell.push({"net": archdsl.loads(SMALL)})
    _, told = run(shell, f"net.{call}")
    (line,) = told.stdout.strip().splitlines()
    assert line.startswith(sentence)


WITHOUT_TORCH = """\
import sys
sys.modules["torch"] = None
import archdsl
from archdsl.base.exceptions import Explained
net = archdsl.load("lenet5")
for call in (net.build, lambda: net.verify("timm:x")):
    try:
        call()
    except Explained as error:
        print(error)
"""


def test_torch_that_is_not_installed_is_told_in_a_sentence():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "building a module needs PyTorch: pip install 'archdsl[torch]'",
        "a comparison needs PyTorch: pip install 'archdsl[torch]'",
    ]


def test_several_networks_of_a_cell_are_told_how_to_choose(shell):
    both = f"{SMALL}\n{SMALL.replace('small', 'other')}"
    _, told = run(shell, f"%%arch\n{both}")
    assert "let `network` be one of small, other" in told.stdout
    result, _ = run(shell, f"%%arch --network other\n{both}")
    assert result.success and shell.user_ns["net"].name == "other"


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
    assert repr(net.program) == "Program(small: 4 steps)"
    assert repr(net.audit().layers[0]) == "LayerRow(conv: conv 3x3, 448 params, 388,800 MACs)"
    assert repr(net.sizes().axes[0]) == "Axis(height and width: 32)"


def test_a_comparison_is_a_line_that_prints_as_the_command_does():
    verification = archdsl.load("lenet5").verify(f"{__name__}:lenet5")
    assert repr(verification) == f"Verification(lenet5 against {__name__}:lenet5: the same)"
    assert str(verification) == verification.report() and "✓ outputs" in str(verification)
    assert verification._repr_markdown_() == f"```text\n{verification.report()}\n```\n"


def lenet5():
    """A module with the weights of the catalogue's network."""
    return archdsl.load("lenet5").build()


def test_a_data_frame_without_rows_has_its_columns():
    net = archdsl.loads(SMALL)
    frame = net.diff(net).to_pandas()
    assert len(frame) == 0 and list(frame.columns)[:2] == ["path", "new_path"]


def test_a_diagram_is_an_image_that_any_notebook_shows():
    shown = archdsl.loads(SMALL)._repr_mimebundle_()
    data = re.fullmatch(
        r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="Network\(small.*">', shown["text/html"]
    )
    assert data is not None and b64decode(data[1]).decode() == shown["image/svg+xml"]


def test_warnings_print_as_text():
    spec = "network warned:\n    input 3x32x32\n    conv(16, 3)\n    relu -> relu\n"
    diagnostics = archdsl.loads(spec).lint()
    assert str(diagnostics).startswith("warning[W") and str(diagnostics) == repr(diagnostics)
    assert str(archdsl.loads(SMALL).lint()) == "no warnings"


def test_the_public_names_are_listed():
    assert dir(archdsl) == sorted([*archdsl.__all__, "parallel"])
