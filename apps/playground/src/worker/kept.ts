import { listKept, readKept, removeKept, writeKept } from './opfs.js';
import type { EpochFacts, MethodResult, TrainSettings } from './protocol.js';
import { sha256 } from './sha256.js';

/** Groups of settings to keep, latest first. */
const groups = 24;

/** A name for everything except the method that determines the result of training, the packages' version included. */
export async function groupName(computed: readonly string[], settings: TrainSettings): Promise<string> {
  const { shots, epochs, seed, split } = settings;
  const text = JSON.stringify([METHODS_VERSION, ...computed, shots, epochs, seed, split]);
  return (await sha256(new TextEncoder().encode(text))).slice(0, 20);
}

type Files = Record<string, Uint8Array<ArrayBuffer>>;
const place = (group: string, method: string, what: 'checkpoint' | 'classifier') =>
  `${group}/${encodeURIComponent(method)}/${what}`;

export const keepCheckpoint = (group: string, method: string, files: Files) =>
  writeKept(place(group, method, 'checkpoint'), files);
export const keptCheckpoint = (group: string, method: string) => readKept(place(group, method, 'checkpoint'));
export const keptClassifier = (group: string, method: string) => readKept(place(group, method, 'classifier'));
export const forget = (group: string, method: string) => removeKept(`${group}/${encodeURIComponent(method)}`);

const resultFile = 'playground.json';

/** Stores a finished method with its result, replacing its checkpoint. */
export async function keepClassifier(group: string, result: MethodResult, files: Files): Promise<void> {
  const json = new TextEncoder().encode(JSON.stringify(result));
  await writeKept(place(group, result.id, 'classifier'), { ...files, [resultFile]: json });
  await removeKept(place(group, result.id, 'checkpoint'));
  await dropOldGroups(group);
}

/** Results of earlier visits, and the progress of unfinished methods. */
export async function keptResults(group: string) {
  const finished: MethodResult[] = [];
  const begun: { id: string; epochs: EpochFacts[] }[] = [];
  for (const name of await listKept(group)) {
    const id = decodeURIComponent(name);
    const result = parsed<MethodResult>((await keptClassifier(group, id))?.[resultFile]);
    if (result) finished.push(result);
    else {
      const epochs = parsed<EpochFacts[]>((await keptCheckpoint(group, id))?.['epochs.json']);
      if (epochs) begun.push({ id, epochs });
    }
  }
  return { finished, begun };
}

function parsed<T>(bytes: Uint8Array | undefined): T | undefined {
  try {
    return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as T);
  } catch {
    return undefined;
  }
}

const order = 'order';

/** Removes the least recently used groups. */
async function dropOldGroups(latest: string): Promise<void> {
  const known = parsed<string[]>((await readKept(order))?.['order.json']) ?? [];
  const now = [latest, ...known.filter(name => name !== latest)];
  for (const old of now.slice(groups)) await removeKept(old);
  await writeKept(order, { 'order.json': new TextEncoder().encode(JSON.stringify(now.slice(0, groups))) });
}
