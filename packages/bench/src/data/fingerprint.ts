import { createHash } from 'node:crypto';
import { basename, dirname, relative, sep } from 'node:path';
import { type Dataset, splits } from '@dgprompt/datasets';

/**
 * Identifies a task's data in 16 hex digits: class names, templates, and each split's images by path and label. Paths
 * are relative to the folder that all images share (its name included), so that the data may be elsewhere on another
 * machine.
 */
export function fingerprint(dataset: Dataset): string {
  const root = sharedFolder(splits.flatMap(split => dataset[split].map(({ path }) => path)));
  const hash = createHash('sha256').update(JSON.stringify([basename(root), dataset.classNames, dataset.templates]));
  for (const split of splits) {
    const images = dataset[split].map(({ path, label }) => [relative(root, path).split(sep).join('/'), label]);
    hash.update(JSON.stringify(images));
  }
  return hash.digest('hex').slice(0, 16);
}

function sharedFolder(paths: string[]): string {
  let shared = dirname(paths[0] ?? '');
  for (const path of paths) {
    while (!path.startsWith(shared.endsWith(sep) ? shared : shared + sep)) shared = dirname(shared);
  }
  return shared;
}
