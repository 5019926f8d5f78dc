"""Stars, and what is left of them."""

import sqlite3

import pytest

from engine.store.database import Database
from engine.store.gallery import Gallery
from engine.store.runs.records import Ended, NewRun
from engine.store.runs.store import RunStore
from engine.store.schema import VERSION_1

SHA = "ab" * 32


@pytest.fixture
def database(tmp_path):
    opened = Database(tmp_path / "loom.db")
    yield opened
    opened.close()


def make(database, sha256=SHA):
    """A run that makes one picture."""
    runs = RunStore(database)
    id = runs.submit(NewRun("{}", document="a")).result().id
    attempt = runs.claim("cpu").result().run.attempts
    entry = {"asset": "image.png", "sha256": sha256, "type": "Image", "width": 8, "height": 8, "bytes": 99}
    runs.finish(id, attempt, Ended("succeeded", 1.0, outputs={"image": [entry]})).result()
    return id


def test_a_star_stays_when_the_same_picture_is_made_again(database):
    gallery = Gallery(database)
    make(database)
    assert gallery.star(SHA, True).result()
    again = make(database)
    (row,) = gallery.page(starred=True)
    assert (row.sha256, row.run, row.starred) == (SHA, again, True)


def test_a_star_is_taken_away_and_goes_with_its_picture(database):
    gallery = Gallery(database)
    make(database)
    gallery.star(SHA, True).result()
    gallery.star(SHA, False).result()
    assert gallery.page(starred=True) == []
    gallery.star(SHA, True).result()
    gallery.remove(SHA).result()
    make(database)
    assert not gallery.find(SHA).starred


def test_what_there_is_none_of_gets_no_star(database):
    assert not Gallery(database).star(SHA, True).result()


def test_pictures_are_told_from_other_files(database):
    gallery = Gallery(database)
    make(database)
    gallery.add_upload("cd" * 32, ".csv", "rows.csv", 10).result()
    assert [row.sha256 for row in gallery.page(pictures=True)] == [SHA]
    assert len(gallery.page()) == 2


def test_a_database_from_before_there_were_stars_is_brought_up_to_date(tmp_path):
    path = tmp_path / "loom.db"
    with sqlite3.connect(path) as old:
        old.executescript(f"{VERSION_1}\nPRAGMA user_version=1;")
        row = ("local", SHA, ".png", "result", "image.png", "Image", 9, 8, 8, 1.0)
        columns = "owner, sha256, suffix, kind, name, type, bytes, width, height, created"
        old.execute(f"INSERT INTO asset ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    old.close()
    database = Database(path)
    gallery = Gallery(database)
    assert gallery.star(SHA, True).result()
    assert [row.starred for row in gallery.page()] == [True]
    database.close()
