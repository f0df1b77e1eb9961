import { basename, dirname, relative, sep } from 'node:path';
import { type Dataset, splits } from '@dgprompt/datasets';
import { sha256Hex } from '@dgprompt/io';

/**
 * Identifies a task's data in 16 hex digits: class names, templates, and each split's images by path and label. Paths
 * are relative to the folder that all images share (its name included), so that the data may be elsewhere on another
 * machine.
 */
export function fingerprint(dataset: Dataset): string {
  const root = sharedFolder(splits.flatMap(split => dataset[split].map(({ path }) => path)));
  const images = splits.map(split =>
    dataset[split].map(({ path, label }) => [relative(root, path).split(sep).join('/'), label]),
  );
  const facts = [[basename(root), dataset.classNames, dataset.templates], ...images];
  return sha256Hex(...facts.map(part => JSON.stringify(part))).slice(0, 16);
}

/** A `fingerprint` that computes each dataset's once, for many runs on datasets that do not change meanwhile. */
export function rememberedFingerprint(): typeof fingerprint {
  const known = new WeakMap<Dataset, string>();
  return dataset => {
    const hash = known.get(dataset) ?? fingerprint(dataset);
    known.set(dataset, hash);
    return hash;
  };
}

function sharedFolder(paths: string[]): string {
  let shared = dirname(paths[0] ?? '');
  for (const path of paths) {
    while (!path.startsWith(shared.endsWith(sep) ? shared : shared + sep)) shared = dirname(shared);
  }
  return shared;
}
