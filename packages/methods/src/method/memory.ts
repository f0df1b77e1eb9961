import type { Clip } from '@dgprompt/clip';
import type { SeededRandom } from '@dgprompt/engine';
import type { PromptLearner } from '../learner/types.js';
import {
  idleMemory,
  type MemorySettings,
  memoryChoices,
  memoryDefaults,
  memoryRanges,
  withMemory,
} from '../learner/with-memory.js';
import type { MethodDefinition, Setting } from './definition.js';

/** The variant that every method has: `coop:memory`, `maple:memory+memory.strength=1`. */
export const memoryVariant = 'memory';

/** A method guided by a memory of its classes, with the memory's settings among its options. */
export function memoryDefinition<O extends object>(definition: MethodDefinition<O>): MethodDefinition<O> {
  const { name, options, choices, ranges, noEffect, build } = definition;
  const guided = {
    ...definition,
    options: { ...options, memory: memoryDefaults },
    choices: { ...choices, memory: memoryChoices },
    ranges: { ...ranges, memory: memoryRanges },
    noEffect: (given: O & { memory: MemorySettings }) => ({ ...noEffect?.(given), ...idleMemory(given.memory) }),
    build(
      clip: Clip,
      { memory, ...own }: O & { memory: MemorySettings },
      random: SeededRandom,
      setting: Setting,
    ): PromptLearner {
      const learner = build(clip, own as unknown as O, random, setting);
      return withMemory(`${name}:${memoryVariant}`, learner, clip, setting.classNames, memory);
    },
  };
  return guided as unknown as MethodDefinition<O>;
}
