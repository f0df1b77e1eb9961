import { join } from 'node:path';
import { methodTitle } from '@dgprompt/bench/methods';
import type { Clip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { loadMethod } from '@dgprompt/methods';
import { type ContextWords, contextVectors, interpret } from '@dgprompt/methods/evaluation';
import { savedRun } from '@dgprompt/methods/method';
import { miniClip } from '@dgprompt/pictograms';
import { ownMethodsFor } from '../options/method-options.js';
import { contextName } from '../terminal/context-name.js';
import { loadModel } from '../terminal/load-model.js';
import { type Html, html } from './html.js';
import type { StoredRun } from './stored-run.js';

/** Finds the words near the context that runs learned; keeps loaded CLIPs until `dispose`. */
export interface WordReader {
  /** Undefined for a run without learned context, or with too many vectors to search in reasonable time. */
  read(run: StoredRun): Promise<ContextWords[] | undefined>;
  dispose(): Promise<void>;
}

/** What the user named on the command line. */
export interface WordOptions {
  /** Files of the user's own methods. */
  methodsFrom?: readonly string[];
  /** A CLIP in addition to the included one. */
  model?: string;
  /** Its config, of `--model-config`. */
  modelConfig?: string;
}

/** Most learned vectors to look up: class-specific contexts of 1,000 classes take minutes. */
const mostVectors = 256;

/**
 * A reader that loads each CLIP once. Its `read` throws if the checkpoint, the CLIP or the method is missing.
 * @param methodsFrom files of the user's own methods
 */
export function wordReader({ methodsFrom, model, modelConfig }: WordOptions = {}): WordReader {
  const clips = new Map<string, Promise<Clip>>();
  const clipOf = (id: string) => {
    if (!clips.has(id)) clips.set(id, openClip(id, model, modelConfig));
    return clips.get(id)!;
  };
  return {
    async read({ folder, checkpoint, config }) {
      if (checkpoint === undefined) return undefined;
      const path = join(folder, checkpoint);
      const run = await savedRun(path);
      const own = await ownMethodsFor(run.method, path, methodsFrom, config.code);
      const method = await loadMethod(path, await clipOf(run.clip.id), own);
      try {
        const count = contextVectors(method).reduce((sum, { vectors }) => sum + vectors.length, 0);
        return count > 0 && count <= mostVectors ? interpret(method) : undefined;
      } finally {
        method.dispose();
      }
    },
    async dispose() {
      for (const clip of clips.values())
        await clip.then(
          opened => opened.dispose(),
          () => {}, // the section of words has already displayed the error
        );
    },
  };
}

/** The included CLIP, or the one that the user names; the source in a record could lead to a download, or anywhere. */
async function openClip(id: string, model: string | undefined, modelConfig?: string): Promise<Clip> {
  await useDevice();
  const own = await loadModel(miniClip);
  if (own.id === id) return own;
  own.dispose();
  const missing = `they need the CLIP ${id.slice(0, 12)}…: name it with --model.`;
  if (model === undefined) throw new Error(missing);
  const named = await loadModel(model, modelConfig);
  if (named.id === id) return named;
  named.dispose();
  throw new Error(missing);
}

/** Most contexts of a method with several, or one for each class, to display. */
const shownContexts = 4;

/** A table of the words nearest to each learned vector. */
export function words(contexts: readonly ContextWords[], method: string): Html {
  const tables = contexts.slice(0, shownContexts).map(contextWords => {
    const { vectors } = contextWords;
    const caption = [methodTitle(method), contextName(contextWords)].filter(Boolean).join(', ');
    return html`<div class="sheet"><p class="title"><b>${caption}</b></p><div class="scroll" tabindex="0" role="group" aria-label="Words near ${caption}"><table class="words">
<thead><tr><th scope="col">vector</th><th scope="col">nearest words, and their distance</th></tr></thead>
<tbody>${vectors.map(
      (near, m) =>
        html`<tr><th scope="row">${m + 1}</th><td>${near.map(({ word, distance }) => html`<span>${word} <small>${distance.toFixed(3)}</small></span> `)}</td></tr>\n`,
    )}</tbody></table></div></div>`;
  });
  const left = contexts.length - tables.length;
  return html`${tables}${left > 0 && html`<p class="note">And ${left} more ${left === 1 ? 'context' : 'contexts'}.</p>`}`;
}
