import type { Dataset } from '@dgprompt/datasets';
import { putFiles, removePath, takeFiles } from '@dgprompt/io';
import { loadMethod, type Method, train } from '@dgprompt/methods';
import { contextVectors, examine, interpret } from '@dgprompt/methods/evaluation';
import type { Context } from './context.js';
import { forget, keepCheckpoint, keepClassifier, keptCheckpoint, keptClassifier } from './kept.js';
import type { EpochFacts, Judged, MethodResult, TestFacts, TrainEvent, TrainSettings } from './protocol.js';
import { currentClip, currentGroup, factoryOf, freeOthers, optionsOf, partsOf, session, titleOf } from './session.js';

/** Trains a method, or resumes an earlier visit's training, and tests it. */
export async function trainMethod(
  id: string,
  settings: TrainSettings,
  context: Context<TrainEvent>,
): Promise<MethodResult> {
  const started = performance.now();
  const { signal, onEvent, breathe } = context;
  const { base, rest } = partsOf(settings);
  const group = await currentGroup(settings);
  freeOthers(group);
  const method = factoryOf(id)(currentClip(), base, optionsOf(settings));
  const epochs: EpochFacts[] = [];
  try {
    if (trains(method)) {
      const folder = `/training/${group}/${id}`;
      await removePath(folder);
      putFiles(folder, (await keptCheckpoint(group, id)) ?? {});
      const options = {
        checkpoint: folder,
        validation: base.val,
        signal,
        onProgress: onEvent,
        onResume(before: readonly EpochFacts[]) {
          epochs.push(...before);
          onEvent({ phase: 'resumed', epochs: [...before] });
        },
      };
      for await (const epoch of train(method, options)) {
        epochs.push(epoch);
        const kept = await succeeds(keepCheckpoint(group, id, await takeFiles(folder)));
        onEvent({ phase: 'epoch', epoch, kept });
        await breathe();
        signal.throwIfAborted();
      }
      await removePath(folder);
    }
    const result = await tested(method, { base, rest, epochs, context });
    result.seconds = (performance.now() - started) / 1000;
    const isKept = await succeeds(keepClassifier(group, result, await savedFiles(method)));
    remember(group, id, method, isKept);
    return result;
  } catch (error) {
    method.dispose();
    throw error;
  }
}

const succeeds = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(
    () => true,
    () => false,
  );

const trains = ({ learner, recipe }: Method) =>
  learner.fit !== undefined || (recipe.epochs > 0 && Object.keys(learner.variables).length > 0);

async function tested(
  method: Method,
  {
    base,
    rest,
    epochs,
    context,
  }: { base: Dataset; rest?: Dataset; epochs: EpochFacts[]; context: Context<TrainEvent> },
): Promise<MethodResult> {
  const result: MethodResult = {
    id: method.name,
    title: titleOf(method.name),
    epochs,
    seconds: 0,
    open: !method.learner.classSpecific,
  };
  const total = base.test.length + (rest && result.open ? rest.test.length : 0);
  result.base = await testOn(method, base, 0, total, context);
  if (rest && result.open) result.new = await testOn(method.forClasses(rest), rest, base.test.length, total, context);
  if (method.clip.tokenizer.word && contextVectors(method).length > 0) result.words = interpret(method, { top: 3 });
  return result;
}

async function testOn(
  method: Method,
  { test, classNames }: Dataset,
  before: number,
  total: number,
  { signal, onEvent, breathe }: Context<TrainEvent>,
): Promise<TestFacts | undefined> {
  if (test.length === 0) return undefined;
  const onProgress = ({ phase, done }: { phase: string; done: number }) => {
    if (phase === 'images') onEvent({ phase: 'test', done: before + done, total });
  };
  const { judgements, top1 } = await examine(method, test, { signal, onProgress });
  await breathe();
  const confusion = classNames.map(() => classNames.map(() => 0));
  for (const { label, predicted } of judgements) confusion[label]![predicted]!++;
  const brief = ({ path, label, predicted, score }: Judged): Judged => ({ path, label, predicted, score });
  const surest = [...judgements].sort((a, b) => b.score - a.score).map(brief);
  return {
    classNames: [...classNames],
    top1,
    total: judgements.length,
    confusion,
    right: surest.filter(({ label, predicted }) => label === predicted).slice(0, shown),
    wrong: surest.filter(({ label, predicted }) => label !== predicted).slice(0, shown),
  };
}

/** Pictures of each kind to send to the page. */
const shown = 24;

function remember(group: string, id: string, method: Method, isKept: boolean): void {
  const key = `${group}/${id}`;
  session.trained.get(key)?.method.dispose();
  session.trained.set(key, { method, isKept });
}

/** The files that `loadMethod` needs. */
export async function savedFiles(method: Method): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  const folder = `/saved/${crypto.randomUUID()}`;
  await method.save(folder);
  const files = await takeFiles(folder);
  await removePath(folder);
  return files;
}

/** A method trained with these settings, now or in an earlier visit. */
export async function trainedMethod(id: string, settings: TrainSettings): Promise<Method> {
  const group = await currentGroup(settings);
  const known = session.trained.get(`${group}/${id}`);
  if (known) return known.method;
  const { base } = partsOf(settings);
  const files = await keptClassifier(group, id);
  if (!files && id === 'clip') {
    const method = factoryOf(id)(currentClip(), base, { seed: settings.seed });
    remember(group, id, method, true); // can be made again at no cost
    return method;
  }
  if (!files) throw new Error(`${id} is not trained with these settings yet.`);
  const folder = `/loaded/${group}/${id}`;
  putFiles(folder, files);
  const method = await loadMethod(folder, currentClip());
  remember(group, id, method, true);
  return method;
}

export async function forgetMethod(id: string, settings: TrainSettings): Promise<void> {
  const group = await currentGroup(settings);
  session.trained.get(`${group}/${id}`)?.method.dispose();
  session.trained.delete(`${group}/${id}`);
  await forget(group, id);
}
