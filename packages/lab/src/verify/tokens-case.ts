import { clipVocabulary } from '@dgprompt/clip/text';
import type { Comparison } from '../golden/method-steps.js';
import { exact } from './golden-case.js';

/** Texts with their ids from the published tokenizer, without start and end tokens. */
export interface RecordedTokens {
  cases: [text: string, ids: number[]][];
}

/** Whether a JSON file's contents are recorded token ids, of one text or more. */
export const isTokens = (json: unknown): json is RecordedTokens => {
  const cases = (json as Partial<RecordedTokens> | null)?.cases;
  return (
    Array.isArray(cases) &&
    cases.length > 0 &&
    cases.every(one => Array.isArray(one) && typeof one[0] === 'string' && Array.isArray(one[1]))
  );
};

/** The number of texts with different ids. */
export async function tokensCase({ cases }: RecordedTokens): Promise<Comparison[]> {
  const { encode } = await clipVocabulary();
  const wrong = cases.filter(([text, ids]) => encode(text).join() !== ids.join());
  const first = wrong[0] ? `, first ${JSON.stringify(wrong[0][0].slice(0, 40))}` : '';
  return [exact(`ids of ${cases.length} texts${first}`, wrong.length)];
}
