import { benchmarks } from '@dgprompt/datasets';
import { benchmarkFolder, type Presence, presence } from '@dgprompt/datasets/benchmarks';
import CliTable from 'cli-table3';
import pc from 'picocolors';
import { plain, rules } from '../../terminal/table-text.js';
import type { DataOptions } from './data-command.js';

/** What is there of one dataset, and what is known of it. */
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

/** Prints the published datasets. */
export async function runDataList({ root, json }: DataOptions & { json?: true }): Promise<void> {
  const listed: Listed[] = await Promise.all(
    benchmarks.map(async benchmark => {
      const { id, title, classes, images, gigabytes, licence, page } = benchmark;
      return {
        ...{ id, title, folder: root === undefined ? null : benchmarkFolder(benchmark, root) },
        ...{ state: root === undefined ? null : await presence(benchmark, root) },
        ...{ classes, images, gigabytes, licence, page },
      };
    }),
  );
  process.stdout.write(json ? `${JSON.stringify(listed, null, 2)}\n` : `${text(listed, root)}\n`);
}

const marks: Record<Presence, string> = {
  present: pc.green('present'),
  elsewhere: pc.yellow('not where it must be'),
  absent: pc.dim('absent'),
};

function text(listed: Listed[], root: string | undefined): string {
  const table = new CliTable({
    head: ['folder', 'is', 'classes', 'images', 'GB', 'licence'].map(name => pc.dim(name)),
    style: plain,
    colAligns: ['left', 'left', 'right', 'right', 'right', 'left'],
    chars: rules,
  });
  const column = (of: (row: Listed) => string) => listed.map(of).join('\n');
  table.push([
    column(({ id }) => id),
    column(({ state }) => (state === null ? '?' : marks[state])),
    column(({ classes }) => String(classes)),
    column(({ images: { train, val, test }, id }) => String(train + test + (id === 'imagenet' ? 0 : val))),
    column(({ gigabytes }) => String(gigabytes)),
    column(({ licence }) => licence),
  ]);
  const width = Math.max(...listed.map(({ id }) => id.length));
  const pages = listed.map(({ id, page }) => ` ${id.padEnd(width)}  ${pc.dim(page)}`);
  const where =
    root === undefined
      ? 'With --root DIR, or DGPROMPT_DATA=DIR in the environment, it says which are there.'
      : `The folders are in ${root}.`;
  return [table.toString(), ...pages, where].join('\n');
}
