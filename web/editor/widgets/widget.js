/**
 * The widget of an input, by its kind. One that the catalogue asks for and that is not known here gets the widget of its
 * type.
 */

import { nothing } from "../vendor/lit-html/lit-html.js";
import { choiceWidget } from "./choice.js";
import { kindOf } from "./kinds.js";
import { numberWidget } from "./number.js";
import { pictureWidget } from "./picture.js";
import { seedWidget } from "./seed.js";
import { colourWidget, flagWidget, folderWidget, lineWidget, textWidget } from "./text.js";

/** @typedef {import("./subject.js").Subject} Subject */

/** @type {Readonly<Record<import("./kinds.js").Kind, (subject: Subject) => unknown>>} */
const WIDGETS = Object.freeze({
  none: () => nothing,
  seed: seedWidget,
  choice: choiceWidget,
  number: numberWidget,
  flag: flagWidget,
  text: textWidget,
  line: lineWidget,
  colour: colourWidget,
  picture: pictureWidget,
  folder: folderWidget,
});

/** @param {Subject} subject */
export function widgetOf(subject) {
  return WIDGETS[kindOf(subject.port)](subject);
}
