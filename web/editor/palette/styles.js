/**
 * A style sheet that is loaded with what it is for, not with the page.
 */

/** @type {Map<string, Promise<void>>} */
const loaded = new Map();

/**
 * @param {string} name  of a file in style/
 * @returns {Promise<void>}  when it holds; a sheet that cannot be loaded holds nothing up
 */
export function styled(name) {
  let found = loaded.get(name);
  if (found === undefined) loaded.set(name, (found = load(name)));
  return found;
}

/** @param {string} name @returns {Promise<void>} */
function load(name) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL(`../style/${name}`, import.meta.url).href;
  return new Promise((done) => {
    link.addEventListener("load", () => done());
    link.addEventListener("error", () => done());
    document.head.append(link);
  });
}
