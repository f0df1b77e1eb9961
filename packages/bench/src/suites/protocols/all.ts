import { unknownName } from '@dgprompt/io';
import { codeHash } from '../../methods/code-hash.js';
import { isFile, loadModule } from '../../methods/own-module.js';
import { ablation } from './ablation.js';
import { baseToNew } from './base-to-new.js';
import { crossDataset } from './cross-dataset.js';
import { domainGeneralization } from './domain-generalization.js';
import { fewShotLearning } from './few-shot.js';
import { joint } from './joint.js';
import type { Protocol } from './protocol.js';
import { zeroShot } from './zero-shot.js';

/** The papers' protocols, by their `--protocol` names. */
export const protocols: Readonly<Record<string, Protocol>> = {
  'base-to-new': baseToNew,
  joint,
  'few-shot': fewShotLearning,
  'cross-dataset': crossDataset,
  'domain-generalization': domainGeneralization,
  ablation,
  'zero-shot': zeroShot,
};

/**
 * A protocol by name, or from a file that exports one: `./my-protocol.ts`.
 * @returns the protocol, and the SHA-256 of its file if it is a custom one
 * @throws a sentence for an unknown name, with the nearest; for a file without a protocol
 *
 * @example
 * ```ts
 * import { openProtocol } from '@dgprompt/bench';
 *
 * const { protocol } = await openProtocol('few-shot');
 * console.log(protocol.shots); // [ 1, 2, 4, 8, 16 ]
 * ```
 */
export async function openProtocol(name: string): Promise<{ protocol: Protocol; code?: string }> {
  if (!isFile(name)) {
    const protocol = protocols[name];
    if (protocol === undefined)
      throw new Error(
        `${unknownName('protocol', name, Object.keys(protocols))} A file that exports one is named as ./file.ts.`,
      );
    return { protocol };
  }
  const found = Object.values(await loadModule(name, 'a protocol')).find(isProtocol);
  if (found === undefined)
    throw new Error(
      `${name} exports no protocol: an object with name, title, recipe, methods, shots, experiments and split.`,
    );
  return { protocol: found, code: await codeHash(name) };
}

function isProtocol(value: unknown): value is Protocol {
  const { name, recipe, shots, experiments, split } = (value ?? {}) as Partial<Protocol>;
  return (
    typeof name === 'string' &&
    typeof recipe === 'string' &&
    Array.isArray(shots) &&
    typeof experiments === 'function' &&
    typeof split === 'function'
  );
}
