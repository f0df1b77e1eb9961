import { join } from 'node:path';
import type { Item } from '../dataset.js';
import { splitTrainVal } from '../splits/random-split.js';
import type { Benchmark } from './benchmark.js';

/** The folder of a video's middle frame, and its class name: `Apply_Eye_Makeup` for `ApplyEyeMakeup`. */
export const actionName = (action: string): string => action.match(/[A-Z][^A-Z]*/g)?.join('_') ?? action;

/** UCF101 (Soomro et al., 2012): 101 actions, the middle frame of each video; the first of its three splits. */
export const ucf101: Benchmark = {
  id: 'ucf101',
  title: 'UCF101',
  aliases: ['ucf'],
  imageFolder: 'UCF-101-midframes',
  splitFile: 'split_zhou_UCF101.json',
  templates: ['a photo of a person doing {}.'],
  classes: 101,
  images: { train: 7639, val: 1898, test: 3783 },
  gigabytes: 6.9, // the videos; the middle frames alone are far smaller
  licence: 'not stated; for research',
  page: 'https://www.crcv.ucf.edu/data/UCF101.php',
  async read({ find, lines, seed }) {
    const images = await find('UCF-101-midframes');
    const actions = (await lines('ucfTrainTestlist/classInd.txt')).map(line => line.split(' ')); // `1 ApplyEyeMakeup`
    const labels = new Map(actions.map(([number, action]) => [action, Number(number) - 1]));
    const classNames: string[] = [];
    for (const [action = '', label] of labels) {
      if (!(Number.isInteger(label) && label >= 0 && label < labels.size))
        throw new Error(`ucf101/ucfTrainTestlist/classInd.txt: "${action}" has no number from 1 to ${labels.size}.`);
      classNames[label] = actionName(action);
    }
    // A line is `ApplyEyeMakeup/v_ApplyEyeMakeup_g08_c01.avi 1`; the label is missing in the test list.
    const read = async (list: string): Promise<Item[]> =>
      (await lines(list)).map(line => {
        const [action = '', video = ''] = (line.split(' ')[0] ?? '').split('/');
        const label = labels.get(action);
        if (label === undefined) throw new Error(`ucf101/${list}: "${action}" is not in classInd.txt.`);
        const classname = actionName(action);
        return { path: join(images, classname, video.replace('.avi', '.jpg')), label, classname };
      });
    const trainval = await read('ucfTrainTestlist/trainlist01.txt');
    const test = await read('ucfTrainTestlist/testlist01.txt');
    return { classNames, ...splitTrainVal(trainval, seed), test };
  },
};
