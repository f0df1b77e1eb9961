import type { ClipConfig } from '../config.js';
import { wordRows } from '../text/layout.js';
import type { ClipTokenizer } from '../text/tokenizer.js';
import { planText } from './text-plan.js';

/** The prompts of all classes in all templates, divided into what a template's prompts begin with and each prompt's own rest. */
export interface EnsemblePlan {
  /** What each template's prompts have in common, T rows of token ids. */
  prefixes: number[][];
  /** Every prompt's rest in chunks, the longest first: work of one length comes together. */
  chunks: Chunk[];
  /** N, prompts in a chunk; the last chunk may hold fewer. */
  rows: number;
  /** The prefixes are worth a graph of their own: computing them anew with every chunk takes longer. */
  prefixesApart: boolean;
}

export interface Chunk {
  prompts: Rest[];
  /** L, what the rests are padded to: at least as long as the longest. */
  length: number;
}

/** What a prompt has for itself: one token or more, of which the last is the end token. */
export interface Rest {
  tokens: number[];
  /** Index of its class. */
  label: number;
  /** Index of its template, and so of its prefix. */
  template: number;
}

/** Most prompts that go through the tower at once. */
const MOST_ROWS = 128;

/** How many tokens go through a text tower in the time that a session of it takes to make, whatever its size (measured, rounded). */
const TOKENS_A_SESSION = 1000;

/**
 * @throws naming the prompt that is longer than the context, or the template without a place for the name
 */
export function planEnsemble(
  { tokenizer, config }: { tokenizer: ClipTokenizer; config: ClipConfig },
  classNames: readonly string[],
  templates: readonly string[],
): EnsemblePlan {
  const prefixes: number[][] = [];
  const rests: Rest[] = [];
  templates.forEach((text, template) => {
    const { prefix, own, ends } = planText(wordRows(tokenizer, classNames, text, config.text.contextLength), false);
    prefixes.push(prefix);
    own.forEach((row, label) => {
      rests.push({ tokens: row.slice(0, ends[label]! + 1), label, template });
    });
  });
  rests.sort((a, b) => b.tokens.length - a.tokens.length); // stable: templates stay together
  const rows = Math.ceil(rests.length / Math.ceil(rests.length / MOST_ROWS)); // as even as they can be
  const chunks: Chunk[] = [];
  for (let start = 0; start < rests.length; start += rows) {
    const prompts = rests.slice(start, start + rows);
    const [before, longest] = [chunks.at(-1)?.length, prompts[0]!.tokens.length];
    const isWorthSession = before === undefined || (before - longest) * (rests.length - start) >= TOKENS_A_SESSION;
    chunks.push({ prompts, length: isWorthSession ? longest : before });
  }
  const again = (chunks.length - 1) * prefixes.length * longestOf(prefixes);
  return { prefixes, chunks, rows, prefixesApart: again >= TOKENS_A_SESSION };
}

export const longestOf = (rows: readonly number[][]): number => Math.max(...rows.map(row => row.length));
