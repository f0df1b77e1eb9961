import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytes } from '@dgprompt/io';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { callCli } from '../testing/run-cli.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'models-'));
  vi.stubEnv('HF_HOME', home);
  vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:1'); // nobody listens there
  vi.stubEnv('HF_HUB_CACHE', undefined);
});
afterEach(() => vi.unstubAllEnvs());

/** A model as the tools of the hub keep it. */
function keep(id: string): string {
  const folder = join(home, 'hub', `models--${id.replace('/', '--')}`);
  const commit = '0123456789abcdef0123456789abcdef01234567';
  const content = Buffer.alloc(2500, 7);
  const hash = createHash('sha256').update(content).digest('hex');
  for (const part of ['blobs', 'refs', `snapshots/${commit}`]) mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'blobs', hash), content);
  writeFileSync(join(folder, 'refs/main'), commit);
  const file = join(folder, 'snapshots', commit, 'model.safetensors');
  symlinkSync(`../../blobs/${hash}`, file);
  return file;
}

test('list, verify and rm work on the cache', async () => {
  expect((await callCli(['models', 'list'])).stdout).toContain(`There are no models in ${join(home, 'hub')}`);
  const file = keep('someone/tiny');
  expect((await callCli(['models', 'list'])).stdout).toMatch(/someone\/tiny\s+2\.5 kB/);
  const [row] = JSON.parse((await callCli(['models', 'list', '--json'])).stdout);
  expect(row).toMatchObject({ id: 'someone/tiny', bytes: 2500 });
  const verified = await callCli(['models', 'verify']);
  expect(verified).toMatchObject({ code: 0, stdout: '✓ someone/tiny model.safetensors\n' });
  writeFileSync(realpathSync(file), readFileSync(file).fill(8, 0, 3));
  const broken = await callCli(['models', 'verify', 'someone/tiny']);
  expect(broken.code).toBe(1);
  expect(broken.stdout).toContain('✗ someone/tiny model.safetensors: its SHA-256 is');
  expect((await callCli(['models', 'rm', 'someone/tiny'])).stdout).toBe('someone/tiny: 2.5 kB freed\n');
  expect(await callCli(['models', 'rm', 'someone/tiny'])).toMatchObject({ code: 1 });
});

test('pull says in one line what is wrong', async () => {
  for (const [id, says] of [
    ['someone/tiny', 'someone/tiny cannot be looked up at http://127.0.0.1:1'],
    ['tiny', '"tiny" is not the id of a model'],
  ]) {
    const { code, stdout, stderr } = await callCli(['models', 'pull', id!]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(says);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  }
  vi.stubEnv('HF_HUB_OFFLINE', '1');
  expect((await callCli(['models', 'pull', 'someone/tiny'])).stderr).toContain('HF_HUB_OFFLINE forbids');
  expect(await callCli(['models', 'pul'])).toMatchObject({ code: 2 });
});

test('sizes as people say them', () => {
  expect([0, 812, 3_400, 598_600_000, 1.25e12].map(bytes)).toEqual(['0 B', '812 B', '3.4 kB', '599 MB', '1250 GB']);
});
