import { bytes } from '@dgprompt/io';
import { families } from '../jobs.js';
import type { Results } from '../results.js';
import { againstMaple, ceilingOf, faulty, percent, type SpeedTable, time } from './cells.js';

export function familySheet(results: Results): SpeedTable {
  const ceiling = ceilingOf(results);
  const row = (title: string, tower: string, step: string): string[][] => {
    const [forward, trained] = [results.of('tower', tower)?.result, results.of('step', step)];
    if (!forward || !trained) return faulty(results, 'step', title, 6, step);
    const { seconds, operations } = trained.result;
    return [
      [
        title,
        (forward.batch / forward.seconds).toFixed(1),
        time(seconds),
        againstMaple(results, seconds),
        ceiling && operations ? percent(operations / seconds / ceiling) : '–',
        bytes(trained.peakBytes),
      ],
    ];
  };
  const others = families.flatMap(shape => row(shape, shape, `maple on ${shape}`));
  return {
    title: 'Other CLIPs: the vision tower forward, and a step of MaPLe with a batch of 4',
    head: ['', 'images a second', 'step', 'against ViT-B/16', 'of the ceiling', 'peak memory'],
    rows: others.length > 0 ? [...row('ViT-B/16', 'tower', 'maple'), ...others] : [],
  };
}
