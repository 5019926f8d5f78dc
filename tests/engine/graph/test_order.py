"""The order of a graph's nodes, held against what networkx says of the same graph."""

import networkx
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.order import in_order

IDS = "abcdefgh"
sources_of = st.dictionaries(
    st.sampled_from(IDS), st.lists(st.sampled_from(IDS), unique=True, max_size=3).map(tuple), max_size=len(IDS)
)


@given(sources_of)
def test_each_id_comes_after_its_sources_and_none_is_lost_but_on_or_behind_a_cycle(sources):
    order = in_order(sources)
    done = set()
    for node in order:
        assert done.issuperset(source for source in sources[node] if source in sources)
        done.add(node)
    graph = networkx.DiGraph([(source, node) for node in sources for source in sources[node] if source in sources])
    rounds = [part for part in networkx.strongly_connected_components(graph) if len(part) > 1]
    cyclic = set().union(*rounds, networkx.nodes_with_selfloops(graph))
    behind = cyclic.union(*(networkx.descendants(graph, node) for node in cyclic))
    assert len(order) == len(done)
    assert done == sources.keys() - behind


@given(sources_of)
def test_what_is_in_order_already_stays_as_it_is(sources):
    order = in_order(sources)
    assert in_order({node: sources[node] for node in order}) == order


def test_an_id_before_its_sources_follows_the_last_of_them_at_once():
    assert in_order({"a": ("c", "b"), "b": (), "d": ("a",), "c": ("elsewhere",), "e": ()}) == ["b", "c", "a", "d", "e"]
