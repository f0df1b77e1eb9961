import { type View, viewPixels } from './view.js';

/** Makes a view on this thread. */
export const pooledPixels = (view: View): Promise<Float32Array> => viewPixels(view);
