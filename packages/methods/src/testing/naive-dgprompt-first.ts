import type { Clip } from '@dgprompt/clip';
import { clipWeightsToNames } from '@dgprompt/clip/weights';
import type * as tf from '@tensorflow/tfjs-core';
import type { Matrix, Parameters, Vector } from './naive-clip.js';
import * as naive from './naive-clip.js';

/** A trained DGPrompt: its variables by name, and the options in its formula. */
export interface NaivePrompts {
  variables: Map<string, tf.Variable>;
  tokens: number;
  /** 0 is the frozen CLIP. */
  depth: number;
  base: 'coupled' | 'free';
  guidance: {
    image: 'image' | 'prototype' | 'none';
    text: 'classes' | 'none';
    hierarchical: boolean;
    scale: number;
    from: number;
    gate: boolean;
  };
}

const contextLength = 77;

const known = new WeakMap<Clip, Parameters>();

function parametersOf(clip: Clip): Parameters {
  if (!known.has(clip)) known.set(clip, clipWeightsToNames(clip.config, clip.weights) as Parameters);
  return known.get(clip)!;
}

/** Features of one image and all classes by DGPrompt's formula: 77 tokens per class, a loop per token. */
export function naiveFeatures(
  clip: Clip,
  pixels: Vector,
  classNames: readonly string[],
  prompts: NaivePrompts,
): { image: Vector; text: Matrix; states: Matrix } {
  const parameters = parametersOf(clip);
  const { vision, text } = clip.config;
  const { tokens: count, depth } = prompts;
  const template = depth > 0 && count > 4 ? undefined : 'a photo of a {}.';
  const rows = classNames.map(name => textRow(clip, name, { count, template, learned: depth > 0 }));

  let v = startVision(clip, parameters, pixels);
  let t = rows.map(row => row.embeddings);
  const positions = naive.matrix(parameters, 'positional_embedding');
  const [vSeen, tSeen]: [Matrix, Matrix[]] = [[], []]; // entering each layer: the class token; every class's end token
  for (let l = 0; l < Math.max(vision.layers, text.layers); l++) {
    vSeen.push(v[0]!);
    tSeen.push(t.map((tokens, c) => tokens[rows[c]!.end]!));
    if (l < depth) {
      const [pt, pv] = promptsEntering(prompts, l, vSeen, tSeen);
      t = t.map(tokens =>
        tokens.map((x, i) => (i < 1 || i > count ? x : l === 0 ? naive.add(pt[i - 1]!, positions[i]!) : pt[i - 1]!)),
      );
      const kept = l === 0 ? v : v.slice(0, -count);
      v = [...kept, ...(l === 0 ? pv.map(p => naive.layerNorm(parameters, 'visual.ln_pre', p)) : pv)];
    }
    const visual = { parameters, name: `visual.transformer.resblocks.${l}`, heads: vision.heads, causal: false };
    if (l < vision.layers) v = naive.block(v, visual);
    const textual = { parameters, name: `transformer.resblocks.${l}`, heads: text.heads, causal: true };
    if (l < text.layers) t = t.map(tokens => naive.block(tokens, textual));
  }
  const imageOf = naive.times(
    naive.layerNorm(parameters, 'visual.ln_post', v[0]!),
    naive.matrix(parameters, 'visual.proj'),
  );
  const projection = naive.matrix(parameters, 'text_projection');
  const textOf = t.map((tokens, c) =>
    naive.times(naive.layerNorm(parameters, 'ln_final', tokens[rows[c]!.end]!), projection),
  );
  return { image: naive.unit(imageOf), text: textOf.map(naive.unit), states: vSeen.slice(0, vision.layers) };
}

/** The frozen CLIP's text features, averaged over templates. */
export function naiveFrozenText(clip: Clip, classNames: readonly string[], templates: readonly string[]): Matrix {
  const parameters = parametersOf(clip);
  const projection = naive.matrix(parameters, 'text_projection');
  const { layers, heads } = clip.config.text;
  return classNames.map(name => {
    const sum = templates
      .map(template => {
        const { embeddings, end } = textRow(clip, name, { count: 0, template, learned: false });
        let tokens = embeddings;
        for (let l = 0; l < layers; l++)
          tokens = naive.block(tokens, { parameters, name: `transformer.resblocks.${l}`, heads, causal: true });
        return naive.unit(naive.times(naive.layerNorm(parameters, 'ln_final', tokens[end]!), projection));
      })
      .reduce(naive.add);
    return naive.unit(sum);
  });
}

/**
 * A class's 77 tokens with their positions. Learned tokens are at 1 … M; the words of "a photo of a" beyond them stay.
 */
function textRow(
  clip: Clip,
  name: string,
  { count, template, learned }: { count: number; template?: string; learned: boolean },
): { embeddings: Matrix; end: number } {
  const parameters = parametersOf(clip);
  const { tokenizer } = clip;
  const words = template
    ? tokenizer.encode(template.replace('{}', name))
    : [...new Array(count).fill(0), ...tokenizer.encode(`${name}.`)];
  const placed = learned && template && count < 4 ? [...new Array(count).fill(0), ...words.slice(count)] : words;
  const ids = [tokenizer.start, ...placed, tokenizer.end];
  const end = ids.length - 1;
  const table = naive.matrix(parameters, 'token_embedding.weight');
  const positions = naive.matrix(parameters, 'positional_embedding');
  const embeddings = Array.from({ length: contextLength }, (_, i) => naive.add(table[ids[i] ?? 0]!, positions[i]!));
  return { embeddings, end };
}

function startVision(clip: Clip, parameters: Parameters, pixels: Vector): Matrix {
  const { imageSize, patchSize } = clip.config.vision;
  const kernel = naive.matrix(parameters, 'visual.conv1.weight'); // [D, 3·P·P]
  const patches: Matrix = [];
  for (let top = 0; top < imageSize; top += patchSize)
    for (let left = 0; left < imageSize; left += patchSize) {
      const patch: Vector = [];
      for (let channel = 0; channel < 3; channel++)
        for (let y = 0; y < patchSize; y++)
          for (let x = 0; x < patchSize; x++)
            patch.push(pixels[(channel * imageSize + top + y) * imageSize + left + x]!);
      patches.push(kernel.map(row => naive.dot(row, patch)));
    }
  const positions = naive.matrix(parameters, 'visual.positional_embedding');
  const tokens = [naive.vector(parameters, 'visual.class_embedding'), ...patches];
  return tokens.map((token, i) => naive.layerNorm(parameters, 'visual.ln_pre', naive.add(token, positions[i]!)));
}

/** The text and the visual prompts that enter layer l. */
function promptsEntering(
  prompts: NaivePrompts,
  l: number,
  vSeen: Matrix,
  tSeen: Matrix[],
): [text: Matrix, vision: Matrix] {
  const { variables, base, guidance } = prompts;
  const read = (name: string) => variables.get(name)!.arraySync() as Matrix;
  const text = read(`text.${l}`);
  const bias = base === 'coupled' ? (read(`visual.${l}.bias`) as unknown as Vector) : [];
  const vision =
    base === 'coupled'
      ? text.map(p => naive.add(naive.times(p, read(`visual.${l}.weight`)), bias))
      : read(`visual.${l}`);
  if (l < Math.max(1, guidance.from)) return [text, vision];
  const layers = guidance.hierarchical ? Array.from({ length: l }, (_, k) => k + 1) : [l];
  const prototype =
    guidance.image === 'prototype' ? (variables.get('state.prototype')!.arraySync() as unknown as Matrix[]) : [];
  const imageStates = layers.map(k => (guidance.image === 'prototype' ? prototype[k]! : [vSeen[k]!]));
  const plus = (a: Matrix, b: Matrix) => a.map((row, i) => naive.add(row, b[i] ?? b[0]!));
  return [
    guidance.image === 'none' ? text : plus(text, generated(prompts, `toText.layer${l}`, imageStates)),
    guidance.text === 'none'
      ? vision
      : plus(
          vision,
          generated(
            prompts,
            `toVision.layer${l}`,
            layers.map(k => tSeen[k]!),
          ),
        ),
  ];
}

/** A generator's output: M queries attend to every member of every layer's set. */
function generated({ variables, guidance: { scale, gate } }: NaivePrompts, name: string, layers: Matrix[]): Matrix {
  const read = (part: string) => variables.get(`${name}.${part}`)!.arraySync() as Matrix;
  const members = layers.flatMap((set, k) =>
    set.map(state => naive.add(naive.normed(state), read('layerEmbedding')[k]!)),
  );
  const project = (part: string) => members.map(member => naive.times(member, read(part)));
  const factor = scale * (gate ? Math.tanh(variables.get(`${name}.gate`)!.dataSync()[0]!) : 1);
  // A single state is read in full by every query.
  const values = project('value');
  const seen = variables.has(`${name}.queries`) ? naive.attend(read('queries'), project('key'), values) : values;
  return seen.map(row => naive.times(row, read('output')).map(x => x * factor));
}
