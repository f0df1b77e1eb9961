/**
 * Text features of a thousand classes in many templates, a ViT-B/16 with random weights: seconds, the second time from disk, and peak memory.
 * In this package: `npx tsx speed/ensemble.ts [templates, 80] [classes, 1000]`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clip, loadClip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { classTargets, zeroshot } from '@dgprompt/methods';
import * as tf from '@tensorflow/tfjs';
import { featureStore } from '../src/feature-folder.js';
import { reporter } from '../src/reporter.js';
import { textProgress } from '../src/text-progress.js';
import { randomClip } from './random-clip.js';

const [count = 80, classes = 1000] = process.argv.slice(2).map(Number);

/** Names of one to seven words of the vocabulary, most of one or two, as ImageNet's are. */
function madeUpNames({ tokenizer }: Clip): string[] {
  const words: string[] = [];
  for (let id = 1000; id < 49_000; id += 7) {
    const word = tokenizer.word?.(id) ?? '';
    if (/^[a-z]{3,}$/.test(word)) words.push(word);
  }
  const length = (i: number) => [1, 1, 2, 2, 2, 3, 1, 4, 2, 3][i % 10]! + (i % 50 === 0 ? 3 : 0);
  return Array.from({ length: classes }, (_, i) =>
    Array.from({ length: length(i) }, (_, j) => words[(5 * i + j) % words.length]).join(' '),
  );
}

/** What stands before the name is three to seven words, what stands behind it none or two. */
const templates = Array.from({ length: count }, (_, i) => {
  const before = ['a photo of', 'a bad photo of', 'a close-up photo of', 'an origami', 'a low resolution photo of'];
  const [article, behind] = [i % 2 === 0 ? 'a' : 'the', i % 7 === 0 ? ' in game' : ''];
  return `${before[i % before.length]} ${article} {}${behind}.`;
});

await useDevice();
const clip = await loadClip(await randomClip());
const folder = mkdtempSync(join(tmpdir(), 'dgprompt-ensemble-'));
const features = { ...featureStore({}), folder };
const report = reporter();
try {
  const method = zeroshot(clip, madeUpNames(clip), { dataset: 'imagenet', templates });
  for (const time of ['computed', 'from disk']) {
    const started = performance.now();
    const targets = await classTargets(method, {
      features,
      onProgress: textProgress((...said) => report.progress(...said)),
    });
    const seconds = (performance.now() - started) / 1000;
    report.line(`${classes} × ${count} prompts, ${time}: ${seconds.toFixed(2)} s`);
    tf.dispose(Object.values(targets));
  }
  report.stop();
  // Linux counts what a parent process held into maxRSS; a process's own high-water mark it has elsewhere.
  const own = process.platform === 'linux' && /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  const peak = own ? Number(own) : process.resourceUsage().maxRSS;
  const { user, system } = process.cpuUsage();
  console.log(`peak memory ${(peak / 1000).toFixed(0)} MB, processor time ${((user + system) / 1e6).toFixed(0)} s`);
} finally {
  rmSync(folder, { recursive: true });
}
