/**
 * What can be done on the canvas by hand. A first frame needs none of it, so it is loaded beside the page.
 */

import { Below } from "../view/below.js";
import { Floating } from "../view/floating.js";
import { BoxSelect } from "./box.js";
import { handCommands } from "./commands.js";
import { ContextMenu } from "./context.js";
import { DragNodes } from "./drag.js";
import { DropFiles } from "./drop.js";
import { Enter } from "./enter.js";
import { Fields } from "./fields.js";
import { Fingers } from "./fingers.js";
import { Hover } from "./hover.js";
import { Pan } from "./pan.js";
import { Resize } from "./resize.js";
import { Wheel } from "./wheel.js";
import { Wires } from "./wire.js";

/** The interactions in the order in which a press is offered to them. */
const INTERACTIONS = Object.freeze([
  Pan,
  Fingers,
  Wires,
  Resize,
  DragNodes,
  BoxSelect,
  Wheel,
  Hover,
  Enter,
  Fields,
  ContextMenu,
  DropFiles,
]);

/** @param {import("../view/stage.js").Stage} stage */
export function interact(stage) {
  stage.floating = new Floating(stage);
  for (const Kind of INTERACTIONS) new Kind(stage).enable();
  new Below(stage);
  stage.app.commands.add(handCommands);
}
