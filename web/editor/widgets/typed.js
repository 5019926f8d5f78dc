/**
 * The text of an area that somebody may be typing in: when it comes from elsewhere (undo, another window), the caret stays
 * at what it was at, and what lies behind the area is scrolled with it.
 */

import { noChange } from "../vendor/lit-html/lit-html.js";
import { Directive, directive } from "../vendor/lit-html/directive.js";
import { movedPlace, replaced } from "../model/merge.js";

class Typed extends Directive {
  /** @override @param {string} text */
  render(text) {
    return text;
  }

  /** @override @param {import("../vendor/lit-html/directive.js").PropertyPart} part @param {[string]} given */
  update(part, [text]) {
    const area = /** @type {HTMLTextAreaElement} */ (part.element);
    if (area.value !== text) write(area, text);
    scrollTogether(area);
    return noChange;
  }
}

export const typed = directive(Typed);

/** @param {HTMLTextAreaElement} area @param {string} text */
function write(area, text) {
  const { value, selectionStart, selectionEnd, selectionDirection } = area;
  area.value = text;
  if (document.activeElement !== area) return;
  const change = replaced(value, text);
  area.setSelectionRange(movedPlace(selectionStart, change), movedPlace(selectionEnd, change), selectionDirection);
}

/** @param {HTMLTextAreaElement} area */
export function scrollTogether(area) {
  const behind = area.parentElement?.querySelector(".text-marks");
  if (behind && behind.scrollTop !== area.scrollTop) behind.scrollTop = area.scrollTop;
}
