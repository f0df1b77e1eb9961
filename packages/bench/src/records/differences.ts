import { canonicalJson, type Json } from './config.js';
import { own } from './own.js';
import type { RunRecord } from './record.js';

/** What to compare between a run and its repetition. */
export interface Repeatable {
  record: RunRecord;
  /** SHA-256 of the learned prompts' file, if there is one. */
  prompts?: string;
}

/**
 * How two runs of one config differ, one sentence per difference: every epoch's loss, every test's counts, the learned
 * prompts if both kept them. Empty if they are bit-identical.
 *
 * @example
 * ```ts
 * import { readRecords } from '@dgprompt/bench';
 * import { differences } from '@dgprompt/bench/runs';
 *
 * const { records } = await readRecords('docs/results/searched'); // of this repository
 * console.log(differences({ record: records[0]! }, { record: records[0]! })); // []
 * ```
 */
export function differences(before: Repeatable, now: Repeatable): string[] {
  const found: string[] = [];
  const [then, again] = [before.record, now.record];
  const epoch = then.epochs.findIndex(({ loss }, i) => loss !== again.epochs[i]?.loss);
  if (epoch >= 0) {
    const [a, b] = [then.epochs[epoch]!, again.epochs[epoch]];
    found.push(`the loss of epoch ${a.number} was ${a.loss}, and now is ${b?.loss ?? 'not there'}`);
  }
  for (const [name, test] of Object.entries(then.tests)) {
    const repeated = own(again.tests, name);
    if (same(test?.perClass, repeated?.perClass) && (!test?.confusion || same(test.confusion, repeated?.confusion)))
      continue;
    found.push(`${name} was ${test?.top1.toFixed(2) ?? '–'} %, and now is ${repeated?.top1.toFixed(2) ?? '–'} %`);
  }
  if (before.prompts !== undefined && before.prompts !== now.prompts) found.push('the learned prompts have other bits');
  return found;
}

/**
 * Changes of the machine and its software: `onnxruntime-node 1.29.0 → 1.30.0`.
 *
 * @example
 * ```ts
 * import { readRecords } from '@dgprompt/bench';
 * import { environmentChanges } from '@dgprompt/bench/runs';
 *
 * const { records } = await readRecords('docs/results/searched'); // of this repository
 * const now = { ...records[0]!, versions: { ...records[0]!.versions, node: '99.0.0' } };
 * console.log(environmentChanges(records[0]!, now)); // [ 'node …→ 99.0.0' ]
 * ```
 */
export function environmentChanges(before: RunRecord, now: RunRecord): string[] {
  const facts = ({ versions, machine }: RunRecord) => ({ ...versions, ...machine }) as Record<string, string | number>;
  const [then, again] = [facts(before), facts(now)];
  return Object.keys(then)
    .filter(key => key !== 'memoryGiB' && then[key] !== again[key])
    .map(key => `${key} ${then[key]} → ${again[key]}`);
}

const same = (a: unknown, b: unknown): boolean => canonicalJson(a as Json) === canonicalJson(b as Json);
