import { basename, dirname } from 'node:path';
import { clipVocabulary } from '@dgprompt/clip/text';
import type { SafetensorsFile } from '@dgprompt/io';
import { type GoldenClip, goldenClip } from './clip.js';

/** The recorded CLIPs of a golden folder. */
export interface GoldenClips {
  /**
   * The CLIP that a case was recorded with: the one named in the case's metadata, or one that has the case's sizes and
   * in whose vocabulary the token rows spell the class names. Of several, the one in the same folder named after the
   * case (`promptsrc-clip`) takes precedence.
   * @throws a sentence if none fits
   */
  find(file: SafetensorsFile, name: string): Promise<GoldenClip>;
  dispose(): void;
}

/** A logit scale that a recording was made with. */
export interface RecordedScale {
  folder: string;
  scale: number;
}

/**
 * @param paths files with a CLIP and its `token_ids`
 * @param scales see `goldenClip`; those of a CLIP's own folder take precedence, since two that round alike may differ
 *   by a thousandth
 */
export function goldenClips(paths: readonly string[], scales: readonly RecordedScale[]): GoldenClips {
  const loaded = new Map<string, Promise<GoldenClip>>();
  const ownFirst = (path: string) => {
    const isOwn = ({ folder }: RecordedScale) => folder === dirname(path);
    return [...scales.filter(isOwn), ...scales.filter(one => !isOwn(one))].map(({ scale }) => scale);
  };
  const load = (path: string) => {
    const known = loaded.get(path) ?? goldenClip(path, ownFirst(path));
    loaded.set(path, known);
    return known;
  };
  return {
    async find(file, name) {
      const named = (path: string) => basename(path, '.safetensors').startsWith(name);
      const near = (path: string) => dirname(path) === dirname(file.path);
      const { clip: meant } = file.metadata; // sizes alone do not distinguish two CLIPs in a folder
      const own = paths.find(path => near(path) && basename(path, '.safetensors') === meant);
      if (own) return load(own);
      const rank = (path: string) => (named(path) ? 0 : 2) + (near(path) ? 0 : 1);
      for (const path of [...paths].sort((a, b) => rank(a) - rank(b))) {
        const clip = await load(path);
        if (await fits(clip, file)) return clip;
      }
      throw new Error(`none of the ${paths.length} CLIPs in the folder has its sizes and its tokens`);
    },
    dispose() {
      for (const clip of loaded.values())
        clip.then(
          ({ clip }) => clip.dispose(),
          () => {},
        );
    },
  };
}

async function fits({ clip, ids, config }: GoldenClip, { metadata, tensors, read }: SafetensorsFile): Promise<boolean> {
  const said = metadata.config ? (JSON.parse(metadata.config) as Record<string, number>) : {};
  if (config && Object.entries(said).some(([key, value]) => (config[key] ?? value) !== value)) return false;
  const side = tensors.get('images')?.shape.at(-1);
  if (side !== undefined && side !== clip.imageSize) return false;
  const shape = tensors.get('tokens')?.shape;
  if (!shape || metadata.classnames === undefined) return true;
  const [rows, length] = [read('tokens'), shape[1]!];
  const full = await clipVocabulary();
  return (JSON.parse(metadata.classnames) as string[]).every((name, c) => {
    const row = rows.subarray(c * length, (c + 1) * length);
    const text = Array.from(row, token => ids[token] ?? -1); // ids of the published vocabulary
    const end = row.indexOf(Math.max(...row));
    if (text[0] !== full.start || text[end] !== full.end) return false;
    return ` ${text.slice(1, end).join(' ')} `.includes(` ${full.encode(name.replaceAll('_', ' ')).join(' ')} `);
  });
}
