/**
 * Where somebody was in each document (level, cameras) is remembered in the browser, apart from the document.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./tab.js").Tab} Tab
 */

const KEY = "latentloom.places";
const LIMIT = 50;

/** Remember all places when the page goes. @param {App} app */
export function keepPlaces(app) {
  addEventListener("pagehide", () => {
    const tabs = app.tabs.peek().filter((tab) => tab.hasCamera);
    const now = tabs.map((tab) => /** @type {const} */ ([tab.key.peek(), tab.whereabouts]));
    const keys = new Set(now.map(([key]) => key));
    const others = read().filter(([key]) => !keys.has(key));
    localStorage.setItem(KEY, JSON.stringify([...others, ...now].slice(-LIMIT)));
  });
}

/** Go back to where one was. @param {Tab} tab */
export function backToPlace(tab) {
  const found = read().find(([key]) => key === tab.key.peek());
  if (found !== undefined) tab.whereabouts = found[1];
}

/** @returns {[string, Tab["whereabouts"]][]} */
function read() {
  try {
    const places = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(places) ? places : [];
  } catch {
    return []; // somebody else wrote there
  }
}
