import json

import pytest

import nodes
from nodes.models import identify
from nodes.prompts.vocabulary import FILE, Vocabulary, prompt_notice, vocabulary_from

WORDS = Vocabulary(
    {"shapes": {"ball": ("ball", "sphere")}, "colours": {"red": ("red",)}}, frozenset({"a", "ball", "red"})
)


def test_unknown_words_are_named_once_with_what_is_known():
    assert WORDS.unknown("A Dog, a red dog on 2 balls") == ("dog", "on", "2", "balls")
    assert WORDS.notice("a dog") == "the model does not know 'dog'; it knows shapes: ball; colours: red"
    assert WORDS.notice("a RED ball.") is None


def test_a_vocabulary_survives_its_file():
    assert vocabulary_from(json.loads(json.dumps(WORDS.to_json()))).to_json() == WORDS.to_json()


@pytest.mark.parametrize(
    "document", [None, 3, [], {}, {"words": []}, {"words": [1]}, {"words": ["a"], "kinds": {"x": ["y"]}}, {"a": 0}]
)
def test_what_is_no_vocabulary_is_none(document):
    assert vocabulary_from(document) is None


def test_weights_are_no_words_unless_brackets_are_characters():
    assert prompt_notice(WORDS, "a (red:1.3) BREAK [ball]", "comfy") is None
    assert "'1', '3', 'break'" in str(prompt_notice(WORDS, "a (red:1.3) BREAK [ball]", "off"))
    assert prompt_notice(None, "anything at all", "comfy") is None


@pytest.fixture
def model_with_words(tiny_model, tmp_path):
    folder = tmp_path / "worded"
    folder.mkdir()
    for path in tiny_model().iterdir():
        (folder / path.name).symlink_to(path)
    (folder / FILE).write_text(json.dumps(WORDS.to_json()))
    return folder


def test_a_models_words_are_among_its_facts(model_with_words, tiny_model):
    assert identify(model_with_words)["vocabulary"] == WORDS.to_json()
    assert identify(tiny_model())["vocabulary"] is None
    (model_with_words / FILE).write_text('["another program\'s file"]')
    assert identify(model_with_words)["vocabulary"] is None


def test_a_text_encoder_brings_its_words(model_with_words, tiny_parts):
    from nodes.families.load import load_part

    assert load_part(model_with_words, "text_encoder").vocabulary.words == WORDS.words
    assert tiny_parts()["text_encoder"].vocabulary is None


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        (
            {"encoder": {"name": "m", "vocabulary": WORDS.to_json()}, "text": {"value": "a dog"}},
            "model 'm' does not know",
        ),
        ({"encoder": {"vocabulary": WORDS.to_json()}, "text": {"value": "a dog"}}, "the model does not know 'dog'"),
        ({"encoder": {"name": "m", "vocabulary": WORDS.to_json()}, "text": {"value": "a (red:1.2) ball"}}, None),
        ({"encoder": {"name": "m"}, "text": {"value": "a dog"}}, None),
        ({"encoder": {"name": "m", "vocabulary": WORDS.to_json()}, "text": {}}, None),
    ],
)
def test_a_check_tells_of_unknown_words_where_the_model_says_which_it_knows(inputs, told):
    found = nodes.TextEncode.notices(inputs | {"emphasis": {"value": "comfy"}})
    assert found == {} if told is None else told in found["text"]
