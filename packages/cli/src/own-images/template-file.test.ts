import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import { describe, expect, test } from 'vitest';
import { callCli } from '../testing/run-cli.js';
import { readTemplates } from './template-file.js';

const fileOf = async (text: string) => {
  const file = join(await mkdtemp(join(tmpdir(), 'dgprompt-templates-')), 'templates.txt');
  await writeFile(file, text);
  return file;
};

describe('a file of templates', () => {
  test('has one template per line', async () => {
    expect(await readTemplates(await fileOf('a photo of a {}.\r\n\n  art of {}.\n'))).toEqual([
      'a photo of a {}.',
      'art of {}.',
    ]);
  });

  test('names the file and line of an invalid template', async () => {
    await expect(readTemplates(await fileOf('a {}.\na photo\n'))).rejects.toThrow(
      /templates\.txt, line 2: "a photo" has no \{\}/,
    );
    await expect(readTemplates(await fileOf('\n'))).rejects.toThrow('has no templates');
    await expect(readTemplates('/no/such/file')).rejects.toThrow('--templates /no/such/file cannot be read: ENOENT.');
  });

  test('replaces the prompts of zero-shot', async () => {
    const model = await tinyClip();
    const suite = await tinySuite(['dim'], 8);
    const zeroShot = async (...more: string[]) => {
      const { code, stdout, stderr } = await callCli([
        'zero-shot',
        '--suite',
        suite,
        '--model',
        model,
        '--json',
        ...more,
      ]);
      return code === 0 ? JSON.parse(stdout).mean : stderr;
    };
    const own = await zeroShot();
    const same = await zeroShot('--templates', await fileOf('a photo of a {}.'));
    expect(same).toBe(own);
    expect(await zeroShot('--templates', await fileOf('{} z'))).not.toBe(own);
    expect(await zeroShot('--templates', '/no/such/file')).toContain('cannot be read: ENOENT');
  });
});
