import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useDevice } from '@dgprompt/engine';
import { beforeAll, expect, it } from 'vitest';
import { findCases } from './find-cases.js';
import { holds } from './golden-case.js';

const folders = ['golden', 'golden-zoo'];
const from = (folder: string) => fileURLToPath(new URL(`../../../../../shared/${folder}`, import.meta.url));

beforeAll(async () => void (await useDevice()));

it.skipIf(!folders.map(from).every(existsSync))(
  'recordings of two folders keep the logit scale of their own (skipped without ../shared)',
  async () => {
    const root = mkdtempSync(join(tmpdir(), 'recordings-'));
    for (const folder of folders) {
      mkdirSync(join(root, folder));
      for (const name of ['clip', 'zeroshot'])
        cpSync(join(from(folder), `${name}.safetensors`), join(root, folder, `${name}.safetensors`));
    }
    const { cases, dispose } = await findCases(root);
    expect(cases.map(({ name }) => name)).toEqual(['golden/zeroshot', 'golden-zoo/zeroshot']);
    for (const { name, run } of cases)
      expect(
        (await run()).filter(check => !holds(check)),
        name,
      ).toEqual([]);
    dispose();
    rmSync(root, { recursive: true });
  },
);
