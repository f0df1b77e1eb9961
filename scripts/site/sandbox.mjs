import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { run } from '../processes.mjs';
import { root } from '../setup.mjs';
import { folders } from './folders.mjs';

/**
 * An empty working folder in which programs find this checkout's packages, and shells find the command.
 * @param {string} name
 * @returns {Promise<{ folder: string, run: (command: string, parameters: string[]) => Promise<{ code: number, output:
 *   string, seconds: number }> }>}
 */
export async function sandbox(name) {
  const folder = join(folders.run, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const bin = commands();
  const env = {
    PATH: [bin, process.env.PATH].join(delimiter),
    NO_COLOR: '1',
    FORCE_COLOR: undefined,
    COLUMNS: '100',
    DGPROMPT_DATA: undefined,
    DGPROMPT_PILLOW: undefined,
    DGPROMPT_BACKEND: undefined,
  };
  return {
    folder,
    async run(command, parameters) {
      const started = performance.now();
      const { code, output, stdout } = await run(command, parameters, { cwd: folder, env, capture: true });
      if (code === 130) process.exit(130);
      const seconds = (performance.now() - started) / 1000;
      return { code, output: plain(output, folder), stdout: plain(stdout, folder), seconds };
    },
  };
}

/** A folder with this checkout's build of `dgprompt` and `npx dgprompt`. */
function commands() {
  const bin = join(folders.run, 'bin');
  mkdirSync(bin, { recursive: true });
  const program = `exec "${process.execPath}" "${join(root, 'packages', 'cli', 'dist', 'main.js')}" "$@"\n`;
  const scripts = { dgprompt: `#!/bin/sh\n${program}`, npx: `#!/bin/sh\n[ "$1" = dgprompt ] && shift\n${program}` };
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

/** The final content of a terminal, without colours and local paths. */
const plain = (output, folder) =>
  withoutPlaces(
    stripVTControlCharacters(output)
      .split('\n')
      .map(line => line.replace(/\r$/, '').replace(/^.*\r/, '').trimEnd())
      .join('\n'),
    folder,
  ).trim();

/** A text without local paths. */
export const withoutPlaces = (text, folder) =>
  text.replaceAll(`${folder}/`, '').replaceAll(folder, '.').replaceAll(root, '').replaceAll(homedir(), '~');

/** Six kinds of flowers and fruit from the pictograms, as a folder of your own pictures. */
export async function garden(folder) {
  const { loadTask } = await import('@dgprompt/pictograms');
  const task = await loadTask('plants');
  const classes = ['cactus', 'cherry blossom', 'hibiscus', 'rose', 'sunflower', 'tulip'];
  for (const name of classes) {
    const items = [...task.train, ...task.val, ...task.test].filter(({ classname }) => classname === name);
    mkdirSync(join(folder, 'flowers', name), { recursive: true });
    for (const [i, { path }] of items.entries()) copyFileSync(path, join(folder, 'flowers', name, `${i + 1}.png`));
  }
  const photo = task.test.find(({ classname }) => classname === 'sunflower').path;
  copyFileSync(photo, join(folder, 'photo.png'));
}
