import { parseJson, readReason } from '@dgprompt/io';
import { requirePlain, textOf } from './files.js';

type Json = Record<string, unknown>;

/** Maximum bytes of a config or a tokenizer; CLIP's takes two million, indexes of shards less. */
const LARGEST_JSON = 128 * 2 ** 20;

/** @throws one sentence naming the file if it cannot be read as JSON */
export function readJson(path: string): Json {
  let json: unknown;
  try {
    requirePlain(path, LARGEST_JSON);
    json = parseJson(textOf(path));
  } catch (cause) {
    const { message } = cause as Error;
    if (message.startsWith(path)) throw cause;
    throw new Error(
      `${path} cannot be read: ${readReason(cause)}.`.replace('cannot be read: it is not JSON', 'is not JSON'),
      {
        cause,
      },
    );
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new Error(`${path} is not a JSON object.`);
  return json as Json;
}
