import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Emoji } from './emoji.js';
import { type Entry, openSet, selectEntries } from './select.js';
import { sources } from './sources.js';

/** Side of every stored picture in pixels. */
export const side = 64;
const area = side * side;

/**
 * Bytes of a stored picture. Monochrome: an alpha plane, then a plane that numbers the areas enclosed by lines (0:
 * outside, or inside a line far from any area). Coloured and emoji: RGBA, straight alpha, interleaved.
 */
export const bytesOf = (kind: Entry['kind']): number => (kind === 'monochrome' ? 2 * area : 4 * area);

/** The content of the cache folder's `index.json`; the shards contain the pictures in this order. */
export interface CorpusIndex {
  /** Changes if any picture or name may have changed. */
  key: string;
  shardSize: number;
  emoji: Emoji[];
  entries: Entry[];
  /** Indices in `entries` of pictures that rendered empty and must not be sampled. */
  empty: number[];
}

const shardSize = 1000;
const shardFile = (shard: number) => `shard-${String(shard).padStart(3, '0')}.bin`;

/** Shard files of an index, in order. */
export const shardFiles = (index: CorpusIndex): string[] =>
  Array.from({ length: Math.ceil(index.entries.length / index.shardSize) }, (_, i) => shardFile(i));

/** Draws one icon at 64 px; `undefined` if nothing is visible. */
export async function drawIcon(svg: string, kind: Entry['kind']): Promise<Uint8Array | undefined> {
  const { data } = await sharp(Buffer.from(svg), { failOn: 'none' })
    .resize(side, side, { fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  let ink = 0;
  for (let i = 3; i < data.length; i += 4) ink += data[i]!;
  if (ink < area * 255 * 0.008) return undefined;
  if (kind !== 'monochrome') return new Uint8Array(data);
  if (ink > area * 255 * 0.985) return undefined;
  const planes = new Uint8Array(2 * area);
  for (let i = 0; i < area; i++) planes[i] = data[4 * i + 3]!;
  planes.set(enclosedAreas(planes.subarray(0, area)), area);
  return planes;
}

/**
 * Numbers the areas enclosed by lines, so that outlines can be filled with colours like drawings. Areas extend two
 * pixels under their lines, which leaves no seam.
 *
 * @param alpha [64 × 64]
 * @returns [64 × 64], 0 where nothing is enclosed
 */
export function enclosedAreas(alpha: Uint8Array): Uint8Array {
  const labels = new Uint8Array(area);
  const open = (i: number) => alpha[i]! < 128;
  const stack: number[] = [];
  const flood = (start: number, label: number): number => {
    let size = 0;
    stack.push(start);
    labels[start] = label;
    while (stack.length > 0) {
      const i = stack.pop()!;
      size++;
      const x = i % side;
      for (const j of [x > 0 ? i - 1 : -1, x < side - 1 ? i + 1 : -1, i - side, i + side]) {
        if (j >= 0 && j < area && labels[j] === 0 && open(j)) {
          labels[j] = label;
          stack.push(j);
        }
      }
    }
    return size;
  };
  const outside = 255;
  for (let k = 0; k < side; k++) {
    for (const i of [k, area - 1 - k, k * side, k * side + side - 1]) if (labels[i] === 0 && open(i)) flood(i, outside);
  }
  let next = 1;
  for (let i = 0; i < area && next < 250; i++) {
    if (labels[i] === 0 && open(i) && flood(i, next) >= 4) next++;
  }
  for (let round = 0; round < 2; round++) {
    const before = labels.slice();
    for (let i = side; i < area - side; i++) {
      if (before[i] !== 0 || open(i)) continue;
      for (const j of [i - 1, i + 1, i - side, i + side]) {
        if (before[j] !== 0 && before[j] !== outside) labels[i] = before[j]!;
      }
    }
  }
  for (let i = 0; i < area; i++) if (labels[i] === outside) labels[i] = 0;
  return labels;
}

/**
 * Renders the whole corpus into a cache folder. Existing pictures are kept, so it can be interrupted at any time.
 *
 * @param onProgress pictures done and total; not called if nothing is left to do
 * @param only sets to render (default: all)
 */
export async function renderCorpus(
  cacheDir: string,
  onProgress: (done: number, total: number) => void = () => {},
  only?: readonly string[],
): Promise<CorpusIndex> {
  mkdirSync(cacheDir, { recursive: true });
  const { emoji, entries } = selectEntries(only);
  const key = createHash('sha256')
    .update(JSON.stringify({ sources, entries, emoji, side, shardSize }))
    .digest('hex')
    .slice(0, 16);
  const indexFile = join(cacheDir, 'index.json');
  if (existsSync(indexFile)) {
    const index = JSON.parse(readFileSync(indexFile, 'utf8')) as CorpusIndex;
    if (index.key === key) return index;
  }
  const keyFile = join(cacheDir, 'key');
  if (!existsSync(keyFile) || readFileSync(keyFile, 'utf8') !== key) {
    for (const f of readdirSync(cacheDir)) if (/^(shard-.*|index\.json)$/.test(f)) rmSync(join(cacheDir, f));
    writeFileSync(keyFile, key);
  }
  const sets = new Map<string, ReturnType<typeof openSet>>();
  const empty: number[] = [];
  for (let from = 0; from < entries.length; from += shardSize) {
    const shard = entries.slice(from, from + shardSize);
    const path = join(cacheDir, shardFile(from / shardSize));
    const emptyPath = path.replace('.bin', '.empty.json');
    if (!existsSync(path) || !existsSync(emptyPath)) {
      const bytes = new Uint8Array(shard.reduce((n, e) => n + bytesOf(e.kind), 0));
      const blank: number[] = [];
      let offset = 0;
      const jobs = shard.map((entry, i) => {
        const at = offset;
        offset += bytesOf(entry.kind);
        return { entry, at, i };
      });
      let taken = 0;
      const worker = async () => {
        for (let job = jobs[taken++]; job; job = jobs[taken++]) {
          const [setName, ...rest] = job.entry.id.split(':');
          let set = sets.get(setName!);
          if (!set) {
            set = openSet(sources.find(s => s.name === setName)!);
            sets.set(setName!, set);
          }
          const picture = await drawIcon(set.svg(rest.join(':')), job.entry.kind).catch(() => undefined);
          if (picture) bytes.set(picture, job.at);
          else blank.push(from + job.i);
          onProgress(from + Math.min(taken, shard.length), entries.length);
        }
      };
      await Promise.all([worker(), worker(), worker()]);
      writeFileSync(`${path}.part`, bytes);
      writeFileSync(emptyPath, JSON.stringify(blank.sort((a, b) => a - b)));
      renameSync(`${path}.part`, path);
    }
    empty.push(...(JSON.parse(readFileSync(emptyPath, 'utf8')) as number[]));
    onProgress(Math.min(from + shardSize, entries.length), entries.length);
  }
  const index: CorpusIndex = { key, shardSize, emoji, entries, empty };
  writeFileSync(`${indexFile}.part`, JSON.stringify(index));
  renameSync(`${indexFile}.part`, indexFile);
  return index;
}

/** A progress line on a terminal (or occasionally in a log), with the time left. */
export function progressLine(what: string): (done: number, total: number) => void {
  const started = performance.now();
  let [first, last] = [-1, 0];
  return (done, total) => {
    if (first < 0) first = done;
    const now = performance.now();
    if (done < total && now - last < (process.stderr.isTTY ? 200 : 10_000)) return;
    last = now;
    const left = ((now - started) / Math.max(done - first, 1)) * (total - done);
    const bar = '█'.repeat(Math.round((24 * done) / total)).padEnd(24, '░');
    process.stderr.write(
      `${process.stderr.isTTY ? '\r' : ''}${what} ${bar} ${done}/${total}  ${Math.ceil(left / 1000)} s left  ${
        process.stderr.isTTY && done < total ? '' : '\n'
      }`,
    );
  };
}
