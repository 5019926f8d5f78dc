"""What can be wrong with files: each ends in a sentence, and has the code that a fault of it bears.

LoomError
└── StoreError
    ├── WeightsError         a model's file is cut short, malformed or not what its name says
    ├── UnknownModelError    no model of that name or fingerprint
    ├── UnsafeModelError     there is one, in a format that can run code
    ├── AssetError           a file or folder that a workflow names is not there, or another one
    ├── PictureError         a picture can't be read or written
    ├── BundleError          a workflow and its files can't be put into one file, or come in a bad one
    ├── DatabaseError        the server's database can't be used
    │   └── DiskFullError    there is no room for what was to be written
    ├── UnknownRun           no run of that id
    └── Conflict             it can't be done to what there is now
        └── KeyConflict      a client's key was used before, for something else
"""

from typing import ClassVar

from engine.graph.faults import LoomError


class StoreError(LoomError):
    """The root of these errors; `code` is what a fault made of it bears."""

    code: ClassVar[str] = "store"


class WeightsError(StoreError):
    """A safetensors file is cut short or malformed, or is not one."""

    code = "bad_weights"


class UnknownModelError(StoreError):
    """There is no such model in the model folders."""

    code = "unknown_model"


class UnsafeModelError(StoreError):
    """The model is there as a pickle, which is never opened."""

    code = "unsafe_model"


class AssetError(StoreError):
    """A file or folder that a workflow names is not there, lies outside, or has another content."""

    code = "bad_asset"


class PictureError(StoreError):
    """A picture can't be read or written."""

    code = "bad_picture"


class BundleError(StoreError):
    """A bundle can't be made, or what came is none."""

    code = "bad_bundle"


class DatabaseError(StoreError):
    """The server's database can't be opened, read or written."""

    code = "database"


class DiskFullError(DatabaseError):
    """Nothing more can be written; what was acknowledged before is unharmed."""

    code = "disk_full"


class UnknownRun(StoreError):
    """There is no run of that id."""

    code = "unknown_run"


class Conflict(StoreError):
    """The state of a thing does not allow what was asked."""

    code = "conflict"


class KeyConflict(Conflict):
    """A client's own key came again with something else under it."""

    code = "key_conflict"
