import { listKept, readKept, removeKept, writeKept } from './opfs.js';
import type { EpochFacts, MethodResult, TrainSettings } from './protocol.js';

/** Groups of settings to keep, latest first. */
const groups = 24;

/** A name for everything except the method that determines the result of training. */
export async function groupName(data: string, clip: string, settings: TrainSettings): Promise<string> {
  const text = JSON.stringify([data, clip, settings.shots, settings.epochs, settings.seed, settings.split]);
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(hash).slice(0, 10)].map(byte => byte.toString(16).padStart(2, '0')).join('');
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
