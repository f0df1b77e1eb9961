import { type ImageViews, viewPixels } from './view.js';

/** Makes an image's views on this thread. */
export const pooledPixels = (views: ImageViews): Promise<Float32Array> => viewPixels(views);
