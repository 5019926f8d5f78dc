"""A tiny CLIP or SigLIP folder with random weights, saved by transformers itself."""

from pathlib import Path
from typing import Any


def save_tiny_clip(kind: str, folder: Path) -> None:
    """Write a model of kind clip or siglip: pictures of 32 × 32, texts of 24 characters."""
    import torch
    from transformers import (
        CLIPConfig,
        CLIPImageProcessorPil,
        CLIPModel,
        SiglipConfig,
        SiglipImageProcessorPil,
        SiglipModel,
    )

    tokenizer = characters()
    size: dict[str, Any] = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 4}
    text = size | {"num_hidden_layers": 2, "vocab_size": len(tokenizer), "max_position_embeddings": 24}
    ends = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id, "projection_dim": 16}
    vision = size | {"num_hidden_layers": 3, "image_size": 32, "patch_size": 8, "projection_dim": 16}
    model: Any
    with torch.random.fork_rng():
        torch.manual_seed(5)
        if kind == "clip":
            clip_text = text | ends | {"pad_token_id": tokenizer.pad_token_id}
            model = CLIPModel(CLIPConfig(text_config=clip_text, vision_config=vision, projection_dim=16))
            CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=32).save_pretrained(folder)
        else:
            model = SiglipModel(SiglipConfig(text_config=text | {"projection_size": 32}, vision_config=vision))
            SiglipImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    model.eval().save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def characters() -> Any:
    """One token a character: lower-case letters and a few signs, alone and at a word's end."""
    from transformers import CLIPTokenizer

    signs = list("abcdefghijklmnopqrstuvwxyz0123456789,.")
    words = [*signs, *(f"{sign}</w>" for sign in signs), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={word: i for i, word in enumerate(words)}, merges=[], model_max_length=24)
