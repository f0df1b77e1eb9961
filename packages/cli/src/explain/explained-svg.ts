import { controlDifferences } from '../report/plots/control-differences.js';
import type { Titled } from './explained-text.js';

/** Light-mode colours of the report, for a standalone drawing. */
const colours = { muted: '#5b636b', grid: '#d5dadd', m1: '#0b6fb8' };

/** The plot of one method as an SVG file. */
export function explainedSvg({ explained }: Titled): string {
  const figure = controlDifferences(explained)?.html ?? '';
  const svg = /<svg.*<\/svg>/s.exec(figure)?.[0];
  if (svg === undefined) throw new Error('None of the controls changes anything here, so there is nothing to draw.');
  return `${svg
    .replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"')
    .replace(/var\(--(\w+)\)/g, (text, name: string) => colours[name as keyof typeof colours] ?? text)}\n`;
}
