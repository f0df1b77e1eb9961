import type { Clip } from '@dgprompt/clip';
import type { SeededRandom } from '@dgprompt/engine';
import type { PromptLearner, Recipe, TaskInfo } from '../learner/types.js';

/** Any of the options, groups in part. */
export type GivenOptions<O> = {
  [K in keyof O]?: O[K] extends readonly unknown[] ? O[K] : O[K] extends object ? Partial<O[K]> : O[K];
};

/** The words that an option can be, in the form of the options. */
export type OptionChoices<O> = {
  [K in keyof O]?: O[K] extends readonly unknown[]
    ? never
    : O[K] extends object
      ? { [I in keyof O[K]]?: readonly O[K][I][] }
      : readonly O[K][];
};

/** Least and most that a number can be (both included), and whether it must be whole. */
export type OptionRange = readonly [least: number, most: number, kind?: 'whole'];

/** Ranges of numbers, in the form of the options. */
export type OptionRanges<O> = {
  [K in keyof O]?: O[K] extends number
    ? OptionRange
    : O[K] extends readonly unknown[]
      ? never
      : O[K] extends object
        ? { [I in keyof O[K]]?: OptionRange }
        : never;
};

/** What a method is built for. */
export interface Setting extends Pick<TaskInfo, 'templates' | 'descriptions' | 'shots' | 'images'> {
  classNames: string[];
}

/** The part of a definition that its options' schema is derived from. */
export interface OptionFacts {
  name: string;
  options: object;
  choices?: object;
  ranges?: object;
}

/** A method's page: see `defineMethod`. */
export interface MethodDefinition<O extends object> extends OptionFacts {
  /** Short id, used in tables and on the command line. */
  name: string;
  /** The name as its paper writes it, for tables and plots. Default: the id. */
  title?: string;
  /** One line about it, for lists of methods and reports. */
  summary?: string;
  /** Every option with its published value; a group of options is an object: `guidance: { rank: 64 }`. */
  options: O;
  /** The words that an option can be. */
  choices?: OptionChoices<NoInfer<O>>;
  /** The ranges of numbers. */
  ranges?: OptionRanges<NoInfer<O>>;
  /** Named settings of the options, chosen as `name:variant`. */
  variants?: Record<string, GivenOptions<NoInfer<O>>>;
  /** It takes sentences about each class, `descriptions` of its task. */
  described?: boolean;
  /** Variants that take a part of the method away, in the order of their table. */
  ablations?: readonly string[];
  /**
   * What `dgprompt search` tries after learning rate and epochs, stage by stage, as text: `[['pull=2', 'pull=8']]`.
   * Default: nothing more. `false`: there is nothing to search, not even these two.
   */
  searchStages?: readonly (readonly string[])[] | false;
  /**
   * Options that change nothing with these values of the others, by their dotted keys, each with the reason (`there is
   * no
   * average while average.mean is 0`): giving one is an error.
   */
  noEffect?(options: NoInfer<O>): Record<string, string | false>;
  /** Options that count layers, with the most that this CLIP has; published values above are lowered to it. */
  limits?(clip: Clip, options: NoInfer<O>): { [K in keyof O]?: number };
  /** Every published number: training, and options that differ from the defaults. */
  recipe(task: TaskInfo): Recipe & GivenOptions<NoInfer<O>>;
  /** Makes the learned parts. `random` is seeded: the same seed gives the same initial prompts. */
  build(clip: Clip, options: NoInfer<O>, random: SeededRandom, setting: Setting): PromptLearner;
}
