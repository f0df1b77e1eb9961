import { methodTitle } from '@dgprompt/bench/methods';
import * as Plot from '@observablehq/plot';
import type { Html } from '../html.js';
import { below, figure, nameMargin, plotWidth } from './drawing.js';
import { type Look, legend, quietFirst } from './styles.js';

/** A method's number on a task, in percent. */
export interface TaskScore {
  task: string;
  method: string;
  value: number;
}

/** Every method's number on every task, one row per task. */
export function taskScores(
  scores: readonly TaskScore[],
  looks: Map<string, Look>,
  { measure, title, about }: { measure: string; title: string; about?: string },
): Html {
  const tasks = [...new Set(scores.map(({ task }) => task))];
  const methods = [...new Set(scores.map(({ method }) => method))];
  const look = ({ method }: TaskScore) => looks.get(method)!;
  const names = nameMargin(tasks);
  const scoreOf = (task: string, method: string) => scores.find(one => one.task === task && one.method === method);
  const options: Plot.PlotOptions = {
    width: plotWidth,
    height: 62 + 27 * tasks.length,
    marginLeft: names.margin,
    marginRight: 14,
    marginTop: 8,
    marginBottom: 44,
    x: { ticks: 6, inset: 10, nice: true, grid: true, ...below(measure) },
    y: { domain: tasks, label: null, tickSize: 0, tickFormat: names.short, padding: 0.5 },
    r: { type: 'identity' },
    marks: [
      Plot.ruleY(tasks, { stroke: 'var(--grid)' }),
      Plot.dot(quietFirst(scores, looks), {
        x: 'value',
        y: 'task',
        r: one => (look(one).quiet ? 2.5 : 5),
        fill: one => look(one).colour,
        sort: null, // in the given order, not largest first
        symbol: (one: TaskScore) => look(one).symbol,
        stroke: () => 'var(--paper)',
        strokeWidth: 0.75,
        title: one => `${one.task}, ${methodTitle(one.method)}: ${one.value.toFixed(1)}`,
      }),
    ],
  };
  return figure(options, {
    plot: 'scores by task',
    title,
    about,
    key: legend(methods, looks),
    label: `${title}: ${measure} of every method on ${tasks.length} tasks, as in the tables.`,
    numbers: [
      ['task', ...methods.map(methodTitle)],
      ...tasks.map(task => [task, ...methods.map(method => scoreOf(task, method)?.value.toFixed(4) ?? '')]),
    ],
  });
}
