import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Clip, createClip } from './clip.js';
import { clipVocabulary } from './clip-vocabulary.js';
import { configFromShapes, type PartialConfig } from './config-from-shapes.js';
import { openSafetensors, type SafetensorsFile } from './safetensors-read.js';
import { type ClipTokenizer, tokenizerFromJson } from './tokenizer.js';
import { clipWeightsFromNames } from './weights.js';

/** Tokens of the vocabulary that all published CLIPs share. */
const PUBLISHED_VOCABULARY = 49408;

/**
 * Loads a frozen CLIP.
 * @param path a folder with `model.safetensors`, or such a file; OpenAI's parameter names. A `config.json` beside it (of
 *   `ClipConfig`'s form) may set heads and activation, a `tokenizer.json` the vocabulary; without it, CLIP's own is used.
 * @throws one sentence naming the file, and the tensor where it is one's fault, if anything is missing, cut short or foreign
 */
export async function loadClip(path: string): Promise<Clip> {
  const file = weightFile(path);
  const folder = dirname(file);
  const opened = openSafetensors(file);
  try {
    const config = configFromShapes(file, opened.tensors, readConfig(join(folder, 'config.json')));
    const tokenizer = await readTokenizer(folder, file, config.text.vocabSize);
    if (tokenizer.end >= config.text.vocabSize)
      throw new Error(
        `${file} has embeddings for ${config.text.vocabSize} tokens, but its tokenizer's end token is ${tokenizer.end}.`,
      );
    const id = await sha256(file);
    const weights = clipWeightsFromNames(config, ({ name, stored }) => readParameter(opened, name, stored));
    return createClip({ config, weights, tokenizer, id, source: resolve(path) });
  } finally {
    opened.close();
  }
}

function weightFile(path: string): string {
  if (!existsSync(path)) {
    const hub = /^[\w.-]+\/[\w.-]+$/.test(path)
      ? ' Models cannot be fetched from a hub yet: download its folder and give the path of that.'
      : '';
    throw new Error(`There is no file or folder "${path}".${hub}`);
  }
  const file = statSync(path).isDirectory() ? join(path, 'model.safetensors') : path;
  if (!existsSync(file)) {
    const others = readdirSync(path).filter(name => /\.(safetensors|pt|pth|bin|index\.json)$/.test(name));
    const found = others.length > 0 ? ` It has ${others.join(', ')}, a form that cannot be read yet.` : '';
    throw new Error(`The folder "${path}" has no model.safetensors.${found}`);
  }
  if (/\.(pt|pth|bin)$/.test(file))
    throw new Error(`"${file}" is a PyTorch file, a form that cannot be read yet; convert it to .safetensors.`);
  return file;
}

function readParameter(file: SafetensorsFile, name: string, stored: number[]): Float32Array {
  const shape = file.tensors.get(name)?.shape;
  const scalar = stored.length === 0 && shape?.every(size => size === 1); // some files keep the logit scale as [1]
  if (shape && !scalar && shape.join() !== stored.join())
    throw new Error(`${file.path}: tensor "${name}" has the shape [${shape}]; this CLIP needs [${stored}].`);
  return file.read(name);
}

function readConfig(path: string): PartialConfig {
  if (!existsSync(path)) return {};
  const config = readJson(path) as PartialConfig & { vision_config?: unknown };
  return config.vision_config ? {} : config; // Hugging Face's own form says nothing that OpenAI's shapes do not
}

async function readTokenizer(folder: string, file: string, vocabSize: number): Promise<ClipTokenizer> {
  const path = join(folder, 'tokenizer.json');
  if (existsSync(path)) return tokenizerFromJson(readJson(path), path);
  if (vocabSize === PUBLISHED_VOCABULARY) return clipVocabulary();
  throw new Error(
    `${basename(file)} has a vocabulary of its own (${vocabSize} tokens), but there is no tokenizer.json in "${folder}".`,
  );
}

function readJson(path: string): object {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as object;
  } catch (cause) {
    throw new Error(`${path} is not JSON: ${(cause as Error).message}.`, { cause });
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
