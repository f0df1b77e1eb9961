import { type Clip, type ClipSource, loadClip } from '@dgprompt/clip';
import { namedLeaves } from '@dgprompt/engine';
import { miniClip } from '@dgprompt/pictograms';
import type { Context } from './context.js';
import type { ClipChoice, ClipFacts, Progress } from './protocol.js';
import { freeMethods, session } from './session.js';

/** Loads a CLIP, replacing the previous one. */
export async function loadChosenClip(choice: ClipChoice, { signal, onEvent }: Context<Progress>): Promise<ClipFacts> {
  freeMethods();
  session.clip?.dispose();
  session.clip = undefined;
  const onProgress = ({ file, done, total }: { file: string; done: number; total: number }) =>
    onEvent({ phase: file, done, total });
  const clip = await loadClip(sourceOf(choice), { signal, onProgress });
  session.clip = clip;
  session.isMini = choice.kind === 'mini';
  return { id: nameOf(choice), parameters: parametersOf(clip), imageSize: clip.imageSize, notes: [...clip.notes] };
}

function sourceOf(choice: ClipChoice): ClipSource {
  if (choice.kind === 'mini') return miniClip;
  if (choice.kind === 'hub') return choice.id;
  const { name, weights, config, tokenizer } = choice;
  return {
    [name]: weights,
    ...(config && { 'config.json': config }),
    ...(tokenizer && { 'tokenizer.json': tokenizer }),
  };
}

function nameOf(choice: ClipChoice): string {
  if (choice.kind === 'mini') return 'mini-CLIP';
  return choice.kind === 'hub' ? choice.id : choice.name;
}

const parametersOf = ({ weights }: Clip): number =>
  namedLeaves<{ size: number }>(weights as never).reduce((sum, [, { size }]) => sum + size, 0);
