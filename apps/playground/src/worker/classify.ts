import type { Method } from '@dgprompt/methods';
import type { Answer, Calls, TrainSettings } from './protocol.js';
import { currentData, currentGroup, session, titleOf } from './session.js';
import { trainedMethod } from './train.js';

/** Guesses to display per method. */
const top = 5;

/** Each method's answer for a picture, among all classes and those added by name. */
export async function classify({ image, more, methods, settings }: Calls['classify']['params']): Promise<Answer[]> {
  const bytes = new Uint8Array(await image.arrayBuffer());
  const answers: Answer[] = [];
  for (const id of methods) {
    const { method, refusal } = await forNames(id, settings, [...currentData().dataset.classNames, ...more]);
    await method.predict([bytes], { top: 1 }); // compiles on the first picture
    const started = performance.now();
    const [guesses = []] = await method.predict([bytes], { top });
    answers.push({
      method: id,
      title: titleOf(id),
      guesses,
      refusal,
      milliseconds: Math.round(performance.now() - started),
    });
  }
  return answers;
}

/** The same prompts with other classes; cached, since each has its own graph. */
async function forNames(
  id: string,
  settings: TrainSettings,
  names: readonly string[],
): Promise<{ method: Method; refusal?: string }> {
  const trained = await trainedMethod(id, settings);
  const group = await currentGroup(settings);
  const key = `${group}/${id}`;
  const wanted = [...new Set(names)];
  const known = session.widened.get(key);
  if (known?.of === trained && known.method.classNames.join('\n') === wanted.join('\n')) return known;
  known?.method.dispose();
  session.widened.delete(key);
  if (trained.learner.classSpecific) return { method: trained, refusal: 'closed' };
  const method = trained.forClasses(wanted);
  session.widened.set(key, { method, of: trained });
  return { method };
}
