import type { ClipConfig } from '../config.js';
import { wordRows } from '../text/layout.js';
import type { ClipTokenizer } from '../text/tokenizer.js';
import { planText } from './text-plan.js';

/** The prompts of all classes in all templates, divided into a prefix per template and the rest of each prompt. */
export interface EnsemblePlan {
  /** The prefix of each template's prompts, T rows of token ids. */
  prefixes: number[][];
  /** The rests of all prompts in chunks of similar length, the longest first. */
  chunks: Chunk[];
  /** N, prompts in a chunk; the last chunk may have fewer. */
  rows: number;
  /** Whether computing the prefixes once, in a separate graph, is faster than computing them with every chunk. */
  prefixesApart: boolean;
}

export interface Chunk {
  prompts: Rest[];
  /** L, the padded length of the rests. */
  length: number;
}

/**
 * The rest of a prompt: one token or more, up to the one that becomes its feature, or all if others read later ones.
 */
export interface Rest {
  tokens: number[];
  /** Index of the token that becomes its feature. */
  end: number;
  /** Index of its class. */
  label: number;
  /** Index of its template and prefix. */
  template: number;
}

/** Maximum number of prompts that go through the tower at once. */
const MOST_ROWS = 128;

/** Tokens that go through a text tower in the time that creating its session takes, at any size (measured, rounded). */
const TOKENS_A_SESSION = 1000;

/** @throws a sentence naming the prompt that is longer than the context, or the template without `{}` */
export function planEnsemble(
  { tokenizer, config }: { tokenizer: ClipTokenizer; config: ClipConfig },
  classNames: readonly string[],
  templates: readonly string[],
): EnsemblePlan {
  const prefixes: number[][] = [];
  const rests: Rest[] = [];
  templates.forEach((text, template) => {
    const { prefix, own, ends, causal } = planText(
      wordRows(tokenizer, classNames, text, config.text.contextLength),
      false,
      config.text,
    );
    prefixes.push(prefix);
    own.forEach((row, label) => {
      const end = ends[label]!;
      rests.push({ tokens: causal ? row.slice(0, end + 1) : row, end, label, template });
    });
  });
  rests.sort((a, b) => b.tokens.length - a.tokens.length); // stable: templates stay together
  const rows = Math.ceil(rests.length / Math.ceil(rests.length / MOST_ROWS)); // as even as possible
  const chunks: Chunk[] = [];
  for (let start = 0; start < rests.length; start += rows) {
    const prompts = rests.slice(start, start + rows);
    const before = chunks.at(-1)?.length;
    const longest = prompts[0]!.tokens.length;
    const isWorthSession = before === undefined || (before - longest) * (rests.length - start) >= TOKENS_A_SESSION;
    chunks.push({ prompts, length: isWorthSession ? longest : before });
  }
  const again = (chunks.length - 1) * prefixes.length * longestOf(prefixes);
  return { prefixes, chunks, rows, prefixesApart: again >= TOKENS_A_SESSION };
}

export const longestOf = (rows: readonly number[][]): number => Math.max(...rows.map(row => row.length));
