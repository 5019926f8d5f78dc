import numpy as np
import pytest

from models.training.labels import A_SHEET, differences, labelled, order, rows, sheets
from nodes.solids.prompts import parse
from nodes.solids.scene import Solid


@pytest.mark.parametrize("name", ["development", "held_out"])
def test_two_hundred_pictures_of_every_kind_are_labelled_in_a_fixed_mixed_order(name):
    entries = order(name)
    assert len(entries) == 200
    assert entries == order(name)
    assert {len(entry["solids"]) for entry in entries[:A_SHEET]} == {1, 2, 3}


def test_a_sheet_shows_every_picture_twice_as_large_and_nothing_of_its_prompt():
    pictures = np.random.default_rng(0).integers(0, 256, (A_SHEET + 3, 128, 128, 3), np.uint8)
    first, second = sheets(pictures)
    assert (first.width, first.height) > (5 * 256, 4 * 256)
    corner = np.asarray(second)[8 : 8 + 256, 8 : 8 + 256]
    assert np.array_equal(corner[::2, ::2], pictures[A_SHEET])
    assert np.array_equal(corner[1::2, 1::2], pictures[A_SHEET])


def test_labels_are_read_as_captions_and_unfilled_ones_left_out():
    found = labelled({"0": "a large red cube, blue ball", "1": "", "2": "none"})
    assert list(found) == [0, 2]
    assert found[0] == parse("a large red cube and a blue sphere")
    assert found[2].things == ()


@pytest.mark.parametrize("text", ["a red cbue", "red cube and a ball", "yes", "a dog"])
def test_a_label_that_is_not_sure_to_be_understood_is_refused_with_its_number(text):
    with pytest.raises(ValueError, match="label 7 is"):
        labelled({"7": text})


CUBE, BALL = Solid("red", "cube", "large", -0.5, 0, 0.5), Solid("blue", "sphere", "small", 0.5, 0, 0)


def test_agreement_counts_what_is_there_sizes_places_and_the_verdict_apart():
    texts = ["large red cube left of a small blue ball", "a red cube, a large blue ball", "none", "red cube"]
    labels = labelled({str(number): text for number, text in enumerate(texts)})
    solids = {0: (BALL, CUBE), 1: (CUBE, BALL), 2: (CUBE,), 3: ()}
    prompts = ["red cube, blue ball", "red cube", "red cone", "red cube"]
    asked = {number: parse(prompt) for number, prompt in enumerate(prompts)}
    counted = [line.strip("| ").split(" | ")[:2] for line in rows(labels, solids, asked)]
    assert counted == [
        ["colours and shapes as labelled", "2 of 4"],
        ["sizes as labelled, of these", "1 of 2"],
        ["places as labelled, of these", "1 of 1"],
        ["taken for right or wrong, as by the eye", "3 of 4"],
    ]
    assert list(differences(labels, solids)) == [
        "2: labelled none; read large red cube",
        "3: labelled red cube; read none",
    ]
