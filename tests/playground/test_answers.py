"""What the page is answered, asked as it asks: JSON in, JSON out."""

import json

import pytest

from archdsl import driver, load
from archdsl.playground.answers import answer
from archdsl.playground.desk import Units

SMALL = "network small:\n    input 3x8x8\n    c = conv(4, 3)\n    flatten -> linear(10)\n"
MISTAKE = "network small:\n    input 3x8x8\n    add(conv(4, 3, padding=1), identity)\n"


def ask(kind, text, **more):
    return json.loads(answer(json.dumps({"ask": kind, "text": text, **more}).encode()))


def test_a_sound_text_is_read_with_its_shapes_and_figures():
    answer = ask("read", SMALL)
    assert answer["sound"] and answer["networks"] == ["small"] and answer["network"] == "small"
    # 3·4·9 + 4 and 144·10 + 10 parameters; 6·6·4·27 + 1440 multiply-adds
    assert answer["figures"] == ["3x8x8 → 10", "1,562 params", "5.33K MACs"]
    shapes = {h["at"]: h["text"] for h in answer["hints"] if h["kind"] == "shape"}
    assert shapes[SMALL.index("\n    flatten")] == "4x6x6"


def test_a_mistake_has_its_place_its_branches_and_its_remedy():
    answer = ask("read", MISTAKE)
    (finding,) = answer["findings"]
    assert not answer["sound"] and finding["code"] == "E0301" and finding["line"] == 3
    start, end = finding["place"]
    assert MISTAKE[start:end] == "add(conv(4, 3, padding=1), identity)"
    branches = [MISTAKE[slice(*one["place"])] for one in finding["related"]]
    assert branches == ["conv(4, 3, padding=1)", "identity"]


def test_a_remedy_is_an_edit_of_the_text():
    text = SMALL.replace("flatten", "flaten")
    (finding,) = ask("check", text)["findings"]
    (remedy,) = finding["remedies"]
    (change,) = remedy["changes"]
    start, end = change["place"]
    assert text[:start] + change["text"] + text[end:] == SMALL


@pytest.mark.parametrize(
    "text", ["", "relu\n", "network (\n", "block b:\n    relu\n", "\ufeff", "𝕊"]
)
def test_a_text_without_a_network_has_an_answer_to_everything(text):
    assert not ask("read", text)["sound"]
    assert "findings" in ask("check", text)
    assert "text" in ask("format", text)
    for kind in ("draw", "audit", "emit"):
        assert ask(kind, text)["refused"] and not ask(kind, text)["fault"]
    assert "items" in ask("complete", text, at=len(text) * 2) and "text" in ask("hover", text, at=0)


def test_places_are_counted_as_javascript_counts_them():
    text = SMALL.replace("small:\n", 'small:\n    """𝕊𝕊"""\n').replace("flatten", "flaten")
    (finding,) = ask("read", text)["findings"]
    units = text.encode("utf-16-le")
    start, end = finding["place"]
    assert units[2 * start : 2 * end].decode("utf-16-le") == "flaten"
    hovered = ask("hover", text, at=len(text[: text.index("conv")].encode("utf-16-le")) // 2 + 1)
    assert hovered["text"].startswith("```arch\nconv(")


@pytest.mark.parametrize("text", ["", "abc", "a𝕊b", "𝕊𝕊", "é\n𝕊x"])
def test_units_and_characters_are_turned_into_one_another(text):
    units = Units(text)
    for offset in range(len(text) + 1):
        place = len(text[:offset].encode("utf-16-le")) // 2
        assert units.of(offset) == place and units.offset(place) == offset
    assert units.offset(-5) == 0 and units.offset(10_000) == len(text)


def test_the_picture_says_where_its_boxes_come_from():
    answer = ask("draw", SMALL)
    assert answer["picture"].startswith("<?xml") and "<title>small</title>" in answer["picture"]
    assert SMALL[slice(*answer["places"]["c"])] == "conv(4, 3)"
    assert "<!doctype html>" in ask("draw", SMALL, format="html")["picture"]
    dark = ask("draw", SMALL, theme="dark")["picture"]
    assert dark != answer["picture"]


def test_blocks_are_opened_as_deep_as_is_asked():
    text = driver.source_of("resnet18")
    closed, opened = (
        ask("draw", text, network="resnet18", depth=depth)["picture"] for depth in (0, -1)
    )
    assert "layer4.1.conv1" not in closed and "layer4.1.conv1" in opened
    assert ask("audit", text)["deepest"] == 4  # layer2, a block, its projection, that one's layers


def test_the_source_is_what_compile_writes():
    text = driver.source_of("lenet5")
    assert ask("emit", text)["text"] == load("lenet5").source()


def test_the_canonical_layout_is_that_of_fmt():
    text = SMALL.replace("conv(4, 3)", "conv( 4,3 )")
    assert ask("format", text)["text"] == SMALL
    assert ask("format", MISTAKE + "  (")["text"] == MISTAKE + "  ("


def test_the_whole_text_is_checked_too():
    text = SMALL + "\nnetwork other:\n    input 3x8x8\n    conv(4, 9)\n"
    assert ask("read", text, network="small")["findings"] == []
    assert [f["code"] for f in ask("check", text)["findings"]] == ["E0303"]


@pytest.mark.parametrize("network", ["resnet18", "resnet50", "deeplabv3_resnet50", "swin_v2_t"])
def test_the_catalogue_is_sound_here_with_what_it_imports(network):
    answer = ask("read", driver.source_of(network), network=network)
    assert answer["sound"] and answer["network"] == network and answer["findings"] == []
    assert f"{load(network).params:,} params" in answer["figures"]


def test_a_broken_promise_is_told_and_the_picture_goes_on():
    text = SMALL + "    expect params < 1000\n"
    for _ in range(2):  # the whole text is checked in between
        answer = ask("read", text)
        assert answer["sound"] and [f["code"] for f in answer["findings"]] == ["E0701"]
        assert "picture" in ask("draw", text)
        assert [f["code"] for f in ask("check", text)["findings"]] == ["E0701"]


def test_nothing_but_the_catalogue_is_imported(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.arch").write_text("block own:\n    relu\n")
    for path in ("own.arch", str(tmp_path / "own.arch"), "../README.md"):
        text = f'from "{path}" import own\nnetwork n:\n    input 3x8x8\n    own\n'
        assert not ask("read", text)["sound"], path


@pytest.mark.parametrize("message", [b"", b"{", b'{"ask": "run"}', b'{"ask": "read"}', b"[]"])
def test_a_message_that_is_none_is_refused(message):
    assert json.loads(answer(message))["refused"]


def test_a_fault_is_told_and_not_thrown(monkeypatch):
    monkeypatch.setattr("archdsl.playground.answers.draw", lambda *_, **__: 1 / 0)
    answer = ask("draw", SMALL)
    assert answer["fault"] and answer["refused"].startswith("ZeroDivisionError")


def test_a_proposal_fills_the_arguments_that_are_needed():
    items = ask("complete", SMALL + "    ", at=len(SMALL) + 4)["items"]
    conv = next(item for item in items if item["label"] == "conv")
    assert conv["snippet"] and conv["insert"].startswith("conv(${1:channels}")
