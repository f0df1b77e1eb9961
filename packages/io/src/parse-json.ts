import { printable } from './printable.js';

/** Limits on a JSON text. */
export interface JsonBudget {
  /** Nested lists and objects; default 100. */
  depth?: number;
  /** Values, including keys; default 10 million. */
  values?: number;
}

/**
 * `JSON.parse` for untrusted text: counts its values before building them, since a few megabytes of brackets would take
 * gigabytes. Skips a byte-order mark.
 *
 * @throws one sentence without a file name, such as `it is not JSON: …`
 *
 * @example
 * ```ts
 * import { parseJson } from '@dgprompt/io';
 *
 * try {
 *   parseJson('[[[[1]]]]', { depth: 3 });
 * } catch (error) {
 *   console.log((error as Error).message); // it has lists and objects more than 3 deep
 * }
 * ```
 */
export function parseJson(text: string, { depth: deepest = 100, values: most = 10_000_000 }: JsonBudget = {}): unknown {
  let values = 1;
  let depth = 0;
  eachToken(text, sign => {
    if (sign === '{' || sign === '[') {
      if (++depth > deepest) throw new Error(`it has lists and objects more than ${deepest} deep`);
      values++;
    } else if (sign === '}' || sign === ']') depth--;
    else values++; // a comma or a colon
    if (values > most) throw new Error(`it has more than ${most} values`);
  });
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (cause) {
    throw new Error(`it is not JSON: ${printable((cause as Error).message)}`, { cause });
  }
}

/**
 * A key that the outermost object of a JSON text has twice: `JSON.parse` silently keeps the last one.
 *
 * @example
 * ```ts
 * import { repeatedKey } from '@dgprompt/io';
 *
 * console.log(repeatedKey('{"a": 1, "b": {"a": 2}, "a": 3}')); // a
 * ```
 */
export function repeatedKey(json: string): string | undefined {
  const keys = new Set<string>();
  let depth = 0;
  let repeated: string | undefined;
  eachToken(json, (sign, string) => {
    if (sign === '{' || sign === '[') depth++;
    else if (sign === '}' || sign === ']') depth--;
    else if (sign === ':' && depth === 1 && repeated === undefined && string) {
      const name = JSON.parse(json.slice(...string)) as string;
      if (keys.has(name)) repeated = name;
      keys.add(name);
    }
  });
  return repeated;
}

/** Calls `onToken` for every bracket, comma and colon outside strings, with the position of the string before it. */
function eachToken(
  json: string,
  onToken: (sign: string, string: [from: number, to: number] | undefined) => void,
): void {
  let string: [number, number] | undefined;
  for (let at = 0; at < json.length; at++) {
    const sign = json[at]!;
    switch (sign) {
      case '"': {
        const from = at++;
        while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
        string = [from, at + 1];
        break;
      }
      case '{':
      case '}':
      case '[':
      case ']':
      case ',':
      case ':':
        onToken(sign, string);
        string = undefined;
    }
  }
}
