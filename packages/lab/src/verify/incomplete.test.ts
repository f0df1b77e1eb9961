import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useDevice } from '@dgprompt/engine';
import { openSafetensors, writeSafetensors } from '@dgprompt/io';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeGolden } from '../testing/make-golden.js';
import { findCases } from './find-cases.js';

const folder = mkdtempSync(join(tmpdir(), 'incomplete-'));
beforeAll(async () => {
  await useDevice({ threads: 1 });
  await makeGolden(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the case of a name. */
async function run(name: string) {
  const { cases, dispose } = await findCases(folder);
  try {
    return await cases.find(one => one.name === name)!.run();
  } finally {
    dispose();
  }
}

it.each(['final', 'grad0'])('a recording without its values "%s" fails, instead of passing unchecked', async prefix => {
  const file = openSafetensors(join(folder, 'deeper', 'second.safetensors'));
  const kept = [...file.tensors].filter(([name]) => !name.startsWith(`${prefix}.prompt_learner.proj`));
  const tensors = new Map(kept.map(([name, { shape }]) => [name, { shape, data: file.read(name) }]));
  await writeSafetensors(join(folder, `${prefix}.safetensors`), tensors, { metadata: file.metadata });
  file.close();
  await expect(run(prefix)).rejects.toThrow(new RegExp(`has no "${prefix}\\.prompt_learner\\.proj\\.\\w+"\\.$`));
});

it.each([
  ['rates', [{ base_lr: 0.1, max_epoch: 3, lr_per_epoch: [] }]],
  ['texts', { cases: [] }],
])('a file without recorded %s is skipped', async (name, json) => {
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(json));
  await expect(run(name)).rejects.toThrow('it records nothing that this version knows');
});
