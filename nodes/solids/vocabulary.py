"""What the world of solids is made of, as data: shapes, colours, sizes, grounds, relations, and the
words for them.

The first word of each tuple is the canonical one. Albedos are linear RGB, 0–1.
"""

from typing import Final

SHAPES: Final[dict[str, tuple[str, ...]]] = {
    "cube": ("cube", "box", "block"),
    "sphere": ("sphere", "ball"),
    "cone": ("cone",),
    "cylinder": ("cylinder", "tube"),
    "diamond": ("diamond", "gem"),
    "ring": ("ring", "donut", "torus"),
}

COLOURS: Final[dict[str, tuple[str, ...]]] = {
    "red": ("red",),
    "orange": ("orange",),
    "yellow": ("yellow",),
    "green": ("green",),
    "cyan": ("cyan", "turquoise"),
    "blue": ("blue",),
    "purple": ("purple", "violet"),
    "pink": ("pink",),
    "white": ("white",),
    "black": ("black",),
}

ALBEDOS: Final[dict[str, tuple[float, float, float]]] = {
    "red": (0.76, 0.020, 0.024),
    "orange": (0.92, 0.215, 0.010),
    "yellow": (0.93, 0.640, 0.022),
    "green": (0.035, 0.370, 0.060),
    "cyan": (0.045, 0.600, 0.620),
    "blue": (0.022, 0.090, 0.700),
    "purple": (0.215, 0.028, 0.520),
    "pink": (0.960, 0.200, 0.420),
    "white": (0.88, 0.88, 0.88),
    "black": (0.018, 0.018, 0.020),
}

SIZES: Final[dict[str, tuple[str, ...]]] = {"small": ("small", "little", "tiny"), "large": ("large", "big")}
SCALES: Final[dict[str, float]] = {"small": 0.72, "large": 1.0}

# Ground: near and far linear colour of the floor; all muted and mid-bright, so that every solid stands out.
GROUNDS: Final[dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]]] = {
    "sand": ((0.50, 0.365, 0.225), (0.66, 0.545, 0.400)),
    "stone": ((0.245, 0.250, 0.262), (0.420, 0.425, 0.435)),
    "moss": ((0.185, 0.235, 0.140), (0.360, 0.415, 0.270)),
    "ice": ((0.330, 0.430, 0.520), (0.560, 0.650, 0.710)),
    "clay": ((0.345, 0.190, 0.150), (0.540, 0.370, 0.310)),
}

# Each relation with its phrases; "A left of B" means that A is on the left in the picture.
RELATIONS: Final[dict[str, tuple[str, ...]]] = {
    "left": ("left of", "to the left of"),
    "right": ("right of", "to the right of"),
    "front": ("in front of",),
    "behind": ("behind",),
}
OPPOSITES: Final[dict[str, str]] = {"left": "right", "right": "left", "front": "behind", "behind": "front"}

COUNTS: Final[dict[int, str]] = {1: "one", 2: "two", 3: "three"}

# Words that captions use between the others; they carry no fact.
GLUE: Final[tuple[str, ...]] = (
    *(
        "a",
        "an",
        "the",
        "and",
        "on",
        "next",
        "to",
        "of",
        "in",
        "with",
        "beside",
        "object",
        "objects",
        "solids",
    ),
    *("picture", "photo", "render", "there", "is", "are", "stands", "ground", "at", "solid"),
)
