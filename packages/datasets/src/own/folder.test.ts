import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { canDecodeHeic } from '@dgprompt/images';
import { describe, expect, test } from 'vitest';
import { writeTree } from '../testing/miniature.js';
import { folder } from './folder.js';

async function folderWith(...files: string[]): Promise<string> {
  const root = join(await mkdtemp(join(tmpdir(), 'dgprompt-folder-')), 'flowers');
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), '');
  }
  return root;
}

const ten = (name: string) => Array.from({ length: 10 }, (_, i) => `${name}/${i}.jpg`);

test('splits every class 50/20/30 by seed, and each image goes to one split', async () => {
  const root = await folderWith(...ten('rose'), ...ten('daisy'), 'rose/notes.txt', 'readme.md', '.cache/x.jpg');
  const flowers = await folder(root);
  expect(flowers).toMatchObject({ name: 'flowers', classNames: ['daisy', 'rose'], templates: ['a photo of a {}.'] });
  expect([flowers.train, flowers.val, flowers.test].map(items => items.length)).toEqual([10, 4, 6]);
  const paths = [...flowers.train, ...flowers.val, ...flowers.test].map(item => item.path);
  expect(new Set(paths).size).toBe(20);
  for (const { path, label, classname } of flowers.train) {
    expect(relative(root, path).startsWith(classname)).toBe(true);
    expect(flowers.classNames[label]).toBe(classname);
  }
  expect(await folder(root)).toEqual(flowers);
  expect((await folder(root, { seed: 2 })).train).not.toEqual(flowers.train);
});

test('folders of thumbnails are not classes, and their pictures not images', async () => {
  const beside = ['@eaDir/x/1.jpg', '.thumbnails/1.jpg', '__MACOSX/rose/1.jpg', '#recycle/1.jpg', 'rose/._0.jpg'];
  const root = await folderWith(
    ...ten('rose'),
    ...ten('daisy'),
    ...beside,
    'rose/@eaDir/0.jpg/S.jpg',
    'rose/Thumbs.db',
  );
  const flowers = await folder(root);
  expect(flowers.classNames).toEqual(['daisy', 'rose']);
  expect(flowers.train.length + flowers.val.length + flowers.test.length).toBe(20);
});

test.skipIf(canDecodeHeic())('HEIC files are skipped and counted, with advice for converting them', async () => {
  const flowers = await folder(await folderWith(...ten('rose'), ...ten('daisy'), 'rose/a.heic', 'daisy/b.HEIF'));
  expect(flowers.train.length + flowers.val.length + flowers.test.length).toBe(20);
  expect(flowers.warnings[0]).toBe(
    'flowers: 2 images are HEIC and are left out; convert them to JPEG, as with `heif-convert -q 95 photo.heic photo.jpg`.',
  );
  const only = await folderWith(...ten('rose'), 'daisy/a.heic');
  await expect(folder(only)).rejects.toThrow('daisy: 1 image is HEIC and is left out; convert it to JPEG');
});

test('puts all images into test for evaluation', async () => {
  const root = await folderWith('rose/1.jpg', 'daisy/1.jpg', 'daisy/2.jpg');
  const { train, val, test } = await folder(root, { testOnly: true });
  expect([train.length, val.length, test.map(({ classname }) => classname)]).toEqual([
    0,
    0,
    ['daisy', 'daisy', 'rose'],
  ]);
  expect((await folder(await folderWith('rose/1.jpg'), { testOnly: true })).test).toHaveLength(1);
  const split = await folderWith('train/rose/1.jpg', 'train/daisy/1.jpg', 'test/rose/2.jpg');
  expect((await folder(split, { testOnly: true })).train).toHaveLength(2);
});

test('keeps the splits of the folder', async () => {
  const root = await folderWith('train/rose/1.jpg', 'train/daisy/1.jpg', 'test/rose/2.jpg', 'val/daisy/3.JPEG');
  const flowers = await folder(root, { name: 'mine', templates: ['{}.'] });
  expect(flowers).toEqual({
    name: 'mine',
    classNames: ['daisy', 'rose'],
    templates: ['{}.'],
    fixedViews: false,
    train: [
      { path: join(root, 'train/daisy/1.jpg'), label: 0, classname: 'daisy' },
      { path: join(root, 'train/rose/1.jpg'), label: 1, classname: 'rose' },
    ],
    val: [{ path: join(root, 'val/daisy/3.JPEG'), label: 0, classname: 'daisy' }],
    test: [{ path: join(root, 'test/rose/2.jpg'), label: 1, classname: 'rose' }],
    warnings: [
      'mine: classes "daisy", "rose" have one training image; training only learns that image.',
      'mine: class "daisy" has no test images.',
    ],
  });
});

test('splits may have their other common names', async () => {
  const files = ['Training/rose/1.jpg', 'Training/daisy/1.jpg', 'valid/rose/2.jpg', 'Testing/daisy/3.jpg'];
  const { classNames, train, val, test: tested } = await folder(await folderWith(...files));
  expect(classNames).toEqual(['daisy', 'rose']);
  expect([train.length, val.length, tested.length]).toEqual([2, 1, 1]);
});

test('two images are enough for a class: one to train and one to test', async () => {
  const flowers = await folder(await folderWith('rose/1.jpg', 'rose/2.jpg', 'daisy/1.jpg', 'daisy/2.jpg'));
  expect([flowers.train, flowers.val, flowers.test].map(items => items.length)).toEqual([2, 0, 2]);
});

test('follows linked class folders', async () => {
  const elsewhere = await folderWith(...ten('rose'));
  const root = await folderWith(...ten('daisy'));
  await symlink(join(elsewhere, 'rose'), join(root, 'rose'));
  expect((await folder(root)).classNames).toEqual(['daisy', 'rose']);
});

test.each([
  [['rose/1.jpg', 'rose/2.jpg'], 'has 1 class folder(s)'],
  [[...ten('rose'), 'daisy/1.jpg'], 'daisy has 1 image(s); a class needs two'],
  [[...ten('rose'), 'daisy/1.txt'], 'daisy has no images; a class needs two'],
  [['train/rose/1.jpg', 'train/daisy/1.txt', 'test/rose/1.jpg'], 'daisy has no images'],
  [['train/rose/1.jpg', 'train/daisy/1.jpg', 'test/tulip/1.jpg'], 'tulip is a class that'],
  [
    ['train/rose/1.jpg', 'train/daisy/1.jpg', 'valid/rose/2.jpg'],
    'has train and valid but no test; rename valid to test',
  ],
  [['flowers/rose/1.jpg', 'flowers/daisy/1.jpg'], 'one folder too deep: they seem to be in'],
  [['rose/red/1.jpg', 'daisy/white/1.jpg'], 'the classes seem to be one folder too deep'],
  [['rose/1.jpg', 'daisy/1.jpg'], 'has one image per class; add more, so that some are left for testing'],
])('names the folder that is wrong', async (files, message) => {
  await expect(folder(await folderWith(...files))).rejects.toThrow(message);
});

test('a folder that does not exist throws', async () => {
  await expect(folder('/no/such/flowers')).rejects.toThrow('/no/such/flowers does not exist.');
});

test('class names are cleaned, and classnames.json overrides them', async () => {
  const root = await folderWith(...ten('golden_retriever'), ...ten('MaineCoon'), ...ten('c7'));
  await writeTree(root, { 'classnames.json': JSON.stringify({ c7: 'tabby cat' }) });
  const pets = await folder(root);
  expect(pets.classNames).toEqual(['maine coon', 'tabby cat', 'golden retriever']);
  expect(pets.train.find(({ path }) => path.includes('MaineCoon'))).toMatchObject({
    label: 0,
    classname: 'maine coon',
  });
  expect(pets.warnings).toEqual([]);
});

test.each([
  ['{"c7": ', 'is not valid JSON'],
  ['["tabby"]', 'must be {"folder": "class name", …}'],
  ['{"roze": "tabby"}', 'names "roze", which is not a class; did you mean "rose"?'],
  ['{"rose": "daisy"}', 'the folders daisy and rose would both be class "daisy"'],
])('a wrong classnames.json throws: %s', async (text, message) => {
  const root = await folderWith(...ten('rose'), ...ten('daisy'));
  await writeTree(root, { 'classnames.json': text });
  await expect(folder(root)).rejects.toThrow(message);
});

describe('a list of images', () => {
  const listed = async (name: string, text: string) => {
    const root = await folderWith(...ten('a'), ...ten('b'));
    await writeTree(root, { [name]: text });
    return join(root, name);
  };

  test('CSV with splits: columns in any order and by their common names, paths from its folder', async () => {
    const file = await listed(
      'list.csv',
      'split,filename,label\ntrain,a/0.jpg,red_rose\ntrain,b/0.jpg,daisy\nTest,a/1.jpg,red_rose\nvalid,"b/1.jpg",daisy\n',
    );
    const { name, classNames, train, val, test: tested } = await folder(file);
    expect({ name, classNames }).toEqual({ name: 'list', classNames: ['daisy', 'red rose'] });
    expect(train.map(({ path, label }) => [relative(join(file, '..'), path), label])).toEqual([
      [join('a', '0.jpg'), 1],
      [join('b', '0.jpg'), 0],
    ]);
    expect([val.length, tested.length]).toEqual([1, 1]);
  });

  test('without splits it is split by seed, the same from JSON and CSV', async () => {
    const rows = ['a', 'b'].flatMap(name => ten(name).map(path => ({ path, class: name })));
    const json = await folder(await listed('list.json', JSON.stringify(rows)), { name: 'x' });
    expect([json.train, json.val, json.test].map(items => items.length)).toEqual([10, 4, 6]);
    const csv = ['path;class', ...rows.map(({ path, class: c }) => `${path};${c}`)].join('\r\n');
    const again = await folder(await listed('list.csv', csv), { name: 'x' });
    expect(again.train.map(({ path }) => path.slice(-8))).toEqual(json.train.map(({ path }) => path.slice(-8)));
  });

  test('text that is not UTF-8 throws, naming its line; UTF-16 and byte-order marks are read', async () => {
    const rows = 'path,class\na/0.jpg,caf\u00e9\na/1.jpg,caf\u00e9\nb/0.jpg,b\nb/1.jpg,b\n';
    const file = await listed('list.csv', '');
    await writeFile(file, Buffer.from(rows, 'latin1'));
    await expect(folder(file)).rejects.toThrow(`${file}, line 2 is not UTF-8 (byte 0xe9)`);
    await writeFile(file, Buffer.from(`\ufeff${rows}`, 'utf16le'));
    await writeTree(join(file, '..'), { 'classnames.json': '\ufeff{"b": "tulip"}' });
    expect((await folder(file)).classNames).toEqual(['tulip', 'caf\u00e9']);
  });

  test.each([
    ['list.csv', 'path,kind\na/0.jpg,a\n', 'needs the columns path and class, and has path, kind'],
    ['list.csv', 'path,class\na/0.jpg,a\na/1.jpg,\n', 'line 3 has no path or no class'],
    ['list.csv', 'path,class,split\na/0.jpg,a,trian\n', 'line 2: the split must be train, val or test, not "trian"'],
    ['list.csv', 'path,class,split\na/0.jpg,a,train\nb/0.jpg,b,\n', 'but not'],
    ['list.json', '[{"path":"a/0.jpg","class":"a"},{"path":"b/0.jpg","class":"b","split":"test"}]', 'but not'],
    ['list.csv', 'path,class,split\na/0.jpg,a,train\nb/0.jpg,b,test\n', 'no training image of class "b"'],
    ['list.csv', 'path,class,split\na/0.jpg,a,train\nb/no.jpg,b,train\n', 'lists 1 image(s) that do not exist'],
    ['list.csv', 'path,class\na/0.jpg,a\n', 'names 1 class(es); at least two are needed'],
    ['list.csv', 'path,class\n"a/0.jpg,a\n', 'list.csv in'],
    ['list.json', '{"path": 1}', 'it must be a list of {"path", "class", "split"}'],
  ])('reports what is wrong with %s: %j', async (name, text, message) => {
    await expect(folder(await listed(name, text))).rejects.toThrow(message);
  });
});

describe('warns about problems that make training pointless', () => {
  test('names that are only digits or ids', async () => {
    const root = await folderWith(
      ...ten('0'),
      ...ten('n01440764'),
      ...ten('class_3'),
      ...ten('7f3a9c01'),
      ...ten('747'),
    );
    const { warnings } = await folder(root, { name: 'x' });
    expect(warnings).toEqual([
      'x: 5 classes ("0", "747", "7f3a9c01", …) are only numbers or ids, and CLIP reads names: ' +
        'write them into classnames.json, as in {"0": "rose"}.',
    ]);
    await writeTree(root, {
      'classnames.json': '{"0": "a", "747": "b", "7f3a9c01": "c", "class_3": "d", "n01440764": "tench"}',
    });
    expect((await folder(root)).warnings).toEqual([]);
  });

  test('images in folders inside class folders', async () => {
    const root = await folderWith(...ten('rose'), ...ten('daisy'), ...ten('daisy/more'));
    expect((await folder(root, { name: 'x' })).warnings).toEqual([
      'x: 10 images in folders inside class folders, such as daisy/more, are not read; move them up into the class folder.',
    ]);
  });

  test('numbers and ids in front of most names', async () => {
    const root = await folderWith(...ten('17_rose'), ...ten('0018-daisy'), ...ten('3_wheeler'));
    expect((await folder(root, { name: 'x' })).warnings[0]).toMatch(
      'x: classes "0018 daisy", "17 rose", "3 wheeler" begin with numbers or ids',
    );
    const one = await folderWith(...ten('rose'), ...ten('daisy'), ...ten('3_wheeler'));
    expect((await folder(one)).warnings).toEqual([]);
  });

  test('names that are the same words to CLIP, by case or Unicode form', async () => {
    const root = await folderWith(...ten('Fog'), ...ten('fog'), ...ten('caf\u00e9'), ...ten('cafe\u0301'));
    expect((await folder(root, { name: 'x' })).warnings).toEqual([
      'x: CLIP reads classes "Fog", "fog" as the same words, so methods that classify by names cannot tell them apart; rename or merge them.',
      'x: CLIP reads classes "cafe\u0301", "caf\u00e9" (with letters coded in two ways) as the same words, so methods that classify by names cannot tell them apart; rename or merge them.',
    ]);
  });

  test('names of letters that could be hexadecimal are names', async () => {
    expect((await folder(await folderWith(...ten('facade'), ...ten('decade')))).warnings).toEqual([]);
  });

  test('nearly empty classes', async () => {
    const many = (name: string) => Array.from({ length: 60 }, (_, i) => `${name}/${i}.jpg`);
    const root = await folderWith(
      ...many('rose'),
      ...many('daisy'),
      'tulip/1.jpg',
      'tulip/2.jpg',
      'tulip/3.jpg',
      'tulip/4.jpg',
    );
    expect((await folder(root, { name: 'x' })).warnings).toEqual([
      'x: class "tulip" has fewer than 5 training images, others about 30.',
    ]);
  });

  test('the same image in training and test, by its content', async () => {
    const files = [
      'train/rose/1.jpg',
      'train/rose/2.jpg',
      'train/daisy/1.jpg',
      'train/daisy/2.jpg',
      'test/daisy/9.jpg',
    ];
    const root = await folderWith(...files, 'test/rose/8.jpg', 'test/rose/7.jpg');
    await writeTree(root, Object.fromEntries(files.map(file => [file, `bytes of ${file}`])));
    await writeTree(root, {
      'test/rose/8.jpg': 'bytes of train/rose/2.jpg',
      'test/rose/7.jpg': 'bytes of train/rose/X.jpg',
    });
    expect((await folder(root, { name: 'x' })).warnings).toEqual([
      'x: 1 of 3 test images is also in the training or validation set (rose/8.jpg is rose/2.jpg); remove them from one.',
    ]);
  });
});
