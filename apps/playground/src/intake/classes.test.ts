import { zipSync } from 'fflate';
import { beforeEach, expect, it, vi } from 'vitest';
import { intake } from './classes.js';

const file = (path: string, content: BlobPart = 'x') => ({ path, file: new File([content], path.split('/').at(-1)!) });

beforeEach(() => {
  vi.stubGlobal('createImageBitmap', () => Promise.reject(new Error('not decodable')));
});

it('the class of a picture is its folder', async () => {
  const { classes, loose, others } = await intake(
    ['a/tea_rose/1.jpg', 'a/daisy/2.PNG', 'a/daisy/3.webp', 'a/daisy/notes.txt', '4.jpg'].map(path => file(path)),
  );
  expect(classes.map(({ name, files }) => [name, files.length])).toEqual([
    ['daisy', 2],
    ['tea rose', 1],
  ]);
  expect(loose.map(({ name }) => name)).toEqual(['4.jpg']);
  expect(others).toBe(1);
});

it('pictures that no browser decodes are counted, and system files are skipped', async () => {
  const { classes, heic } = await intake([file('cat/1.heic'), file('cat/2.jpg'), file('__MACOSX/cat/._2.jpg')]);
  expect(heic).toBe(1);
  expect(classes).toHaveLength(1);
  expect(classes[0]!.files).toHaveLength(1);
});

it('a zip is unpacked, and a damaged one is named', async () => {
  const zip = zipSync({ 'pets/cat/1.jpg': new Uint8Array([1]), 'pets/dog/1.jpg': new Uint8Array([2]) });
  const found = [file('pets.zip', zip as Uint8Array<ArrayBuffer>), file('broken.zip', 'no zip')];
  const { classes, damagedZips } = await intake(found);
  expect(classes.map(({ name }) => name)).toEqual(['cat', 'dog']);
  expect(damagedZips).toEqual(['broken.zip']);
});
