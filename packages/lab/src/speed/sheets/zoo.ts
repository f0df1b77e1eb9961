import { methodTitle } from '@dgprompt/bench/methods';
import { bytes } from '@dgprompt/io';
import { adaptations, fits } from '../jobs.js';
import type { Results } from '../results.js';
import { againstMaple, faulty, type SpeedTable, time } from './cells.js';

export function fitSheet(results: Results): SpeedTable {
  const rows = fits.flatMap(method => {
    const measured = results.of('fit', method);
    if (!measured) return faulty(results, 'fit', method, 4);
    const { seconds, images } = measured.result;
    return [[methodTitle(method), String(images), time(seconds), bytes(measured.peakBytes)]];
  });
  const head = ['', 'images', 'fit', 'peak memory'];
  return { title: 'A whole fit on frozen features, its search of settings on validation images included', head, rows };
}

export function adaptationSheet(results: Results): SpeedTable {
  const rows = adaptations.flatMap(method => {
    const measured = results.of('adaptation', method);
    if (!measured) return faulty(results, 'adaptation', method, 5);
    const { seconds, views } = measured.result;
    const against = againstMaple(results, seconds);
    return [[methodTitle(method), String(views), time(seconds), against, bytes(measured.peakBytes)]];
  });
  const head = ['', 'views', 'one image', "against MaPLe's step", 'peak memory'];
  return { title: 'Testing an image with a method that adapts to it', head, rows };
}
