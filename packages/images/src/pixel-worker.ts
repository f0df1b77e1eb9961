import { move } from 'piscina';
import { type View, viewPixels } from './view.js';

/** Views made side by side: one is decoded by the library's threads while the other is resized. More would only take memory. */
const SIDE_BY_SIDE = 2;

let free = SIDE_BY_SIDE;
const waiting: (() => void)[] = [];

/** What a worker thread does: one view, whose pixels go back without being copied. Views that came early wait here for their turn. */
export default async function work(view: View): Promise<unknown> {
  if (free > 0) free--;
  else await new Promise<void>(resolve => waiting.push(resolve));
  try {
    return move(await viewPixels(view));
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
}
