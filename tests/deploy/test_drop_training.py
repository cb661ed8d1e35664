"""What only training needs is gone from the deploy form."""

from deploying import changes, deployed, difference, network, steps

HEADS = """
block head(classes):
    global_avg_pool -> flatten
    linear(classes)

network Net(classes=10):
    input 3x8x8
    c1 = conv(6, 3) -> relu
    layer only = conv(4, 1)
    side = conv(5, 1)
    c1
    aux early(weight=0.3) = head(classes)
    conv(6, 3) -> spatial_dropout(0.5) -> drop_path(0.2)
    flatten -> dropout(0.3)
    linear(classes)
    init conv: kaiming_normal
    expect params > 0
"""
CLASSIFIER = """
network Net():
    input 20
    classifier = dropout -> linear(8) -> relu -> dropout(0.2) -> linear(3)
"""


def plain(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "only" not in line)


def test_heads_and_dropouts_go() -> None:
    deployment = deployed(plain(HEADS))
    assert deployment.program.heads == () and deployment.program.inits == ()
    assert not {"dropout", "spatial_dropout", "drop_path"} & set(steps(deployment).values())
    assert not [path for path in steps(deployment) if path.startswith("early")]
    assert changes(deployment, "drop_training")["early"] == "only training runs it"


def test_a_head_that_is_a_chain_goes_whole() -> None:
    text = plain(HEADS).replace("= head(classes)", "= conv(4, 1) -> head(classes)")
    assert not [path for path in steps(deployed(text)) if path.startswith("early")]
    assert difference(network(text)) < 1e-9


def test_what_a_step_costs_though_nothing_reads_it_stays() -> None:
    assert "side" in steps(deployed(plain(HEADS)))


def test_results_are_the_same() -> None:
    assert difference(network(plain(HEADS))) < 1e-9


def test_a_sequence_is_numbered_anew_and_its_weights_follow() -> None:
    deployment = deployed(CLASSIFIER)
    assert list(steps(deployment)) == ["classifier.0", "classifier.1", "classifier.2"]
    assert difference(network(CLASSIFIER)) < 1e-9


def test_a_block_of_dropout_alone_goes_altogether() -> None:
    text = "network Net():\n    input 20\n    drop = dropout -> dropout\n    linear(3)\n"
    assert list(steps(deployed(text)).values()) == ["linear"]
    assert difference(network(text)) < 1e-9
