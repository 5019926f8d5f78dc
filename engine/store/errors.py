"""What can be wrong with files: each ends in a sentence, and has the code that a fault of it bears.

LoomError
└── StoreError
    ├── WeightsError         a model's file is cut short, malformed or not what its name says
    ├── UnknownModelError    no model of that name or fingerprint
    ├── UnsafeModelError     there is one, in a format that can run code
    ├── AssetError           a file or folder that a workflow names is not there, or another one
    └── PictureError         a picture can't be read or written
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
