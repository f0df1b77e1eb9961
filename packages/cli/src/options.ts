import type { ComputePrecision, Device } from '@dgprompt/engine';
import { unknownName } from '@dgprompt/io';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type DescribedParser, oneOrMore, takes } from './config/value-schema.js';

/** Where a command computes. */
export interface DeviceChoice {
  device: Device;
  threads: number;
  backend: (typeof backends)[number];
}

/** In which precision it computes the frozen towers. */
export interface PrecisionChoice {
  precision?: ComputePrecision;
}

/** Where a command computes, and on which CLIP. */
export interface ComputeOptions extends DeviceChoice {
  /** Default: the mini-CLIP. */
  model?: string;
}

/** Names alone, so that `--help` need not load the engine; the type makes sure that none is missing. */
const devices = Object.keys({ cpu: 0, webgpu: 0, cuda: 0, coreml: 0, dml: 0 } satisfies Record<Device, 0>) as Device[];
const backends = ['onnxruntime', 'tensorflow', 'cpu'] as const;

/** Adds `--model`, `--device`, `--threads` and `--backend` to a command. */
export function addComputeOptions(command: Command): Command {
  command.addOption(new Option('--model <path>', 'folder, file or hub id of a CLIP (default: mini-CLIP)'));
  return addDeviceOptions(command);
}

/** Adds `--device`, `--threads` and `--backend` to a command. */
export function addDeviceOptions(command: Command): Command {
  return command
    .addOption(new Option('--device <name>', devices.join(', ')).argParser(oneOf('device', devices)).default('cpu'))
    .addOption(new Option('--threads <n>', 'of the CPU').argParser(wholeNumber(0, 512)).default(0, 'one a core'))
    .addOption(
      new Option('--backend <name>', backends.join(', ')).argParser(oneOf('backend', backends)).default('onnxruntime'),
    );
}

/** The option `--precision` of commands that compute with frozen towers. */
export const precisionOption = (): Option =>
  new Option('--precision <name>', 'fp32, fp16 for the frozen towers')
    .argParser(oneOf('precision', precisions))
    .default('fp32');

const precisions = ['fp32', 'fp16'] as const satisfies ComputePrecision[];

/** Which data a command takes, and what it does with its images. */
export interface SuiteCommandOptions {
  suite: string;
  /** The folder that holds the published datasets' folders. */
  root?: string;
  tasks?: string[];
  skipBroken?: true;
  cache?: string;
}

/** Adds `--suite`, `--root`, `--tasks`, `--skip-broken` and `--cache` to a command. */
export function addSuiteOptions(command: Command): Command {
  return command
    .option('--suite <name>', 'also: paper, a dataset, a folder', 'pictograms')
    .addOption(rootOption())
    .option('--tasks <names>', 'only these tasks of the suite, as a,b,c', names)
    .option('--skip-broken', 'leave out images that do not decode')
    .addOption(cacheOption());
}

/** The option `--root`. */
export const rootOption = (): Option =>
  new Option('--root <folder>', 'holds the published datasets').env('DGPROMPT_DATA');

/** The option `--cache`. */
export const cacheOption = (): Option => new Option('--cache <folder>', 'keep decoded test images there');

/** The option `--cache-features`: a number of augmented views, or 0, as without a value, for images as they are. */
export const cacheFeaturesOption = (): Option =>
  new Option('--cache-features [n]', 'features computed once, of n crops an image or as it is').argParser(
    wholeNumber(0, 1000),
  );

/** `--cache-features` as a number. */
export const cachedViewsOf = (given: number | true | undefined): number | undefined => (given === true ? 0 : given);

/** The option `--results`. */
export const resultsOption = (): Option => new Option('--results <folder>', 'where the records are').default('results');

/** Options of many commands, which a config file gives once: data, where results are, where to compute. */
export const commonOptions = (): readonly Option[] =>
  addComputeOptions(addSuiteOptions(new Command()).addOption(resultsOption())).options;

/** A parser for one of a few names; a wrong one is answered with the nearest. */
export function oneOf<T extends string>(kind: string, known: readonly T[]): DescribedParser<T> {
  return takes({ type: 'string', enum: known }, value => {
    const found = known.find(name => name === value);
    if (found === undefined) throw new InvalidArgumentError(unknownName(kind, value, known));
    return found;
  });
}

/** A parser for a whole number in a range. */
export function wholeNumber(least: number, most: number): DescribedParser<number> {
  return takes({ type: 'integer', minimum: least, maximum: most }, value => {
    const number = value.trim() === '' ? Number.NaN : Number(value);
    if (!Number.isInteger(number) || number < least || number > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return number;
  });
}

/** A parser for a number above 0. */
export const positive = takes({ type: 'number', exclusiveMinimum: 0 }, value => {
  const number = Number(value);
  if (!(number > 0 && Number.isFinite(number))) throw new InvalidArgumentError('It must be a number above 0.');
  return number;
});

/** A parser for names with commas between. */
export const names = takes(oneOrMore({ type: 'string', minLength: 1 }), value => {
  const parts = value.split(',').map(part => part.trim());
  if (parts.some(part => part === '')) throw new InvalidArgumentError('It must be names with commas between.');
  return [...new Set(parts)];
});

/** A parser for a list with commas between, of what another parser takes; equal entries count once. */
export const listOf = <T>(entry: DescribedParser<T>): DescribedParser<T[]> =>
  takes(oneOrMore(entry.schema), value => names(value).map(text => entry(text)));

/** A parser for whole numbers in a range, with commas between. */
export const wholeNumbers = (least: number, most: number) => listOf(wholeNumber(least, most));

/** A parser for seeds with commas between. */
export const seeds = wholeNumbers(0, 2 ** 31 - 1);
