"""Train a CLIP of the world on pictures and captions, with each caption's twins as hard negatives.

    python -m models.training.clip --name solids-clip --hours 1

Contrast within the batch (Radford et al. 2021) with the twins as further texts (NegCLIP, Yuksekgonul et al. 2023), and
once more each caption against its own twins alone. While it is trained, linear layers read the scene's facts from both
embeddings and from the patches; what they learn passes into the towers, and they are thrown away.
"""

import argparse
import math
from collections.abc import Callable
from typing import Any, Final

import torch
from torch import Tensor, nn
from transformers import CLIPModel

from models.training import facts
from models.training.checkpoint import read_numbers
from models.training.clip_data import Batch, Data, softened, training_chunks
from models.training.clip_model import SHAPES, Shape, folder_of, new_clip, to_clip
from models.training.clip_table import development, share_right
from models.training.common import WORK, add_clock, ending, log
from models.training.loop import WARM_UP, Training
from nodes.solids.vocabulary import COLOURS, SIZES
from nodes.solids.vocabulary import SHAPES as SOLID_SHAPES

PEAK: Final = 1e-3
BATCH: Final = 32
CAPTIONED: Final = 16
"""How many pictures of a batch have captions; texts cost as much as pictures, and are learned sooner."""
KEPT: Final = 32
"""Patches that the vision tower looks at in a picture, until the rate has fallen to half; then all."""
LARGEST_SCALE: Final = math.log(100)
FACTS_WEIGHT: Final = 0.1
PATCH_WEIGHT: Final = 0.5


class Lessons(nn.Module):
    """A CLIP with the layers that read facts from it while it is trained."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.clip: CLIPModel = new_clip(shape)
        self.facts_head = nn.Linear(shape.joint, len(facts.NAMES))
        nn.init.constant_(self.facts_head.bias, -3.0)
        self.patch_heads = nn.ModuleList(nn.Linear(shape.width, 1 + len(t)) for t in (COLOURS, SOLID_SHAPES, SIZES))
        self.size = shape.size

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """Unit embeddings of pictures (B, D) and texts (T, D), and the patches' states (B, P, W)."""
        seen, patches = self.look(to_clip(batch.pictures, self.size), batch.kept)
        read = self.clip.get_text_features(batch.tokens).pooler_output
        return nn.functional.normalize(seen, dim=-1), nn.functional.normalize(read, dim=-1), patches

    def look(self, pixels: Tensor, kept: Tensor | None) -> tuple[Tensor, Tensor]:
        """Embeddings (B, D) and states (B, K, W) of the patches that are kept: what `get_image_features` gives, but of
        a part."""
        tower = self.clip.vision_model
        states = tower.embeddings(pixels)
        if kept is not None:
            places = torch.cat([torch.zeros_like(kept[:, :1]), kept + 1], 1)
            states = states.gather(1, places[:, :, None].expand(-1, -1, states.shape[2]))
        states = tower.encoder(inputs_embeds=tower.pre_layrnorm(states)).last_hidden_state
        return self.clip.visual_projection(tower.post_layernorm(states[:, 0])), states[:, 1:]


def contrast(alike: Tensor, barred: Tensor) -> Tensor:
    """Each of C pictures among T texts, and each of the first C texts, their captions, among the pictures: alike and
    barred (C, T)."""
    count = len(alike)
    scores, own = alike.masked_fill(barred, -math.inf), torch.arange(count)
    return (nn.functional.cross_entropy(scores, own) + nn.functional.cross_entropy(scores[:, :count].T, own)) / 2


def against_twins(alike: Tensor, owner: Tensor) -> Tensor:
    """Each picture's caption among its own twins alone: alike (C, T), owner (T,)."""
    count = len(alike)
    others = owner[None, :] != torch.arange(count)[:, None]
    return nn.functional.cross_entropy(alike.masked_fill(others, -math.inf), torch.arange(count))


def facts_loss(said: Tensor, known: Tensor) -> Tensor:
    """Binary cross-entropy of facts (N, F) where they are known, summed over facts, averaged over N."""
    loss = nn.functional.binary_cross_entropy_with_logits(said, known.clamp(min=0).float(), reduction="none")
    return (loss * (known >= 0)).sum() / len(said)


def loss_of(lessons: nn.Module, batch: Batch) -> Tensor:
    """The training loss of a batch."""
    assert isinstance(lessons, Lessons)
    pictures, texts, patches = lessons(batch)
    scale = lessons.clip.logit_scale.clamp(max=LARGEST_SCALE).exp()
    alike = scale * pictures[: len(batch.barred)] @ texts.T
    large = math.sqrt(pictures.shape[1])
    read = facts_loss(lessons.facts_head(large * pictures), batch.scene_facts)
    read = read + facts_loss(lessons.facts_head(large * texts), batch.text_facts)
    labels = batch.patches if batch.kept is None else batch.patches.gather(2, batch.kept[:, None].expand(-1, 3, -1))
    local = sum(
        nn.functional.cross_entropy(head(patches).flatten(0, 1), labels[:, place].flatten())
        for place, head in enumerate(lessons.patch_heads)
    )
    loss = contrast(alike, batch.barred) + against_twins(alike, batch.owner) + FACTS_WEIGHT * read
    return loss + PATCH_WEIGHT * torch.as_tensor(local)


def optimizer_of(lessons: nn.Module) -> torch.optim.Optimizer:
    """AdamW; vectors (biases, norms, scales) and embeddings are not decayed."""
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in lessons.named_parameters():
        (matrices if parameter.ndim == 2 and "embedding" not in name else others).append(parameter)
    groups = [{"params": matrices, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=PEAK, betas=(0.9, 0.99))


def from_shipped(name: str) -> Callable[[nn.Module], dict[str, Any]]:
    """What fills the towers with the weights that ship; the facts' layers begin anew."""

    def fill(lessons: nn.Module) -> dict[str, Any]:
        assert isinstance(lessons, Lessons)
        shipped = CLIPModel.from_pretrained(folder_of(name), dtype=torch.float32)
        lessons.clip.load_state_dict(shipped.state_dict())
        return read_numbers(folder_of(name) / "state.json")

    return fill


def new_training(name: str, batches: Callable[[], Batch], measure: Callable[[nn.Module], float]) -> Training:
    """The training of a CLIP, from its last checkpoint, else from what ships, else from nothing."""
    shape = SHAPES[name]
    training = Training(
        WORK / f"{name}.safetensors",
        Lessons(shape),
        lambda lessons: loss_of(lessons, batches()),
        measure,
        PEAK,
        BATCH,
        shape.seed,
        optimizer_of,
    )
    training.resume(from_shipped(name) if (folder_of(name) / "state.json").exists() else None)
    return training


def load_data(shape: Shape, step: int) -> Data:
    """The rendered pictures, drawn from another seed at each start."""
    chunks = training_chunks()
    data = Data(1000 * shape.seed + step, shape.patch, shape.size, chunks, softened(chunks))
    log(f"{len(data.kept)} scenes of {len(chunks) * len(chunks[0])}; the others show pairs that are held out")
    return data


def train(name: str, end: float) -> None:
    """Train until `end` (seconds since the epoch)."""
    shape, cases = SHAPES[name], development()
    data: Data | None = None

    def batches() -> Batch:
        nonlocal data
        data = data or load_data(shape, int(training.state["step"]))
        falling = training.state["step"] > WARM_UP and training.state["rate"] < PEAK / 2
        return data.batch(BATCH, CAPTIONED, None if falling else KEPT)

    def measure(lessons: nn.Module) -> float:
        assert isinstance(lessons, Lessons)
        return share_right(lessons.clip, cases)

    training = new_training(name, batches, measure)
    log(f"{name}: {sum(p.numel() for p in training.model.parameters())} values, from step {training.state['step']}")
    training.run(end)


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", choices=tuple(SHAPES), default="solids-clip")
    add_clock(parser)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    train(options.name, ending(options.until, options.hours))


if __name__ == "__main__":
    main()
