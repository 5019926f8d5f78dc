/**
 * Files dropped on the canvas: a workflow, or a picture that carries one, opens in a new tab; a plain picture becomes a
 * LoadImage there.
 */

import { Interaction } from "./interaction.js";

/** What a picture of the gallery is dragged as. */
const PICTURE = "application/x-latentloom-picture";

export class DropFiles extends Interaction {
  /** @override @param {AbortSignal} signal */
  listen(signal) {
    const { root } = this.stage;
    root.addEventListener("dragover", (event) => this.#over(event), { signal });
    root.addEventListener("dragleave", () => root.classList.remove("drop-over"), { signal });
    root.addEventListener("drop", (event) => this.#drop(event), { signal });
  }

  /** @param {DragEvent} event */
  #over(event) {
    if (!event.dataTransfer?.types.some((type) => type === "Files" || type === PICTURE)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    this.stage.root.classList.add("drop-over");
  }

  /** @param {DragEvent} event */
  #drop(event) {
    const { stage } = this;
    stage.root.classList.remove("drop-over");
    const data = event.dataTransfer?.getData(PICTURE);
    if (data) {
      event.preventDefault();
      return void stage.app.commands.run("picture.place", { data, at: stage.world(event) });
    }
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    void stage.app.openFiles(files, stage.world(event));
  }
}
