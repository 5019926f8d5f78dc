"""The node library: the built-in pack.

Importing it imports no torch: what computes is imported where a node runs.
"""

from pathlib import Path

from engine.packs import Pack, data_folder
from nodes.compositing import CompareImages, ImageComposite, ImagePad
from nodes.conditioning import TextEncode
from nodes.crops import CropToMask, StitchCrop
from nodes.hires_fix import HiresFix
from nodes.image_edits import ImageBatch, ImageGrid, ImageResize, ImagesFromBatch, ImageSize
from nodes.image_geometry import ImageCrop, ImageFlip, ImageRotate
from nodes.image_tones import ColorMatch, ImageAdjust, ImageBlend, ImageBlur, ImageSharpen
from nodes.images import LoadImage, LoadImages, Preview, SaveImage
from nodes.inpaint import Inpaint
from nodes.latents import EmptyLatent, LatentResize, VAEDecode, VAEEncode
from nodes.lists import ListItem, ListLength, MakeList, Repeat, SeedList, Switch
from nodes.masks import LoadMask, MaskEdit, MaskFromAlpha, MaskFromColor, MaskFromShapes, SetNoiseMask
from nodes.models import LoadModel, build, identify
from nodes.numbers import Flag, Integer, Math, Number
from nodes.optimize import RewardOptimize
from nodes.paint_regions import PaintRegions
from nodes.ranking import BestOf, ScoreImages
from nodes.regions import CombinePrompts, RegionPrompt
from nodes.reroute import Reroute
from nodes.rewards import (
    BrightnessReward,
    CLIPReward,
    PaletteReward,
    RednessReward,
    RegionReward,
    RewardCombine,
    SymmetryReward,
)
from nodes.sampling import KSampler
from nodes.scenes import RenderScene, ScoreScene
from nodes.texts import Text, TextLines, TextTemplate
from nodes.tiled import TiledSampler
from nodes.types import (
    VAE,
    Conditioning,
    Crop,
    Image,
    Latent,
    Mask,
    Model,
    Noise,
    OptimizeState,
    Reward,
    TextEncoder,
    Upscaler,
)
from nodes.upscaling import LoadUpscaler, Upscale

__all__ = [
    "VAE",
    "BestOf",
    "BrightnessReward",
    "CLIPReward",
    "ColorMatch",
    "CombinePrompts",
    "CompareImages",
    "Conditioning",
    "Crop",
    "CropToMask",
    "EmptyLatent",
    "Flag",
    "HiresFix",
    "Image",
    "ImageAdjust",
    "ImageBatch",
    "ImageBlend",
    "ImageBlur",
    "ImageComposite",
    "ImageCrop",
    "ImageFlip",
    "ImageGrid",
    "ImagePad",
    "ImageResize",
    "ImageRotate",
    "ImageSharpen",
    "ImageSize",
    "ImagesFromBatch",
    "Inpaint",
    "Integer",
    "KSampler",
    "Latent",
    "LatentResize",
    "ListItem",
    "ListLength",
    "LoadImage",
    "LoadImages",
    "LoadMask",
    "LoadModel",
    "LoadUpscaler",
    "MakeList",
    "Mask",
    "MaskEdit",
    "MaskFromAlpha",
    "MaskFromColor",
    "MaskFromShapes",
    "Math",
    "Model",
    "Noise",
    "Number",
    "OptimizeState",
    "PaintRegions",
    "PaletteReward",
    "Preview",
    "RednessReward",
    "RegionPrompt",
    "RegionReward",
    "RenderScene",
    "Repeat",
    "Reroute",
    "Reward",
    "RewardCombine",
    "RewardOptimize",
    "SaveImage",
    "ScoreImages",
    "ScoreScene",
    "SeedList",
    "SetNoiseMask",
    "StitchCrop",
    "Switch",
    "SymmetryReward",
    "Text",
    "TextEncode",
    "TextEncoder",
    "TextLines",
    "TextTemplate",
    "TiledSampler",
    "Upscale",
    "Upscaler",
    "VAEDecode",
    "VAEEncode",
    "pack",
]

pack = Pack(
    models=(data_folder(__file__, "models"),),
    workflows=data_folder(__file__, "workflows"),
    views=Path(__file__).parent / "views",
    identify=identify,
    build=build,
)
