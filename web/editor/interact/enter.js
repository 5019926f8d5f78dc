/**
 * Double clicks: on empty ground the search opens, on a use of a sub-workflow it is entered, on a title it is renamed in
 * place.
 */

import { Interaction, choosing, nodeUnder, onControl } from "./interaction.js";

export class Enter extends Interaction {
  /** @override @param {AbortSignal} signal */
  listen(signal) {
    this.stage.root.addEventListener("dblclick", (event) => this.#twice(event), { signal });
  }

  /** @param {MouseEvent} event */
  #twice(event) {
    const { stage } = this;
    if (event.defaultPrevented || choosing.has(stage) || onControl(event)) return;
    const id = nodeUnder(stage, event);
    event.preventDefault();
    if (id === null) return stage.app.view?.openSearch({ at: stage.world(event) });
    const node = stage.tab.level.peek().nodes.get(id);
    if (node?.type.startsWith("workflow:")) stage.app.commands.run("workflow.enter", { id });
    else if (event.target instanceof Element && event.target.closest(".node-title"))
      stage.app.commands.run("node.rename", { id });
    else stage.app.commands.run("view.fitSelection");
  }
}
