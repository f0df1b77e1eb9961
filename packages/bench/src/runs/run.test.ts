import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadClip } from '@dgprompt/clip';
import { expect, test } from 'vitest';
import { bench, chooseMethods, openProtocol, openSuite } from '../index.js';
import { tinyClip, tinySuite } from '../testing/tiny.js';

test('a test without images is refused before the run trains', async () => {
  const clip = await loadClip(await tinyClip());
  const suite = await openSuite(await tinySuite(['dim']));
  const { methods } = await chooseMethods(['coop']);
  const results = await mkdtemp(join(tmpdir(), 'dgprompt-run-'));
  const failures = async (name: string, isKept: (label: number) => boolean) => {
    const { protocol } = await openProtocol(name);
    const load: typeof suite.load = async task => {
      const dataset = await suite.load(task);
      return { ...dataset, test: dataset.test.filter(({ label }) => isKept(label)) };
    };
    const phases = new Set<string>();
    const { failed } = await bench({
      ...{ clip, suite: { ...suite, load }, protocol, methods, shots: 1, epochs: 1, results },
      onEvent: event => phases.add(event.type),
    });
    expect(phases).not.toContain('progress');
    return failed.map(({ error }) => error.message);
  };
  expect(await failures('base-to-new', label => label < 2)).toEqual(['dim has no test images of its new classes.']);
  expect(await failures('joint', label => label >= 2)).toEqual(['dim has no test images of its base classes.']);
  expect(await failures('few-shot', () => false)).toEqual(['dim has no test images.']);
  clip.dispose();
});
