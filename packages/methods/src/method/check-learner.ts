import { namedLeaves } from '@dgprompt/engine';
import { nearestName, unknownName } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import type { FrozenTargets } from '../features/image.js';
import type { Condition, GroupSettings, PromptLearner } from '../learner/types.js';

/** The parts that `build` can return, and their types. */
const parts: Readonly<Record<keyof PromptLearner, 'function' | 'object' | 'boolean' | 'number'>> = {
  variables: 'object',
  state: 'object',
  noise: 'object',
  groups: 'object',
  classSpecific: 'boolean',
  context: 'object',
  textFeatures: 'function',
  conditionedOn: 'object',
  imageFeatures: 'function',
  features: 'function',
  logits: 'function',
  poolViews: 'function',
  loss: 'function',
  frozen: 'object',
  gradients: 'function',
  fit: 'function',
  readsTest: 'boolean',
  readsAugmented: 'boolean',
  adapt: 'object',
  adaptSet: 'object',
  beforeUpdate: 'function',
  afterEpoch: 'function',
  afterTraining: 'function',
  inTraining: 'object',
  episode: 'number',
  controls: 'object',
};

/**
 * Checks what a method's `build` returned: the guarantees of the types, for methods that are not type-checked.
 * @throws one sentence naming method and part, for a part of the wrong type, a misspelt one, or a variable that is not
 *   one
 */
export function checkLearner(name: string, learner: PromptLearner): PromptLearner {
  if (typeof learner !== 'object' || learner === null)
    throw new Error(
      `${name}: build returned ${learner === null ? 'null' : typeof learner}; it must return an object with the variables.`,
    );
  checkParts(name, 'build returned', learner);
  for (const [title, control] of Object.entries(learner.controls ?? {}))
    if (control !== undefined) checkParts(name, `the control "${title}" has`, control);
  if (learner.inTraining) checkParts(name, 'inTraining has', learner.inTraining);
  const conditions: readonly Condition[] = ['image', 'classes', 'templates'];
  for (const one of learner.conditionedOn ?? [])
    if (!conditions.includes(one)) throw new Error(`${name}: ${unknownName('condition', String(one), conditions)}`);
  checkFrozen(name, learner);
  const { variables, state = {}, noise = {} } = learner;
  if (variables === undefined)
    throw new Error(`${name}: build returned no variables; a method that trains nothing returns variables: {}.`);
  const kept = [...namedLeaves<unknown>(state, 'state'), ...namedLeaves<unknown>(noise, 'noise')];
  for (const [path, leaf] of [...namedLeaves<unknown>(variables), ...kept])
    if (!(leaf instanceof tf.Variable))
      throw new Error(
        `${name}: the variable "${path}" is ${leaf instanceof tf.Tensor ? 'a tensor; make it with tf.variable' : `of type ${typeof leaf}; it must be a tf.Variable`}.`,
      );
  checkGroups(name, variables, learner.groups);
  const seen = new Map<unknown, string>();
  for (const [path, variable] of namedLeaves<unknown>(variables)) {
    const other = seen.get(variable);
    if (other !== undefined)
      throw new Error(`${name}: "${other}" and "${path}" are the same variable, which would be updated twice a step.`);
    seen.set(variable, path);
  }
  return learner;
}

const groupSettings: readonly (keyof GroupSettings)[] = ['lrScale', 'weightDecay'];

/** @throws one sentence for settings of variables that there are not, a misspelt one, or one out of its range */
function checkGroups(name: string, variables: object, groups: PromptLearner['groups'] = {}): void {
  for (const [key, settings] of Object.entries(groups)) {
    if (!Object.hasOwn(variables, key))
      throw new Error(`${name}: ${unknownName('group of variables', key, Object.keys(variables))}`);
    for (const [setting, value] of Object.entries(settings)) {
      if (!(groupSettings as readonly string[]).includes(setting))
        throw new Error(`${name}: ${unknownName(`setting of the group "${key}"`, setting, groupSettings)}`);
      if (value !== undefined && !(Number.isFinite(value) && value >= 0))
        throw new Error(`${name}: ${setting} of the group "${key}" is ${value}; it must be a number of at least 0.`);
    }
  }
}

/** The keys of `frozen`, and their types. */
const frozenParts: Readonly<Record<keyof FrozenTargets, 'list' | 'boolean'>> = {
  templates: 'list',
  described: 'boolean',
  raw: 'boolean',
  states: 'boolean',
  whole: 'boolean',
  anotherView: 'boolean',
  oneText: 'boolean',
};

/** @throws one sentence for a misspelt part of `frozen`, one of another type, or two that exclude each other */
function checkFrozen(name: string, { frozen, imageFeatures, features }: PromptLearner): void {
  for (const [key, value] of Object.entries(frozen ?? {})) {
    const type = (frozenParts as Readonly<Record<string, string>>)[key];
    if (type === undefined) throw new Error(`${name}: ${unknownName('key of frozen', key, Object.keys(frozenParts))}`);
    const fits = type === 'list' ? Array.isArray(value) || typeof value === 'function' : typeof value === type;
    if (value !== undefined && !fits)
      throw new Error(
        `${name}: frozen.${key} is of type ${typeof value}; it must be ${type === 'boolean' ? 'true or false' : 'a list or a function'}.`,
      );
  }
  if (!frozen?.anotherView) return;
  if (!imageFeatures && !features)
    throw new Error(
      `${name}: frozen.anotherView needs image features of its own, of which the frozen CLIP sees another view.`,
    );
  if (frozen.whole) throw new Error(`${name}: frozen.anotherView and frozen.whole exclude each other; leave one out.`);
}

function checkParts(name: string, holder: string, given: Partial<PromptLearner>): void {
  for (const [key, value] of Object.entries(given) as [string, unknown][]) {
    const type = (parts as Readonly<Record<string, string>>)[key];
    const meant = type === undefined ? nearestName(key, Object.keys(parts)) : undefined;
    if (meant !== undefined)
      throw new Error(`${name}: ${holder} "${key}", which is not used; did you mean "${meant}"?`);
    if (type !== undefined && value !== undefined && (typeof value !== type || value === null))
      throw new Error(
        `${name}: ${key} is ${value === null ? 'null' : typeof value}; it must be ${type === 'boolean' ? 'true or false' : type === 'object' ? 'an object' : `a ${type}`}.`,
      );
  }
}
