/**
 * Undo within the painter: what each step changed, until the mask is applied or given up. The oldest steps are forgotten where
 * they would fill the memory.
 *
 * @typedef {{readonly rect: import("./raster.js").Rect, readonly before: Uint8Array, readonly after: Uint8Array}} Patch
 */

const MOST_BYTES = 256 << 20;

export class PaintHistory {
  constructor() {
    /** @type {Patch[]} */
    this.done = [];
    /** @type {Patch[]} */
    this.undone = [];
    this._bytes = 0;
  }

  /** @param {Patch} patch */
  add(patch) {
    this.undone = [];
    this.done.push(patch);
    this._bytes = this.done.reduce((sum, { before }) => sum + 2 * before.length, 0);
    while (this._bytes > MOST_BYTES && this.done.length > 1) this._bytes -= 2 * (this.done.shift()?.before.length ?? 0);
  }

  /** @param {import("./raster.js").Raster} raster @returns {Patch["rect"] | null}  what changed */
  undo(raster) {
    const patch = this.done.pop();
    if (patch === undefined) return null;
    this.undone.push(patch);
    raster.put(patch.rect, patch.before);
    return patch.rect;
  }

  /** @param {import("./raster.js").Raster} raster @returns {Patch["rect"] | null} */
  redo(raster) {
    const patch = this.undone.pop();
    if (patch === undefined) return null;
    this.done.push(patch);
    raster.put(patch.rect, patch.after);
    return patch.rect;
  }
}
