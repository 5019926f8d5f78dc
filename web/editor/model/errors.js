/** What an error says, to be shown; anything can be thrown. @param {unknown} error @returns {string} */
export function errorWords(error) {
  return error instanceof Error ? error.message : String(error);
}
