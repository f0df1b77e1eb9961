import type { OptionTable, Values } from './option.js';

/** Positional arguments in commander's syntax, each with its help: `['<images...>', 'files, folders']`. */
export type ArgumentList = readonly (readonly [string, string])[];

/** The values of positional arguments: lists if the name ends with dots; those in brackets may be missing. */
export type ArgumentValues<A extends ArgumentList> = {
  [I in keyof A]: A[I][0] extends `${string}...${string}`
    ? string[]
    : A[I][0] extends `[${string}`
      ? string | undefined
      : string;
};

/** What an action gets in addition to its options. */
export interface Context {
  /** The config file in use. */
  configFile?: string;
  /** Options of methods from the config file, by method. */
  methods: MethodSections;
}

/** The section `methods` of a config file. */
export type MethodSections = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A command: its help, its options and what it does. Its name is its key in `commands`, in kebab case. */
export interface CommandSpec<O extends OptionTable = OptionTable, A extends ArgumentList = ArgumentList> {
  /** Its line in the list of commands. */
  summary?: string;
  description: string;
  /** Example command lines without `dgprompt`; two or more spaces separate a remark. */
  examples: readonly string[];
  /** The end of the help. */
  notes?: string;
  arguments?: A;
  options: O;
  action(options: Values<O>, values: ArgumentValues<A>, context: Context): Promise<void>;
}

/** Commands under a common name, such as `dgprompt data list`. */
export interface CommandGroup<C extends CommandTree = CommandTree> {
  summary: string;
  description: string;
  examples: readonly string[];
  notes?: string;
  commands: C;
}

/** Commands by name, in camel case. */
export type CommandTree = { readonly [name: string]: AnyCommand | CommandGroup };

// biome-ignore lint/suspicious/noExplicitAny: the one type that every command has, whatever its options
export type AnyCommand = CommandSpec<any, any>;

/** Defines a command, inferring the types of its options and arguments. */
export const defineCommand = <const O extends OptionTable, const A extends ArgumentList = []>(
  spec: CommandSpec<O, A>,
): CommandSpec<O, A> => spec;

/** Whether an entry of the tree is a group. */
export const isGroup = (one: AnyCommand | CommandGroup): one is CommandGroup => 'commands' in one;

/** `zeroShot` becomes `zero-shot`. */
export const kebabCase = (key: string): string => key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
