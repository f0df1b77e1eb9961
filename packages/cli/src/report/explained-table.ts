import type { ControlCell, ExplainedMethod } from '@dgprompt/bench/explain';
import { own } from '@dgprompt/bench/records';
import { intervalText, signed } from '@dgprompt/bench/tables';

/** One method's controls as rows of text. */
export interface ExplainedTable {
  head: string[];
  rows: string[][];
}

/** With more columns than fit, only the main one is included. */
const mostColumns = 4;

/**
 * The unmodified method, then one row per control: accuracies, and in the main column the difference with its interval.
 * A dash marks a control that changes nothing.
 */
export function explainedTable({ columns, main, right, controls }: ExplainedMethod): ExplainedTable {
  const measured = columns.filter(column => Object.hasOwn(right, column));
  const shown = measured.length > mostColumns ? measured.filter(column => column === main) : measured;
  const at = shown.includes(main) ? main : shown[0]!;
  return {
    head: ['', ...shown, `difference${shown.length > 1 ? ` in ${at}` : ''}`, '95 % interval'],
    rows: [
      ['as it is', ...shown.map(column => right[column]!.toFixed(1)), '', ''],
      ...controls.map(({ control, cells }) => {
        const cell = own(cells, at);
        return [
          control,
          ...shown.map(column => valueText(own(cells, column))),
          cell === undefined || cell.unused ? unused : signed(cell.difference),
          cellInterval(cell),
        ];
      }),
    ],
  };
}

const unused = '–';

const valueText = (cell: ControlCell | undefined): string =>
  cell === undefined || cell.unused ? unused : cell.value.toFixed(1);

const cellInterval = (cell: ControlCell | undefined): string =>
  cell?.interval && !cell.unused ? intervalText(cell.interval) : '';

/** Whether the table has a dash, which needs an explanation. */
export const hasUnused = ({ rows }: ExplainedTable): boolean => rows.some(row => row.includes(unused));

export const unusedNote = '–: what is replaced is not used for these classes.';

/** Summarises the controls in a sentence. */
export function readExplained({ main, columns, controls, runs, tasks }: ExplainedMethod): string {
  const used = controls.flatMap(({ control, cells }) => {
    const cell = own(cells, main) ?? own(cells, columns[0]!);
    return cell && !cell.unused ? [{ control, ...cell }] : [];
  });
  const where = runs === 1 ? 'one run' : `${runs} runs on ${tasks.length} task${tasks.length === 1 ? '' : 's'}`;
  if (used.length === 0) return 'None of the controls changes anything here.';
  const lower = used.filter(({ interval }) => interval !== undefined && interval.high < 0);
  const named = lower.map(({ control, difference }) => `${control} (${signed(difference)})`).join(', ');
  if (lower.length > 0) return `Lower in ${main} beyond the 95 % interval of ${where}: ${named}.`;
  return `No control lowers ${main} beyond the 95 % interval of ${where}, so nothing here shows that the conditioning carries information.`;
}
