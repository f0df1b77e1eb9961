import { move, Piscina } from 'piscina';
import { countWith } from './in-flight.js';
import { type ImageViews, viewPixels } from './view.js';

/**
 * Views made in parallel: the library's threads decode one while the other is resized. More would only take memory.
 */
const SIDE_BY_SIDE = 2;

countWith(Piscina.workerData as Int32Array<ArrayBufferLike> | undefined);

let free = SIDE_BY_SIDE;
const waiting: (() => void)[] = [];

/**
 * Makes an image's views in a worker thread and returns their pixels without copying. Images that arrive early wait.
 */
export default async function work(views: ImageViews): Promise<unknown> {
  if (free > 0) free--;
  else await new Promise<void>(resolve => waiting.push(resolve));
  try {
    return move(await viewPixels(views));
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
}
