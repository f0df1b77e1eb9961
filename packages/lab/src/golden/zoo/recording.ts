import type { Clip } from '@dgprompt/clip';
import type { SafetensorsFile } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { spelledPrompt } from './spelled-prompt.js';

/** A recording of a published method, with the CLIP it was made with. */
export interface Recording {
  clip: Clip;
  classNames: string[];
  metadata: Readonly<Record<string, string>>;
  /** Hand-written prompts: those in the metadata, or decoded from the recorded tokens. */
  templates: string[];
  /** Decodes a row of the first class's token ids into a prompt, as `a photo of a {} .`; undefined if it is not one. */
  spelled(key: string, row: number): string | undefined;
  /** Names of the recorded parameters. */
  parameters: string[];
  has(key: string): boolean;
  shape(key: string): readonly number[];
  /** @throws naming file and tensor if it is missing */
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
  const spelled = (key: string, row: number) => {
    const length = tensors.get(key)!.shape.at(-1)!;
    return spelledPrompt(clip.tokenizer, file.read(key).subarray(row * length, (row + 1) * length), classNames[0]!);
  };
  const tensor = (key: string) => {
    const one = tf.tensor(file.read(key), tensors.get(key)!.shape);
    made.push(one);
    return one;
  };
  return {
    clip,
    classNames,
    metadata,
    templates: metadata.templates ? (JSON.parse(metadata.templates) as string[]) : templatesOf(file, spelled),
    spelled,
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

/** Decodes the plain prompts' tokens, [C, L] or [C, T, L]; placeholders of a learned context are not a template. */
function templatesOf({ tensors }: SafetensorsFile, spelled: Recording['spelled']): string[] {
  const key = ['templates_tokens', 'tokens_class', 'tokens'].find(one => tensors.has(one));
  if (key === undefined) return [standard];
  const { shape } = tensors.get(key)!;
  const found = Array.from({ length: shape.length > 2 ? shape[1]! : 1 }, (_, t) => spelled(key, t));
  return found.map(template => (template === undefined || /^(x )+\{\}/.test(template) ? standard : template));
}

/** A setting, first from the group named after the method, then from any other group. */
function settingIn(settings: Record<string, unknown>, name: string, method: string): unknown {
  if (name in settings) return settings[name];
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '');
  const groups = Object.entries(settings).filter(([, value]) => typeof value === 'object' && value !== null);
  const own = groups.filter(([key]) => plain(key) === plain(method));
  const found = [...own, ...groups].find(([, group]) => name in (group as object))?.[1];
  return (found as Record<string, unknown> | undefined)?.[name];
}
