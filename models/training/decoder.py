"""Train the VAE's decoder further on the latents that the denoiser lives in; the encoder stays, so they stay valid.

    python -m models.training.decoder --hours 0.2

A little noise on the latents stands for what sampling gets wrong. The result is kept only where it is better.
"""

import argparse
import time
from typing import Final

import numpy as np
import torch

from models.training import checkpoint
from models.training.common import add_clock, ending, log
from models.training.latents import NORMALISED, frozen_vae, latents
from models.training.render import load_pictures
from models.training.vae import cosine, descend, picture_loss, psnr, to_model

PEAK: Final = 8e-4
BATCH: Final = 4
NOISE: Final = 0.04


def train(end: float) -> None:
    """Train until `end` (seconds since the epoch), then keep the decoder if its pictures are closer."""
    torch.manual_seed(2)
    vae = frozen_vae()
    before = psnr(vae)
    vae = vae.to(memory_format=torch.channels_last)
    encoded = latents(1)
    pictures = load_pictures(len(encoded))
    learned = [*vae.decoder.parameters(), *vae.post_quant_conv.parameters()]
    optimizer = torch.optim.Adam(learned, lr=PEAK, betas=(0.9, 0.99))
    log(f"{len(encoded)} pictures, PSNR {before:.2f} dB")
    begin = time.time()
    recent: list[float] = []
    while (now := time.time()) < end:
        chosen = np.random.default_rng(int(now * 1e6)).integers(len(encoded), size=BATCH)
        rate = cosine(PEAK, (now - begin) / (end - begin))
        inside = encoded[torch.from_numpy(chosen)]
        made = vae.decode(inside + NOISE * torch.randn_like(inside)).sample
        recent.append(descend(optimizer, picture_loss(made, to_model(pictures[chosen])), rate))
        if len(recent) % 100 == 0:
            pace = BATCH * len(recent) / (time.time() - begin)
            log(f"step {len(recent)} loss {np.mean(recent[-100:]):.4f} {pace:.0f}/s")
    after = psnr(vae)
    log(f"PSNR {before:.2f} → {after:.2f} dB")
    if after > before:
        checkpoint.save(NORMALISED, {"vae": vae}, optimizer, {"step": len(recent)})


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_clock(parser)
    options = parser.parse_args()
    train(ending(options.until, options.hours))


if __name__ == "__main__":
    main()
