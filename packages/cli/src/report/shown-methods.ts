import type { Table } from '@dgprompt/bench';
import { isAblation, viewsEnding, withoutViews } from '@dgprompt/bench/methods';
import { mean } from '@dgprompt/bench/tables';
import { distinct } from './group.js';
import { named } from './plots/styles.js';
import type { StoredRun } from './stored-run.js';

/** The method that a section shows per class and per image, and the one it is compared with. */
export interface ShownMethods {
  method: string;
  other?: string;
}

/**
 * Picks the trained method with the best average over all tests, among those with the most runs, and compares it with
 * CLIP, else with the next best. CLIP uses the same number of views. Ablations do not count.
 */
export function shownMethods(runs: readonly StoredRun[]): ShownMethods {
  const methods = distinct(runs.map(({ config }) => config.method));
  const rows = methods.map(method => {
    const own = runs.filter(({ config }) => config.method === method);
    const tests = own.flatMap(({ tests }) => Object.values(tests)).filter(test => test !== null);
    return { method, runs: own.length, top1: tests.length === 0 ? 0 : mean(tests.map(test => test.top1)) };
  });
  const ranked = rows
    .sort((a, b) => b.runs - a.runs || b.top1 - a.top1)
    .map(({ method }) => method)
    .filter((method, _, all) => !isAblation(method) || all.every(isAblation));
  const method = ranked.find(one => withoutViews(one) !== 'clip') ?? ranked[0]!;
  const clip = `clip${viewsEnding(method)}`;
  const other = ranked.includes(clip) && method !== clip ? clip : ranked.find(one => one !== method);
  return { method, other };
}

/** The methods that figures name, in order: all, or of many, zero-shot CLIP, DGPrompt and the best on average. */
export function bestMethods({ methods, main, overall, tasks }: Table): string[] {
  if (methods.length <= named) return methods;
  const average = (method: string) => {
    if (overall) return overall.cells[method]?.[main]?.mean ?? 0;
    const each = tasks.flatMap(({ cells }) => cells[method]?.[main]?.mean ?? []);
    return each.length === tasks.length ? mean(each) : 0;
  };
  const known = methods.filter(method => ['clip', 'dgprompt'].includes(method));
  const ranked = methods.filter(method => !known.includes(method)).sort((a, b) => average(b) - average(a));
  const kept = [...known, ...ranked.slice(0, named - known.length)];
  return methods.filter(method => kept.includes(method));
}
