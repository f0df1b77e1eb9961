import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { methodNames, resolveMethod } from '@dgprompt/methods';
import { expect, test } from 'vitest';
import { callCli } from '../testing/run-cli.js';

test('every built-in method is listed with its summary', async () => {
  const { code, stdout } = await callCli(['describe']);
  expect(code).toBe(0);
  const width = Math.max(...methodNames.map(id => id.length));
  const lines = methodNames.map(id => {
    const { title, summary } = resolveMethod(id).definition;
    expect(summary).toMatch(/^[^.]{10,90}$/);
    return `${id.padEnd(width)}  ${title}: ${summary}`;
  });
  expect(stdout).toBe(`${lines.join('\n')}\n`);
});

test('a named method is described with its variants and options, custom ones too', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'dgprompt-describe-')), 'mine.mjs');
  const definition = `{ name: 'told', title: 'Told', summary: 'my own', options: { pull: 1, of: { words: ['a', 'b'] } },
    variants: { free: { pull: 0 }, far: { pull: 2 } }, ablations: ['free'], recipe: () => ({}) }`;
  await writeFile(file, `export const told = Object.assign(() => {}, { id: 'told', definition: ${definition} });`);
  const { stdout } = await callCli(['describe', 'maple', file]);
  expect(stdout).toMatch(/^maple {2}MaPLe: .*\n( {2}variants .*\n)?(.*\n)* {2}depth=9\n/);
  const own = 'told   Told: my own\n  variants free (ablation), far\n  pull=1\n  of.words=["a","b"]\n';
  expect(stdout).toContain(`\n\n${own}`);
  const json = JSON.parse((await callCli(['describe', file, '--json'])).stdout);
  expect(json.told).toMatchObject({ title: 'Told', summary: 'my own', options: { pull: 1 }, ablations: ['free'] });
  expect(await callCli(['describe', 'mapel'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean "maple"?'),
  });
});
