import { resolveMethod } from '@dgprompt/methods';
import type { MethodFacts, TrainSettings } from './protocol.js';
import { currentClip, factoryOf, offered, optionsOf, partsOf } from './session.js';

/** Every method, with the reason if it cannot be used with these pictures and this CLIP. */
export async function offeredMethods(settings: TrainSettings): Promise<MethodFacts[]> {
  const { base } = partsOf(settings);
  return offered.map(id => {
    const { definition } = resolveMethod(id);
    const named = { id, title: definition.title ?? id, summary: definition.summary ?? '' };
    try {
      const { training, recipe } = factoryOf(id).resolve(currentClip(), base, optionsOf(settings));
      return { ...named, training, epochs: training === 'epochs' ? recipe.epochs : 0 };
    } catch (error) {
      return { ...named, training: 'none' as const, epochs: 0, refusal: (error as Error).message };
    }
  });
}
