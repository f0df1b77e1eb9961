import { expect, test } from 'vitest';
import { tinyRoot } from '../testing/tiny-root.js';
import { openSuite } from './suite.js';

test('a published dataset is opened by its name in its own root; with its path, it is a folder of tasks', async () => {
  const root = await tinyRoot('eurosat');
  const before = process.cwd();
  process.chdir(root);
  try {
    const suite = await openSuite('eurosat', { root: '.' });
    const { name, templates, classNames } = await suite.load(suite.tasks[0]!);
    expect(name).toBe('eurosat');
    expect(templates).toEqual(['a centered satellite photo of {}.']);
    expect(classNames[0]).toBe('Annual Crop Land');
    expect(suite.photographs).toBe(true);
    await expect(openSuite('eurosat')).rejects.toThrow('eurosat needs --root DIR');
    expect((await openSuite('./eurosat')).tasks).toEqual(['2750']);
  } finally {
    process.chdir(before);
  }
});
