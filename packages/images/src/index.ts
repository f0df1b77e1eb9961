export { type Box, CROP_RATIO, CROP_SCALE, centreCrop, crop, cropBox, drawCrop, flip } from './crop.js';
export { decode, type ImageSource, maxPixels, type Picture } from './decode.js';
export { CLIP_MEAN, CLIP_STD, normalise } from './normalise.js';
export { evalPixels, trainPixels } from './pixels.js';
export { resize, resizeShortSide } from './resize.js';
export { thumbnail } from './thumbnail.js';
