import type { Clip } from '@dgprompt/clip';
import type { SeededRandom } from '@dgprompt/engine';
import type { PromptLearner, Recipe, TaskInfo } from '../learner/types.js';

/** Any of the options, groups partially. */
export type GivenOptions<O> = {
  [K in keyof O]?: O[K] extends readonly unknown[] ? O[K] : O[K] extends object ? Partial<O[K]> : O[K];
};

/** Words allowed for an option, in the shape of the options. */
export type OptionChoices<O> = {
  [K in keyof O]?: O[K] extends readonly unknown[]
    ? never
    : O[K] extends object
      ? { [I in keyof O[K]]?: readonly O[K][I][] }
      : readonly O[K][];
};

/** Minimum and maximum of a number (inclusive), and whether it must be whole. */
export type OptionRange = readonly [least: number, most: number, kind?: 'whole'];

/** Ranges of numbers, in the shape of the options. */
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
export interface Setting extends Pick<TaskInfo, 'dataset' | 'templates' | 'descriptions' | 'shots' | 'images'> {
  classNames: string[];
}

/** The part of a definition that its options' schema is derived from. */
export interface OptionFacts {
  name: string;
  options: object;
  choices?: object;
  ranges?: object;
}

/** A method's definition: see `defineMethod`. */
export interface MethodDefinition<O extends object> extends OptionFacts {
  /** Short id, used in tables and on the command line. */
  name: string;
  /** The name as in its paper, for tables and plots. Default: the id. */
  title?: string;
  /** One line about it, for lists of methods and reports. */
  summary?: string;
  /** Every option with its published value; a group of options is an object: `guidance: { rank: 64 }`. */
  options: O;
  /** Words allowed for an option. */
  choices?: OptionChoices<NoInfer<O>>;
  /** The ranges of numbers. */
  ranges?: OptionRanges<NoInfer<O>>;
  /** Named settings of the options, chosen as `name:variant`. */
  variants?: Record<string, GivenOptions<NoInfer<O>>>;
  /** Whether it takes sentences about each class, its task's `descriptions`. */
  described?: boolean;
  /** Variants that remove a part of the method, in the order of their table. */
  ablations?: readonly string[];
  /** Options that name files, whose contents tell a bench's runs apart. */
  files?: readonly (keyof NoInfer<O> & string)[];
  /**
   * What `dgprompt search` tries after learning rate and epochs, stage by stage, as text: `[['pull=2', 'pull=8']]`.
   * Default: nothing more. `false`: nothing to search, not even these two.
   */
  searchStages?: readonly (readonly string[])[] | false;
  /**
   * Options without effect given the values of the others, by dotted key, each with the reason (`there is no average
   * while average.mean is 0`): giving one is an error.
   */
  noEffect?(options: NoInfer<O>): Record<string, string | false>;
  /** Options that count layers, with this CLIP's maximum; larger published values are lowered to it. */
  limits?(clip: Clip, options: NoInfer<O>): { [K in keyof O]?: number };
  /** Every published number: training, and options that differ from the defaults. */
  recipe(task: TaskInfo): Recipe & GivenOptions<NoInfer<O>>;
  /** Makes the learned parts. `random` is seeded: the same seed gives the same initial prompts. */
  build(clip: Clip, options: NoInfer<O>, random: SeededRandom, setting: Setting): PromptLearner;
}
