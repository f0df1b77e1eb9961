import type { Presence } from '@dgprompt/datasets/benchmarks';
import { printable } from '@dgprompt/io';
import pc from 'picocolors';
import { defineCommand } from '../../options/command.js';
import { dataOptions, jsonOption } from '../../options/table.js';

/** A dataset's known facts, and whether it is present. */
interface Listed {
  id: string;
  title: string;
  folder: string | null;
  state: Presence | null;
  classes: number;
  images: { train: number; val: number; test: number };
  gigabytes: number;
  licence: string;
  page: string;
}

/** `dgprompt data list`: the published datasets. */
export const list = defineCommand({
  description: 'List the published datasets: their folders, whether they are there, sizes, licences and pages.',
  examples: ['data list --root ~/data', 'data list --json'],
  options: { root: dataOptions.root, ...jsonOption },
  async action({ root, json }) {
    const { benchmarks } = await import('@dgprompt/datasets');
    const { benchmarkFolder, presence } = await import('@dgprompt/datasets/benchmarks');
    const { textTable } = await import('../../terminal/table.js');
    const listed: Listed[] = await Promise.all(
      benchmarks.map(async benchmark => {
        const { id, title, classes, images, gigabytes, licence, page } = benchmark;
        const folder = root === undefined ? null : benchmarkFolder(benchmark, root);
        const state = root === undefined ? null : await presence(benchmark, root);
        return { id, title, folder, state, classes, images, gigabytes, licence, page };
      }),
    );
    if (json) {
      process.stdout.write(`${JSON.stringify(listed, null, 2)}\n`);
      return;
    }
    const width = Math.max(...listed.map(({ id }) => id.length));
    const pages = listed.map(({ id, page }) => ` ${id.padEnd(width)}  ${pc.dim(page)}`);
    const where =
      root === undefined
        ? 'Give --root DIR, or set DGPROMPT_DATA=DIR, to see which are there.'
        : `The folders are in ${printable(root, 4000)}.`;
    const head = ['folder', 'state', 'classes', 'images', 'GB', 'licence'].map(name => pc.dim(name));
    const table = textTable({ head, groups: [listed.map(cells)], align: 'llrrrl' });
    process.stdout.write(`${[table, ...pages, where].join('\n')}\n`);
  },
});

const marks: Record<Presence, string> = {
  present: pc.green('present'),
  elsewhere: pc.yellow('in the wrong place'),
  absent: pc.dim('absent'),
};

function cells({ id, state, licence, classes, images, gigabytes }: Listed): string[] {
  const count = images.train + images.test + (id === 'imagenet' ? 0 : images.val);
  return [id, state === null ? '?' : marks[state], String(classes), String(count), String(gigabytes), licence];
}
