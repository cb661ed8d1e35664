"""A notebook in Chromium, in the looks of JupyterLab: a network, reports, a mistake, the magic."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from playwright.sync_api import sync_playwright

from tests.drawing.browsers import program

pytestmark = pytest.mark.browser
CELLS = (
    "import archdsl\nnet = archdsl.load('resnet18')\nnet",
    "net.audit()",
    "archdsl.load('resnet19')",
    "%load_ext archdsl",
    "%%arch small -p classes=7\n"
    "network small(classes=10):\n    input 3x32x32\n    conv(16, 3)\n    flatten\n"
    "    linear(classes)\n",
    "%%arch\nnetwork small:\n    input 3x32x32\n    conv(16, kernal=3)\n",
)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page that the cells make."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    NotebookClient(book, allow_errors=True, timeout=60).execute()
    file = Path(tmp_path_factory.mktemp("notebook")) / "page.html"
    exporter = HTMLExporter(template_name="lab", require_js_url="", mathjax_url="")
    file.write_text(exporter.from_notebook_node(book)[0], encoding="utf-8")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program("chromium"), args=["--no-sandbox"]
        )
        opened = chromium.new_page(viewport={"width": 1280, "height": 900})
        opened.goto(file.as_uri())
        yield opened
        chromium.close()


def output(page, number):
    """What stands below the cell of this number."""
    return page.locator(".jp-Cell").nth(number).locator(".jp-Cell-outputWrapper")


def test_a_network_is_seen(page):
    box = output(page, 0).locator("svg, img").first.bounding_box()
    assert box["width"] > 500 and box["height"] > 800
    assert "Network(" not in output(page, 0).inner_text()


def test_a_report_is_aligned_by_its_own_rules(page):
    def aligned(tag, column):
        cell = output(page, 1).locator(f"tr > {tag}:nth-child({column})").first
        return cell.evaluate("cell => getComputedStyle(cell).textAlign")

    assert [aligned(tag, 1) for tag in ("th", "td")] == ["left", "left"]  # path
    assert [aligned(tag, 4) for tag in ("th", "td")] == ["right", "right"]  # params


def test_mistakes_are_seen_without_a_traceback(page):
    one = output(page, 2).inner_text()
    assert "Misuse: there is no file and no network" in one and "Traceback" not in one
    other = output(page, 5).inner_text()
    assert "did you mean" in other or "it takes" in other
    assert "<cell>:4:14" in other and "Traceback" not in other


def test_the_magic_shows_the_diagram_and_the_audit(page):
    assert output(page, 4).locator("svg, img").count() == 1
    assert output(page, 4).locator("table").count() == 1
