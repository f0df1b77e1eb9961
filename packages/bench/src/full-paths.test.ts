import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { withFullPaths } from './full-paths.js';

test('the files of a plan are found from any working directory', () => {
  const given = {
    protocol: './mine.ts',
    suite: 'folder:flowers',
    root: 'data',
    model: './clip',
    modelConfig: 'a.json',
  };
  expect(withFullPaths({ ...given, seeds: [1], results: 'results', descriptions: 'words.json' })).toMatchObject({
    ...{ protocol: resolve('mine.ts'), suite: `folder:${resolve('flowers')}`, root: resolve('data') },
    ...{ model: resolve('clip'), modelConfig: resolve('a.json'), descriptions: resolve('words.json') },
    results: resolve('results'),
  });
});
