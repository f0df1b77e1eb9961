export { type BlockOptions, block, type KeyValues } from './block.js';
export type { BlockChanges } from './changes.js';
export { textTower } from './text.js';
export {
  classState,
  finishVision,
  startVision,
  stepVision,
  transformerWeights,
  visionTower,
} from './vision.js';
