import { expect, test } from 'vitest';
import { storageError } from './storage-error.js';

const failure = (code: string, path?: string, syscall = 'open') =>
  Object.assign(new Error(`${code}: it went wrong`), { code, syscall, ...(path && { path }) });

test.each([
  ['a full disk', failure('ENOSPC', undefined, 'write'), 'the disk is full; free some space'],
  ['a quota', failure('EDQUOT', undefined, 'write'), 'your disk quota is used up'],
  ['a read-only disk', failure('EROFS', '/data/results/run/lock', 'mkdir'), 'the file system is read-only'],
  ['a read-only disk, as mkdir says it', failure('ENOENT', '/data/results', 'mkdir'), 'the file system is read-only'],
  ['a folder of somebody else', failure('EACCES', '/data/results/run/record.json'), 'this user may not write there'],
  ['an error below another', new Error('prompts cannot be written', { cause: failure('ENOSPC') }), 'the disk is full'],
])('%s is one sentence on the results folder', (_, error, reason) => {
  const told = storageError('/data/results', error);
  expect(told?.message).toContain(`Nothing can be written to /data/results: ${reason}`);
  expect(told?.message).toContain('Finished runs are kept; run the command again to resume.');
});

test.each([
  ['an image that may not be read', failure('EACCES', '/images/cat.png')],
  ['a neighbour of the results folder', failure('EACCES', '/data/results-of-others/x')],
  ['a loss that is not finite', new Error('the loss became NaN')],
  ['no error at all', 'text'],
])('%s is about something else', (_, error) => {
  expect(storageError('/data/results', error)).toBeUndefined();
});
