"""Files that are put into the folder of inputs while the page is open."""

import shutil
from typing import Any

from PIL import Image
from playwright.sync_api import expect
from workshop import flow

Editor = Any


def faults(editor: Editor) -> Any:
    return editor.page.get_by_role("button", name="1 fault")


def test_a_picture_that_comes_into_the_folder_of_inputs_is_found_and_offered_without_a_reload(editor, home):
    editor.show(flow({"size": ("Measure", {"file": {"asset": "cat.png"}})}, {"out": "size.size"}))
    offer = editor.page.get_by_role("button", name="Inputs…")
    expect(faults(editor)).to_be_visible()
    expect(offer).to_have_count(0)

    (home.inputs / "pets").mkdir(parents=True)
    (home.inputs / "cat.png").write_bytes(b"a cat")
    Image.new("RGB", (30, 20), "brown").save(home.inputs / "pets" / "dog.webp")
    (home.inputs / "notes.txt").write_bytes(b"no picture")
    faults(editor).wait_for(state="detached")
    offer.click()
    options = editor.page.get_by_role("option")
    expect(options).to_contain_text(["cat.png", "pets/dog.webp"])
    editor.page.keyboard.type("dog")
    editor.page.keyboard.press("Enter")
    assert editor.document()["nodes"]["size"]["inputs"]["file"] == {"asset": "pets/dog.webp"}
    shown = editor.page.get_by_role("img", name="pets/dog.webp")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])") == [30, 20]
    assert editor.page.locator("datalist option").evaluate_all("all => all.map((one) => one.value)") == ["pets"]
    assert editor.violations() == []

    shutil.rmtree(home.inputs)
    faults(editor).wait_for()
    offer.wait_for(state="detached")
