/**
 * One save of a file at a time, in all windows of a browser; and when it is over, so that what is in the library then is known to be
 * somebody else's or not.
 */

/** Of a page that came unencrypted from another machine: browsers give it no locks, so it only waits for itself. @type {Map<string, Promise<unknown>>} */
const last = new Map();

/**
 * Do something while no window of this browser saves that file.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} what
 * @returns {Promise<T>}
 */
export function whileNoneSaves(name, what) {
  const { locks } = /** @type {{locks?: LockManager}} */ (navigator);
  if (locks !== undefined) return /** @type {Promise<T>} */ (locks.request(`latentloom.save.${name}`, what));
  const done = (last.get(name) ?? Promise.resolve()).then(what);
  last.set(name, done.catch(() => {}));
  return done;
}
