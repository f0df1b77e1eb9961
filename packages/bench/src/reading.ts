import { methodTitle } from './method-title.js';
import type { Table } from './table.js';

/**
 * One line that says what the overall numbers say, and no more: who leads, by how much over the runner-up and over
 * zero-shot CLIP, and where the difference comes from.
 *
 * @returns an empty line's worth (`''`) if no task is complete yet
 */
export function readTable(table: Table): string {
  const ranked = table.methods
    .map(method => ({ name: methodTitle(method), method, cell: table.overall[method] }))
    .filter(row => row.cell !== undefined && !Number.isNaN(row.cell.H))
    .map(row => ({ ...row, cell: row.cell! }))
    .sort((a, b) => b.cell.H - a.cell.H);
  const [first, second] = ranked;
  if (!first) return '';
  if (!second) return `${first.name} reaches H ${first.cell.H.toFixed(1)}.`;

  const clip = ranked.find(({ method }) => method === 'clip');
  const parts = [`${first.name} has the best H, ${first.cell.H.toFixed(1)}`];
  if (first === clip) {
    const [base, fresh] = [second.cell.base - clip.cell.base, second.cell.new - clip.cell.new];
    parts.push(
      `no trained prompt beats it; ${second.name} comes nearest (${second.cell.H.toFixed(1)}), ` +
        `${signed(base)} on base and ${signed(fresh)} on new classes`,
    );
  } else {
    parts.push(lead(first.cell.H - second.cell.H, second.name));
    if (clip && clip !== second) parts[1] += ` and ${lead(first.cell.H - clip.cell.H, 'CLIP')}`;
    if (clip) {
      const [base, fresh] = [first.cell.base - clip.cell.base, first.cell.new - clip.cell.new];
      parts.push(`against CLIP ${signed(base)} on base and ${signed(fresh)} on new classes`);
    }
  }
  const caution =
    table.seeds.length === 1
      ? ' One seed only: differences of about a point are noise.'
      : ` Mean of ${table.seeds.length} seeds.`;
  return `${parts.join('; ')}.${caution}`;
}

const lead = (points: number, name: string): string =>
  points < 0.05 ? `level with ${name}` : `${points.toFixed(1)} above ${name}`;

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;
