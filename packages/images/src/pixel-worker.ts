import { move } from 'piscina';
import { type View, viewPixels } from './view.js';

/** What a worker thread does: one view, whose pixels go back without being copied. */
export default async function work(view: View): Promise<unknown> {
  const pixels = await viewPixels(view);
  return move(pixels);
}
