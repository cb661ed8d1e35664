"""The spec in the address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdsl import driver
from archdsl.playground.address import NoSpec, decode, encode


@given(st.text(), st.from_regex(r"[a-z_]{0,8}", fullmatch=True))
def test_what_was_encoded_comes_back(text: str, network: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert decode(f"#{encode(text, network)}") == (text, network)


def test_a_catalogue_network_is_a_link_that_can_be_sent() -> None:
    fragment = encode(driver.source_of("resnet18"))
    assert len(fragment) < 600 and fragment.replace("=", "").replace("-", "").isascii()


@pytest.mark.parametrize("fragment", ["", "#", "#spec=", "#spec=%00", "#spec=AAAA", "#name=x"])
def test_what_holds_no_spec_says_so(fragment: str) -> None:
    with pytest.raises(NoSpec):
        decode(fragment)


def test_a_cut_address_and_a_huge_spec_are_refused() -> None:
    with pytest.raises(NoSpec):
        decode(encode("network n:\n    input 3\n" * 3)[:-6])
    with pytest.raises(NoSpec, match="too large"):
        decode(encode("a" * 2_000_000))
