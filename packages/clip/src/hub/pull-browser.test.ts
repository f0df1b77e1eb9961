import { afterEach, expect, test, vi } from 'vitest';
import type { cachedSnapshot as Cached } from './cache.js';
import type { pullModel as Pull } from './pull.js';

vi.mock('@dgprompt/io', () => vi.importActual('../../../io/src/index.browser.js'));
vi.mock('../runtime/files.js', () => vi.importActual('../runtime/files.browser.js')); // of `cachedSnapshot`

const { cachedSnapshot } = await vi.importActual<{ cachedSnapshot: typeof Cached }>('./cache.browser.js');
const { pullModel } = await vi.importActual<{ pullModel: typeof Pull }>('./pull.browser.js');

const id = 'someone/tiny-clip';

/** A hub with these files; a file without content breaks the connection. */
const hub = (files: Record<string, string | undefined>) =>
  vi.stubGlobal('fetch', async (address: string) => {
    const name = address.split('/').at(-1)!;
    if (!(name in files)) return new Response('', { status: 404 });
    if (files[name] === undefined) throw new TypeError('Failed to fetch');
    return new Response(files[name]);
  });

afterEach(() => vi.unstubAllGlobals());

test('a tab that lost its connection between two files of a model fetches the model again', async () => {
  hub({ 'model.safetensors': 'weights', 'config.json': undefined });
  await expect(pullModel(id)).rejects.toThrow(/config\.json cannot be fetched: Failed to fetch/);
  expect(cachedSnapshot(id)).toBeUndefined();
  hub({ 'model.safetensors': 'weights', 'config.json': '{}' });
  await pullModel(id);
  expect(cachedSnapshot(id)).toBe('/hub/someone/tiny-clip/main');
});
