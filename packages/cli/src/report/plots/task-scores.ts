import { methodTitle } from '@dgprompt/bench/methods';
import * as Plot from '@observablehq/plot';
import type { Html } from '../html.js';
import { figure, nameMargin, plotWidth } from './drawing.js';
import type { Look } from './styles.js';

/** A method's number on a task, in percent. */
export interface TaskScore {
  task: string;
  method: string;
  value: number;
}

/** Every method's number on every task, a row per task. */
export function taskScores(
  scores: readonly TaskScore[],
  looks: Map<string, Look>,
  { measure, caption }: { measure: string; caption: string },
): Html {
  const tasks = [...new Set(scores.map(({ task }) => task))];
  const look = ({ method }: TaskScore) => looks.get(method)!;
  const names = nameMargin(tasks);
  const options: Plot.PlotOptions = {
    width: plotWidth,
    height: 62 + 26 * tasks.length,
    marginLeft: names.margin,
    marginRight: 14,
    marginTop: 8,
    marginBottom: 40,
    x: { label: `${measure} →`, ticks: 6, inset: 10, nice: true, grid: true },
    y: { domain: tasks, label: null, tickSize: 0, tickFormat: names.short, padding: 0.5 },
    marks: [
      Plot.ruleY(tasks, { stroke: 'var(--grid)' }),
      Plot.dot(scores, {
        x: 'value',
        y: 'task',
        r: 4.5,
        fill: one => look(one).colour,
        symbol: (one: TaskScore) => look(one).symbol,
        title: one => `${one.task}, ${methodTitle(one.method)}: ${one.value.toFixed(1)}`,
      }),
    ],
  };
  return figure(options, {
    plot: 'scores by task',
    label: `${measure} of every method on ${tasks.length} tasks, as in the tables.`,
    caption,
  });
}
