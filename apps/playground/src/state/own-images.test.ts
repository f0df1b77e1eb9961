import { beforeEach, expect, it, vi } from 'vitest';
import { addPictures, addTo, keepOwn, ownClasses, removeAll, rename, restoreOwn } from './own-images.js';

const store = new Map<string, unknown>();
let blocked = false;
vi.mock('idb-keyval', () => {
  const open = () => {
    if (blocked) throw new DOMException('The operation is insecure.', 'SecurityError');
  };
  return {
    get(name: string) {
      open();
      return Promise.resolve(store.get(name));
    },
    set: async (name: string, value: unknown) => void store.set(name, value),
    del(name: string) {
      open();
      return Promise.resolve(void store.delete(name));
    },
  };
});

beforeEach(() => {
  blocked = false;
  store.clear();
  ownClasses.value = [];
  addPictures([{ name: 'cat', files: [{ name: '1.jpg', file: new Blob(['x']) }] }]);
});

it('pictures of the last visit come back, unless all were removed', async () => {
  await keepOwn();
  ownClasses.value = [];
  await restoreOwn();
  expect(ownClasses.value.map(({ name }) => name)).toEqual(['cat']);
  await removeAll();
  await restoreOwn();
  expect(ownClasses.value).toEqual([]);
});

it('there are none where the browser blocks storage', async () => {
  blocked = true;
  await removeAll();
  await restoreOwn();
  expect(ownClasses.value).toEqual([]);
});

it('pictures of a class are its own, also while another one has its name', () => {
  addPictures([{ name: 'dog', files: [] }]);
  const [cat, dog] = ownClasses.value;
  rename(dog!.id, 'cat');
  addTo(dog!.id, [{ name: '2.jpg', file: new Blob(['y']) }]);
  expect(ownClasses.value.map(({ id, files }) => [id, files.map(({ name }) => name)])).toEqual([
    [cat!.id, ['1.jpg']],
    [dog!.id, ['2.jpg']],
  ]);
});
