import { methodTitle } from './method-title.js';
import type { SearchResult } from './search.js';

/** A search as Markdown: what was chosen for each method, then everything that was tried. */
export function searchMarkdown({ suite, tasks, shots, seed, rule, methods }: SearchResult): string {
  const rules = {
    best: 'the highest mean',
    careful:
      'the most careful setting (fewest epochs, lowest rates, strongest retention) within a standard error of the highest mean',
  };
  const chosen = Object.entries(methods).map(
    ([id, { chosen, validation }]) => `| ${methodTitle(id)} | ${shown(chosen)} | ${validation.toFixed(1)} |`,
  );
  const tried = Object.entries(methods).flatMap(([id, { stages }]) =>
    stages.map(stage => {
      const rows = stage.map(({ options, mean }) => `| ${shown(options)} | ${mean.toFixed(1)} |`);
      return [`### ${methodTitle(id)}`, '', '| setting | accuracy |', '| --- | ---: |', ...rows].join('\n');
    }),
  );
  return [
    `## Settings chosen on ${suite}`,
    `Accuracy in % on the validation images of base classes, the mean of ${tasks.length} tasks (${tasks.join(', ')}), ${shots} shots, seed ${seed}. For each method one setting for all tasks: ${rules[rule]}. No test image and no new class was looked at.`,
    ['| method | setting | accuracy |', '| --- | --- | ---: |', ...chosen].join('\n'),
    '## Everything that was tried',
    ...tried,
  ].join('\n\n');
}

const shown = (options: string): string => options.replaceAll('+', ', ').replaceAll('=', ' ');
