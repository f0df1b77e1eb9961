export type { Picture } from './colour.js';
export { type Box, CROP_RATIO, CROP_SCALE, type CropDraws, centreCrop, crop, cropBox, drawCrop, flip } from './crop.js';
export { type DecodeOptions, decode, type ImageSource } from './decode.js';
export { decoder } from './decoder.js';
export { CLIP_MEAN, CLIP_STD, normalise } from './normalise.js';
export { useImageWorkers } from './pixel-pool.js';
export { evalPixels, trainPixels } from './pixels.js';
export { resize, resizeCentre, resizeShortSide } from './resize.js';
export { thumbnail } from './thumbnail.js';
