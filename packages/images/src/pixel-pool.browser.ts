import { type Views, viewPixels } from './view.js';

/** Makes an image's views on this thread. */
export const pooledPixels = (views: Views): Promise<Float32Array> => viewPixels(views);
