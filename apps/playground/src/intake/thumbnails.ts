/** Side of a thumbnail in pixels: twice the displayed size, for dense screens. */
const side = 112;
/** Pictures to decode at a time. */
const most = 2;

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Draws a picture's central square, a few pictures at a time, so that thousands do not block the page.
 *
 * @throws the browser's error if it cannot decode the picture
 */
export async function drawThumbnail(picture: Blob, canvas: HTMLCanvasElement, signal: AbortSignal): Promise<void> {
  if (running >= most) await new Promise<void>(resolve => waiting.push(resolve));
  running++;
  try {
    if (signal.aborted) return;
    const bitmap = await createImageBitmap(picture);
    const least = Math.min(bitmap.width, bitmap.height);
    canvas.width = canvas.height = side;
    const context = canvas.getContext('2d')!;
    context.imageSmoothingQuality = 'high';
    const [left, top] = [(bitmap.width - least) / 2, (bitmap.height - least) / 2];
    context.drawImage(bitmap, left, top, least, least, 0, 0, side, side);
    bitmap.close();
  } finally {
    running--;
    waiting.shift()?.();
  }
}
