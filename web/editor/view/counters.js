/**
 * What the renderer has done since the page opened; the tests gate on these, since counts don't depend on the machine.
 *
 * paints: canvas painted · floats: canvas of what is dragged painted · mounts, unmounts: node elements made and dropped ·
 * renders: node templates rendered · moves: node elements placed · frames: animation frames in which there was anything to do ·
 * syncs: documents compared · minimap: minimap painted
 */
export const counters = {
  frames: 0,
  paints: 0,
  floats: 0,
  mounts: 0,
  unmounts: 0,
  renders: 0,
  moves: 0,
  syncs: 0,
  minimap: 0,
};
