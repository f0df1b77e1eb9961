export { type BlockOptions, type BlockSettings, block, blockSettings, type KeyValues } from './block.js';
export type { BlockChanges } from './changes.js';
export { endPositions, textTower } from './text.js';
export {
  classState,
  finishVision,
  projected,
  startVision,
  stepVision,
  transformerWeights,
  visionTower,
} from './vision.js';
