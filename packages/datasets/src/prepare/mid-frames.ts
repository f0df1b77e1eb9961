import { spawn } from 'node:child_process';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import pMap from 'p-map';
import { actionName } from '../benchmarks/ucf101.js';
import { folderNames } from '../files/listing.js';

/** How to extract the frames. */
export interface MidFrameOptions {
  /** The ffmpeg command; default `ffmpeg`. */
  ffmpeg?: string;
  onProgress?(progress: { done: number; total: number }): void;
  signal?: AbortSignal;
}

/**
 * Extracts the middle frame of each of UCF101's videos, as in CoOp: `UCF-101/ApplyEyeMakeup/v_….avi` gives
 * `UCF-101-midframes/Apply_Eye_Makeup/v_….jpg`. Existing frames are kept.
 *
 * @param folder the folder `ucf101`
 * @returns the number of new frames
 * @throws a sentence if ffmpeg is not installed or cannot read a video
 */
export async function extractMidFrames(folder: string, options: MidFrameOptions = {}): Promise<number> {
  const { ffmpeg = 'ffmpeg', onProgress, signal } = options;
  const videos = join(folder, 'UCF-101');
  const wanted: { video: string; to: string; name: string }[] = [];
  for (const action of await folderNames(videos)) {
    const to = join(folder, 'UCF-101-midframes', actionName(action));
    await mkdir(to, { recursive: true });
    const there = new Set(await readdir(to));
    for (const file of (await readdir(join(videos, action))).filter(file => file.endsWith('.avi')).sort()) {
      const name = file.replace(/\.avi$/, '.jpg');
      if (!there.has(name)) wanted.push({ video: join(videos, action, file), to, name });
    }
  }
  if (wanted.length > 0) await run(ffmpeg, ['-version'], signal);
  let done = 0;
  const extract = async ({ video, to, name }: (typeof wanted)[number]) => {
    const said = await run(ffmpeg, ['-i', video, '-map', '0:v:0', '-c', 'copy', '-f', 'null', '-'], signal);
    const frames = Number([...said.matchAll(/frame=\s*(\d+)/g)].at(-1)?.[1] ?? 0);
    const unfinished = join(to, `.${name}`);
    const middle = Math.floor(frames / 2);
    const select = ['-vf', `select=eq(n\\,${middle})`, '-frames:v', '1', '-q:v', '2', '-f', 'image2', '-update', '1'];
    try {
      await run(ffmpeg, ['-y', '-i', video, ...select, unfinished], signal);
      await rename(unfinished, join(to, name));
    } catch (cause) {
      await rm(unfinished, { force: true });
      signal?.throwIfAborted();
      throw new Error(`ffmpeg finds no middle frame in ${video}: ${(cause as Error).message}`, { cause });
    }
    onProgress?.({ done: ++done, total: wanted.length });
  };
  await pMap(wanted, extract, { concurrency: availableParallelism(), signal });
  return wanted.length;
}

/** Runs ffmpeg. @returns what it wrote to stderr */
function run(ffmpeg: string, args: string[], signal: AbortSignal | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(ffmpeg, ['-nostdin', ...args], { stdio: ['ignore', 'ignore', 'pipe'], signal });
    let said = '';
    child.stderr.on('data', chunk => {
      said = (said + chunk).slice(-10_000);
    });
    child.on('error', cause => {
      const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
      const sentence = `${ffmpeg} is not installed, but is needed for the middle frames of UCF101's videos; install it and run the command again.`;
      reject(missing ? new Error(sentence, { cause }) : cause);
    });
    child.on('close', code => {
      if (code === 0) resolve(said);
      else reject(new Error(said.trim().split('\n').at(-1) ?? `it ended with code ${code}`));
    });
  });
}
