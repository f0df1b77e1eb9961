import { markdownText } from '@dgprompt/io';
import { methodTitle } from '../methods/title.js';
import type { SearchResult, Tried } from './result.js';

/**
 * A search as Markdown: everything tried, and the setting chosen for each method.
 *
 * @example
 * ```ts
 * import { searchMarkdown } from '@dgprompt/bench/search';
 *
 * const tasks = ['weather'];
 * const text = searchMarkdown({ format: 1, suite: 'pictograms', tasks, shots: 16, seed: 1, model: '', methods: {} });
 * console.log(text); // ## Settings chosen on pictograms …
 * ```
 */
export function searchMarkdown({ suite, tasks, shots, seed, precision, methods }: SearchResult): string {
  const sections = Object.entries(methods).map(([id, { chosen, tried }]) => {
    const rows = tried.map(one => row(one, one.options === chosen));
    const head = ['| settings | base | new | H | |', '| --- | ---: | ---: | ---: | --- |'];
    return [`### ${markdownText(methodTitle(id))}`, [...head, ...rows].join('\n')].join('\n\n');
  });
  return [
    `## Settings chosen on ${markdownText(suite)}`,
    `Of each task (${tasks.map(markdownText).join(', ')}) only the base classes take part: trained on ${shots} shots of the first half of them, seed ${seed}, and tested on validation images of that half (base) and of the other half (new). No test image and no new class was looked at. Accuracy in %, averaged over the tasks; H is the harmonic mean of the averages. For each method one setting for all tasks, that of the highest H, or of the highest base accuracy where a method cannot take new classes (–); each row changes the best of the rows above, and what is not named is as published.${precision ? ` The CLIP's towers compute in ${precision}.` : ''}`,
    ...sections,
  ].join('\n\n');
}

function row({ options, base, new: fresh, H }: Tried, chosen: boolean): string {
  const settings = markdownText(options.replaceAll('+', ', ').replaceAll('=', ' '));
  return `| ${settings} | ${[base, fresh, H].map(x => x?.toFixed(2) ?? '–').join(' | ')} | ${chosen ? 'chosen' : ''} |`;
}
