import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { cacheFolder } from './cache-folder.js';

it('is DGPROMPT_CACHE if set, whatever else is set', () => {
  expect(cacheFolder({ DGPROMPT_CACHE: 'here', XDG_CACHE_HOME: '/x' }, 'linux')).toBe(resolve('here'));
});

it('is otherwise in the user’s cache folder', () => {
  expect(cacheFolder({ XDG_CACHE_HOME: '/x' }, 'linux')).toBe(join('/x', 'dgprompt'));
  expect(cacheFolder({}, 'linux')).toBe(join(homedir(), '.cache', 'dgprompt'));
  expect(cacheFolder({ LOCALAPPDATA: '/local', XDG_CACHE_HOME: '/x' }, 'win32')).toBe(join('/local', 'dgprompt'));
});

it('does not count an empty variable, which would name the working directory', () => {
  expect(cacheFolder({ XDG_CACHE_HOME: '' }, 'linux')).toBe(join(homedir(), '.cache', 'dgprompt'));
  expect(cacheFolder({ LOCALAPPDATA: '' }, 'win32')).toBe(join(homedir(), 'AppData', 'Local', 'dgprompt'));
});
