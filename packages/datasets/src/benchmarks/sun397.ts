import { join } from 'node:path';
import type { Item } from '../dataset.js';
import { splitTrainVal } from '../splits/random-split.js';
import type { Benchmark } from './benchmark.js';

/** SUN397 (Xiao et al., 2010): 397 scenes; the first of its ten partitions. */
export const sun397: Benchmark = {
  id: 'sun397',
  title: 'SUN397',
  aliases: ['sun'],
  imageFolder: 'SUN397',
  splitFile: 'split_zhou_SUN397.json',
  templates: ['a photo of a {}.'],
  classes: 397,
  images: { train: 15_880, val: 3970, test: 19_850 },
  gigabytes: 39,
  licence: 'for research, not commercial',
  page: 'https://vision.princeton.edu/projects/2010/SUN/',
  async read({ find, lines, seed }) {
    const images = await find('SUN397');
    const folders = (await lines('ClassName.txt')).map(line => line.slice(1)); // `/a/apse/indoor` without its first `/`
    const classNames = folders.map(sceneName);
    const labels = new Map(folders.map((folder, label) => [folder, label]));
    const read = async (list: string): Promise<Item[]> =>
      (await lines(list)).map(line => {
        const path = line.slice(1);
        const folder = path.slice(0, path.lastIndexOf('/'));
        const label = labels.get(folder);
        if (label === undefined) throw new Error(`sun397/${list}: "${line}" is in no folder of ClassName.txt.`);
        return { path: join(images, path), label, classname: sceneName(folder) };
      });
    const trainval = await read('Training_01.txt');
    return { classNames, ...splitTrainVal(trainval, seed), test: await read('Testing_01.txt') };
  },
};

/** `a/apse/indoor` is `indoor apse`: drops the letter and puts words like indoor first. */
const sceneName = (folder: string): string => folder.split('/').slice(1).reverse().join(' ');
