import { readFileSync } from 'node:fs';
import { pictogramTasks, splitFile } from '@dgprompt/pictograms';
import type { Plugin } from 'vite';

const name = 'virtual:task-counts';

/** The number of classes and pictures per task, so that the list of tasks needs none of their files. */
export function taskCounts(): Plugin {
  return {
    name: 'task-counts',
    resolveId: id => (id === name ? `\0${name}` : undefined),
    load(id) {
      if (id !== `\0${name}`) return undefined;
      return `export const taskCounts = ${JSON.stringify(Object.fromEntries(pictogramTasks().map(task => [task, counts(task)])))};`;
    },
  };
}

function counts(task: string): { classes: number; images: number } {
  const split = JSON.parse(readFileSync(splitFile(task), 'utf8')) as Record<string, [string, number, string][]>;
  const items = Object.values(split).flat();
  return { classes: new Set(items.map(([, label]) => label)).size, images: items.length };
}
