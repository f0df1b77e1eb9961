import type { Clip } from '@dgprompt/clip';
import { benchmarks } from '@dgprompt/datasets';
import type { SafetensorsFile } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';

/** A recording of a published method, with the CLIP that it was made with. */
export interface Recording {
  clip: Clip;
  classNames: string[];
  metadata: Readonly<Record<string, string>>;
  /** Hand-written prompts: the metadata's, or the known ones that spell the recorded tokens. */
  templates: string[];
  /** Names of the recorded parameters. */
  parameters: string[];
  has(key: string): boolean;
  shape(key: string): readonly number[];
  /** @throws naming file and tensor if there is none */
  tensor(key: string): tf.Tensor;
  /** Class indices. */
  labels(key: string): Int32Array;
  /** A setting by its published name, in any group of the configuration; undefined if there is none. */
  setting(name: string): unknown;
  /** Frees the tensors. */
  dispose(): void;
}

export function openRecording(file: SafetensorsFile, clip: Clip): Recording {
  const { metadata, tensors } = file;
  const made: tf.Tensor[] = [];
  const classNames = JSON.parse(metadata.classnames ?? '[]') as string[];
  const settings = JSON.parse(metadata.settings ?? '{}') as Record<string, unknown>;
  const tensor = (key: string) => {
    const one = tf.tensor(file.read(key), tensors.get(key)!.shape);
    made.push(one);
    return one;
  };
  return {
    clip,
    classNames,
    metadata,
    templates: metadata.templates ? (JSON.parse(metadata.templates) as string[]) : [templateOf(file, clip, classNames)],
    parameters: [...tensors.keys()].filter(key => key.startsWith('init.')).map(key => key.slice(5)),
    has: key => tensors.has(key),
    shape: key => tensors.get(key)!.shape,
    tensor,
    labels: key => Int32Array.from(file.read(key)),
    setting: name => settingIn(settings, name, metadata.method ?? ''),
    dispose: () => tf.dispose(made),
  };
}

const standard = 'a photo of a {}.';

/** The known template whose tokens are those of the first class; names may keep their underscores. */
function templateOf(file: SafetensorsFile, { tokenizer }: Clip, [first]: readonly string[]): string {
  const shape = file.tensors.get('tokens')?.shape;
  if (!shape || first === undefined) return standard;
  const row = file.read('tokens').subarray(0, shape.at(-1));
  const known = [standard, ...benchmarks.flatMap(({ templates }) => templates)];
  const spells = (template: string) =>
    [first, first.replaceAll('_', ' ')].some(name => {
      const ids = [tokenizer.start, ...tokenizer.encode(template.replace('{}', name)), tokenizer.end];
      return ids.every((id, i) => row[i] === id);
    });
  return known.find(spells) ?? standard;
}

/** A setting of the group named after the method first, of any other group next. */
function settingIn(settings: Record<string, unknown>, name: string, method: string): unknown {
  if (name in settings) return settings[name];
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '');
  const groups = Object.entries(settings).filter(([, value]) => typeof value === 'object' && value !== null);
  const own = groups.filter(([key]) => plain(key) === plain(method));
  const found = [...own, ...groups].find(([, group]) => name in (group as object))?.[1];
  return (found as Record<string, unknown> | undefined)?.[name];
}
