export type { Picture } from './colour.js';
export { type Box, CROP_RATIO, CROP_SCALE, type CropDraws, centreCrop, crop, cropBox, drawCrop, flip } from './crop.js';
export { type DecodeOptions, decode, type ImageSource } from './decode.js';
export { canDecodeHeic, decoder } from './decoder.js';
export { CLIP_MEAN, CLIP_STD, denormalise, type Moments, normalise } from './normalise.js';
export { type PillowVersion, pillow, usePillow } from './pillow.js';
export {
  type Augmentation,
  augmentations,
  checkAugmentation,
  evalPixels,
  type TrainPixelsOptions,
  trainPixels,
  trainViews,
} from './pixels.js';
export { type FullPreparation, fullPreparation, type Preparation, preparationName } from './preparation.js';
export { type ResizeOptions, resize, resizeCentre, resizeShortSide } from './resize.js';
export { checkViews, testViews, type Views } from './test-views.js';
export { thumbnail } from './thumbnail.js';
