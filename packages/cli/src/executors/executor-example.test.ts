import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchResult, bench, openSuite } from '@dgprompt/bench';
import type { BenchSettings } from '@dgprompt/bench/runs';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import { loadClip } from '@dgprompt/clip';
import { coop, zeroshot } from '@dgprompt/methods';
import { expect, test } from 'vitest';
import { sourceEnvironment } from './command-line.js';
import type { Executor } from './executor.js';

test.skipIf(process.platform === 'win32')('the executor of docs/executors.md does runs on other machines', async () => {
  const page = await readFile(new URL('../../../../docs/executors.md', import.meta.url), 'utf8');
  const file = fileURLToPath(new URL(`ssh-${process.pid}.tmp.ts`, import.meta.url)); // where its imports are found
  const folder = await mkdtemp(join(tmpdir(), 'dgprompt-ssh-'));
  // One machine that answers, and one that does not.
  const answer = `#!/bin/bash\necho "$1" >> '${folder}/asked'\ntest "$1" = near || exit 255\neval "$2"\n`;
  await writeFile(join(folder, 'ssh'), answer, { mode: 0o755 });
  const before = { ...process.env };
  Object.assign(process.env, sourceEnvironment(), { PATH: `${folder}:${process.env.PATH}` });
  const clip = await loadClip(await tinyClip());
  try {
    await writeFile(file, /^```ts\n([\s\S]*?)^```/m.exec(page)![1]!);
    const { ssh } = (await import(file)) as { ssh: Executor };
    const suite = await tinySuite(['bright']);
    const settings: BenchSettings = {
      protocol: 'base-to-new',
      suite,
      methods: ['clip', 'coop'],
      shots: [2],
      seeds: [1],
      epochs: 1,
      model: clip.source,
      results: join(folder, 'results'),
      device: 'cpu',
      backend: 'onnxruntime',
      threads: 1,
    };
    await expect(ssh.check(settings, { workers: 1 })).rejects.toThrow('DGPROMPT_HOSTS');
    process.env.DGPROMPT_HOSTS = 'far,near';
    await ssh.check(settings, { workers: 1 });
    const { results, shots, seeds, epochs, threads } = settings;
    const { records, failed }: BenchResult = await bench({
      clip,
      suite: await openSuite(suite),
      methods: [zeroshot, coop],
      shots,
      seeds,
      epochs,
      threads,
      results,
      runner: ssh.runner(settings, { workers: 1 }),
    });
    expect(failed).toEqual([]);
    expect(records.map(({ config }) => config.method)).toEqual(['clip', 'coop']);
    expect((await readFile(join(folder, 'asked'), 'utf8')).split('\n').sort().slice(1)).toEqual([
      'far',
      'near',
      'near',
    ]);
    const { runs } = await ssh.ask(results, new Set());
    expect([...runs]).toEqual([]);
  } finally {
    clip.dispose();
    await rm(file, { force: true });
    for (const name of ['PATH', 'DGPROMPT_HOSTS', 'TSX_TSCONFIG_PATH'])
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
  }
});
