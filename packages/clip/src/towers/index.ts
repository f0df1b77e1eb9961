export { type BlockOptions, type BlockSettings, block, blockSettings, type KeyValues } from './block.js';
export type { BlockChanges } from './changes.js';
export { endPositions, textTower } from './text.js';
export { transformerWeights, visionTower } from './vision.js';
export { startVision, stepVision } from './vision-layers.js';
export { finishVision, projected } from './vision-output.js';
export { classState } from './vision-state.js';
