import { copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * For tests: miniature trees in each dataset's true layout, files named and listed as in the real ones, images empty.
 * The `.mat` files in `fixtures` were written by SciPy, which the published code uses to read them.
 */

/** An empty folder for a test. */
export const emptyFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'dgprompt-data-'));

/** Writes files, text by path; an image is an empty text. */
export async function writeTree(root: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

const numbered = (count: number, name: (i: number) => string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [name(i + 1), '']));
const digits = (i: number, width: number) => String(i).padStart(width, '0');
const lines = (...text: string[]) => `${text.join('\n')}\n`;
const nouns = ['n01440764', 'n01443537', 'n02099601'];
const classnames = lines('n01440764 tench', 'n01443537 goldfish', 'n02099601 Golden Retriever');

/** The contents of each dataset's folder, except the `.mat` files. */
export const miniatures: Record<string, Record<string, string>> = {
  imagenet: {
    'classnames.txt': classnames,
    ...Object.assign({}, ...nouns.map(n => numbered(3, i => `images/train/${n}/${n}_${i * 13}.JPEG`))),
    ...Object.assign(
      {},
      ...nouns.map((n, c) => numbered(2, i => `images/val/${n}/ILSVRC2012_val_${digits(c * 2 + i, 8)}.JPEG`)),
    ),
  },
  'caltech-101': Object.assign(
    {},
    ...['BACKGROUND_Google', 'Faces', 'Faces_easy', 'Leopards', 'accordion', 'airplanes', 'crocodile_head'].map(name =>
      numbered(10, i => `101_ObjectCategories/${name}/image_${digits(i, 4)}.jpg`),
    ),
  ),
  oxford_pets: {
    ...Object.assign(
      {},
      ...['Abyssinian', 'american_bulldog', 'Maine_Coon'].map(name => numbered(8, i => `images/${name}_${i}.jpg`)),
    ),
    'annotations/trainval.txt': lines(
      ...['Abyssinian_1 1 1 1', 'Abyssinian_2 1 1 1', 'Abyssinian_3 1 1 1', 'Abyssinian_4 1 1 1', 'Abyssinian_5 1 1 1'],
      ...[1, 2, 3, 4, 5].map(i => `american_bulldog_${i} 2 2 1`),
      ...[1, 2, 3, 4, 5].map(i => `Maine_Coon_${i} 3 1 2`),
    ),
    'annotations/test.txt': lines(
      ...[6, 7, 8].map(i => `Abyssinian_${i} 1 1 1`),
      ...[6, 7, 8].map(i => `american_bulldog_${i} 2 2 1`),
      ...[6, 7, 8].map(i => `Maine_Coon_${i} 3 1 2`),
    ),
  },
  stanford_cars: {
    ...numbered(15, i => `cars_train/${digits(i, 5)}.jpg`),
    ...numbered(6, i => `cars_test/${digits(i, 5)}.jpg`),
  },
  oxford_flowers: {
    ...numbered(31, i => `jpg/image_${digits(i, 5)}.jpg`),
    'cat_to_name.json': JSON.stringify({ 2: 'hard-leaved pocket orchid', 1: 'pink primrose', 3: 'canterbury bells' }),
  },
  'food-101': {
    ...numbered(10, i => `images/apple_pie/${1000 + i}.jpg`),
    ...numbered(10, i => `images/baby_back_ribs/${2000 + i}.jpg`),
    'meta/classes.txt': lines('apple_pie', 'baby_back_ribs'),
    'license_agreement.txt': '',
  },
  fgvc_aircraft: {
    ...numbered(9, i => `images/${digits(i * 111, 7)}.jpg`),
    'variants.txt': lines('707-320', 'A340-200', 'Gulfstream IV'),
    'images_variant_train.txt': lines('0000111 707-320', '0000222 A340-200', '0000333 Gulfstream IV'),
    'images_variant_val.txt': lines('0000444 Gulfstream IV', '0000555 A340-200', '0000666 707-320'),
    'images_variant_test.txt': lines('0000777 707-320', '0000888 A340-200', '0000999 Gulfstream IV'),
  },
  sun397: {
    ...numbered(8, i => `SUN397/a/abbey/sun_a${i}.jpg`),
    ...numbered(8, i => `SUN397/a/apartment_building/outdoor/sun_b${i}.jpg`),
    'ClassName.txt': lines('/a/abbey', '/a/apartment_building/outdoor'),
    'Training_01.txt': lines(
      ...[1, 2, 3, 4, 5].map(i => `/a/abbey/sun_a${i}.jpg`),
      ...[1, 2, 3, 4, 5].map(i => `/a/apartment_building/outdoor/sun_b${i}.jpg`),
    ),
    'Testing_01.txt': lines(
      ...[6, 7, 8].map(i => `/a/abbey/sun_a${i}.jpg`),
      ...[6, 7, 8].map(i => `/a/apartment_building/outdoor/sun_b${i}.jpg`),
    ),
  },
  dtd: Object.assign(
    { 'labels/train1.txt': lines('banded/banded_0001.jpg') },
    ...['banded', 'polka-dotted'].map(name => numbered(10, i => `images/${name}/${name}_${digits(i, 4)}.jpg`)),
  ),
  eurosat: Object.assign(
    {},
    ...['AnnualCrop', 'Forest', 'HerbaceousVegetation', 'SeaLake'].map(name =>
      numbered(10, i => `2750/${name}/${name}_${i}.jpg`),
    ),
  ),
  ucf101: {
    'ucfTrainTestlist/classInd.txt': lines('1 ApplyEyeMakeup', '2 YoYo'),
    'ucfTrainTestlist/trainlist01.txt': lines(
      ...[1, 2, 3, 4, 5].map(i => `ApplyEyeMakeup/v_ApplyEyeMakeup_g08_c0${i}.avi 1`),
      ...[1, 2, 3, 4, 5].map(i => `YoYo/v_YoYo_g08_c0${i}.avi 2`),
    ),
    'ucfTrainTestlist/testlist01.txt': lines('ApplyEyeMakeup/v_ApplyEyeMakeup_g01_c01.avi', 'YoYo/v_YoYo_g01_c01.avi'),
    ...numbered(5, i => `UCF-101-midframes/Apply_Eye_Makeup/v_ApplyEyeMakeup_g08_c0${i}.jpg`),
    ...numbered(5, i => `UCF-101-midframes/Yo_Yo/v_YoYo_g08_c0${i}.jpg`),
    'UCF-101-midframes/Apply_Eye_Makeup/v_ApplyEyeMakeup_g01_c01.jpg': '',
    'UCF-101-midframes/Yo_Yo/v_YoYo_g01_c01.jpg': '',
  },
  imagenetv2: {
    'classnames.txt': classnames,
    ...Object.assign(
      {},
      ...[0, 1, 2].map(c => numbered(2, i => `imagenetv2-matched-frequency-format-val/${c}/${c}${i}f.jpeg`)),
    ),
  },
  'imagenet-sketch': {
    'classnames.txt': classnames,
    ...Object.assign({}, ...nouns.map(n => numbered(2, i => `images/${n}/sketch_${i}.JPEG`))),
  },
  'imagenet-adversarial': {
    'classnames.txt': classnames,
    'imagenet-a/README.txt': 'Not a class.',
    ...Object.assign({}, ...nouns.slice(1).map(n => numbered(2, i => `imagenet-a/${n}/0.00${i}_fox squirrel.jpg`))),
  },
  'imagenet-rendition': {
    'classnames.txt': classnames,
    'imagenet-r/README.txt': 'Not a class.',
    ...Object.assign({}, ...nouns.slice(0, 2).map(n => numbered(2, i => `imagenet-r/${n}/art_${i}.jpg`))),
  },
};

const matFiles: Record<string, Record<string, string>> = {
  stanford_cars: {
    'devkit/cars_meta.mat': 'cars_meta.mat',
    'devkit/cars_train_annos.mat': 'cars_train_annos.mat',
    'cars_test_annos_withlabels.mat': 'cars_test_annos_withlabels.mat',
  },
  oxford_flowers: { 'imagelabels.mat': 'imagelabels.mat' },
};

/** Writes a dataset's miniature into `<root>/<id>`, or elsewhere. @returns the root */
export async function makeMiniature(root: string, id: string, folder = id): Promise<string> {
  await writeTree(join(root, folder), miniatures[id]!);
  for (const [path, fixture] of Object.entries(matFiles[id] ?? {})) {
    await mkdir(dirname(join(root, folder, path)), { recursive: true });
    await copyFile(fileURLToPath(new URL(`./fixtures/${fixture}`, import.meta.url)), join(root, folder, path));
  }
  return root;
}
