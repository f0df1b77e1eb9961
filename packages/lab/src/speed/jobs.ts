import { fileURLToPath } from 'node:url';
import type { RowName, RowOptions } from './rows/index.js';

/** One measurement to make. */
export type Job = {
  [N in RowName]: {
    row: N;
    /** Identifies the measurement within its row. */
    name: string;
    options: RowOptions<N>;
    /** Its usual duration in seconds, for the progress bar. */
    usual: number;
    /** Precision of the frozen towers; default `fp32`. */
    precision?: 'int8';
  };
}[RowName];

/** Parts of the table, for `--rows`. */
export const parts = [
  'steps',
  'zoo',
  'backends',
  'evaluation',
  'texts',
  'pipeline',
  'start-up',
  'memory',
  'families',
  'int8',
] as const;
export type Part = (typeof parts)[number];

export interface JobSettings {
  /** Timed steps per method. */
  repeats: number;
  threads: number;
  /** Path for the checkpoint. */
  model: string;
  /** A folder with JPEG files, or for generated ones. */
  photos: string;
  /** A Python with torch, to compare int8 with PyTorch. */
  python?: string;
}

/** Training steps to time: [method, batch, cached frozen features]. CoOp's published batch is 32, the others' is 4. */
export const steps: readonly [string, number, boolean][] = [
  ['coop', 32, false],
  ['coop', 32, true],
  ['vpt', 4, false],
  ['maple', 4, false],
  ['promptsrc', 4, false],
  ['dgprompt', 4, true], // its frozen features are of whole images, computed once
  ['dgprompt-first', 4, false],
];

/** The same for the other methods, all with batch 4 so that they can be compared. */
export const zooSteps: readonly [string, number, boolean][] = [
  ...['clip-adapter', 'taskres', 'tip-adapter-f', 'clap'].map((method): [string, number, boolean] => [method, 4, true]),
  ...['tcp', 'clip-lora', 'mma', 'rpo', 'plot', 'plotpp', 'mmrl', 'mmrlpp', 'dept', 'coprompt', 'hicropl'].map(
    (method): [string, number, boolean] => [method, 4, false],
  ),
];

/** Methods without epochs: they learn from frozen features in one fit. */
export const fits = ['tip-adapter', 'gda', 'linear-probe', 'lpplusplus'] as const;

/** Methods that adapt to each test image. */
export const adaptations = ['tpt'] as const;

/** CLIPs of other shapes, in addition to the ViT-B/16 of all other rows. */
export const families = ['SigLIP B/16', 'ViT-L/14'] as const;

/** Steps in int8, and the peak memory of one on a larger CLIP. */
export const int8Steps: readonly [string, number, boolean][] = [
  ['maple', 4, false],
  ['promptsrc', 4, false],
  ['dgprompt', 4, true],
];

/** What to time in PyTorch, for comparison with our float32 and int8. */
export const torchJobs = [
  { what: 'tower', shape: 'ViT-B/16', name: 'tower, batch 4' },
  { what: 'maple', shape: 'ViT-B/16', name: 'maple' },
  { what: 'maple', shape: 'ViT-L/14', name: 'maple on ViT-L/14' },
] as const;
export const torchPrecisions = ['float32', 'bfloat16'] as const;

/** A measurement's name for PyTorch. */
export const inTorch = (name: string, precision: (typeof torchPrecisions)[number]): string =>
  `${name}, PyTorch ${precision}`;

const torchProgram = fileURLToPath(new URL('../../src/speed/torch-steps.py', import.meta.url));

/** A measurement's name for int8. */
export const inInt8 = (name: string): string => `${name}, int8`;

/** Methods used to compare backends. */
export const compared = ['coop', 'maple', 'dgprompt'] as const;
export const backends = ['onnxruntime', 'tensorflow', 'wasm', 'cpu'] as const;
/** Methods used for evaluation; the text features of the last two depend on the image. */
export const evaluated = ['clip', 'coop', 'maple', 'dgprompt', 'cocoop', 'dgprompt-first'] as const;

/** Measurements for some parts of the table, in order; checkpoint and ceiling come first, since all refer to them. */
export function jobs(chosen: readonly Part[], { repeats, threads, model, photos, python }: JobSettings): Job[] {
  const timedStep = ([method, batch, cachedFeatures]: (typeof steps)[number]): Job => ({
    row: 'step',
    name: stepName(method, cachedFeatures),
    options: { model, method, batch, cachedFeatures, repeats },
    usual: 5 + 2 * repeats,
  });
  const large = familyFile(model, 'ViT-L/14');
  const inBoth = ({ name, ...job }: (typeof torchJobs)[number], python: string): Job[] =>
    torchPrecisions.map(precision => ({
      row: 'torch',
      name: inTorch(name, precision),
      options: { ...job, python, program: torchProgram, precision, batch: 4, repeats, threads },
      usual: job.what === 'tower' ? 10 : (repeats + 2) * (job.shape === 'ViT-B/16' ? 5 : 15),
    }));
  const all: Record<Part, Job[]> = {
    steps: [
      { row: 'tower', name: 'tower', options: { model, batch: 32, repeats }, usual: 20 },
      ...steps.map(timedStep),
    ],
    zoo: [
      timedStep(['maple', 4, false]),
      ...zooSteps.map(timedStep),
      ...fits.map((method): Job => ({ row: 'fit', name: method, options: { model, method, repeats }, usual: 15 })),
      ...adaptations.map((method): Job => {
        return { row: 'adaptation', name: method, options: { model, method, repeats: 3, photos }, usual: 90 };
      }),
    ],
    backends: compared.flatMap(method =>
      backends.map((backend): Job => {
        const options = { backend, method, batch: 4, threads, repeats: backend === 'cpu' ? 2 : repeats };
        return { row: 'backend', name: `${method} on ${backend}`, options, usual: backend === 'cpu' ? 40 : 8 };
      }),
    ),
    evaluation: [
      { row: 'tower', name: 'tower', options: { model, batch: 32, repeats }, usual: 20 },
      ...evaluated.map((method): Job => {
        return { row: 'evaluation', name: method, options: { model, method, images: 160, photos }, usual: 30 };
      }),
    ],
    texts: [{ row: 'ensemble', name: 'ensemble', options: { model, classes: 1000, templates: 80 }, usual: 150 }],
    pipeline: [
      { row: 'pipeline', name: 'maple', options: { model, method: 'maple', batch: 4, steps: 20, photos }, usual: 35 },
    ],
    'start-up': [{ row: 'startUp', name: 'maple', options: { model, method: 'maple', batch: 4 }, usual: 6 }],
    memory: [
      { row: 'memory', name: 'ViT-B/16', options: { model, method: 'maple', batch: 4, steps: 200 }, usual: 180 },
      { row: 'memory', name: 'mini-CLIP', options: { model: '', method: 'maple', batch: 4, steps: 2000 }, usual: 150 },
    ],
    families: [
      { row: 'tower', name: 'tower', options: { model, batch: 32, repeats }, usual: 20 },
      { row: 'step', name: 'maple', options: { model, method: 'maple', batch: 4, repeats }, usual: 5 + 2 * repeats },
      ...families.flatMap((shape): Job[] => {
        const file = familyFile(model, shape);
        return [
          { row: 'model', name: shape, options: { file, shape }, usual: 30 },
          { row: 'tower', name: shape, options: { model: file, batch: 8, repeats }, usual: 20 },
          {
            row: 'step',
            name: `maple on ${shape}`,
            options: { model: file, method: 'maple', batch: 4, repeats },
            usual: 10 + 5 * repeats,
          },
        ];
      }),
    ],
    int8: [
      ...bothPrecisions({ row: 'tower', name: 'tower, batch 4', options: { model, batch: 4, repeats }, usual: 10 }),
      ...int8Steps.flatMap(step => bothPrecisions(timedStep(step))),
      { row: 'model', name: 'ViT-L/14', options: { file: large, shape: 'ViT-L/14' }, usual: 30 },
      ...bothPrecisions({
        row: 'tower',
        name: 'tower on ViT-L/14, batch 4',
        options: { model: large, batch: 4, repeats },
        usual: 10 + 2 * repeats,
      }),
      ...bothPrecisions({
        row: 'step',
        name: 'maple on ViT-L/14',
        options: { model: large, method: 'maple', batch: 4, repeats },
        usual: 10 + 5 * repeats,
      }),
      ...(python === undefined ? [] : torchJobs.flatMap(job => inBoth(job, python))),
    ],
  };
  const first: Job[] = [
    { row: 'model', name: 'checkpoint', options: { file: model }, usual: 15 },
    { row: 'ceiling', name: 'ceiling', options: { repeats }, usual: 10 },
  ];
  const wanted = [...first, ...chosen.flatMap(part => all[part])];
  return wanted.filter((job, i) => wanted.findIndex(({ row, name }) => row === job.row && name === job.name) === i);
}

/** A measurement in float32 and in int8. */
const bothPrecisions = (job: Job): Job[] => [job, { ...job, name: inInt8(job.name), precision: 'int8' }];

/** The checkpoint of another shape, next to the ViT-B/16. */
const familyFile = (model: string, shape: (typeof families)[number]): string =>
  model.replace(/(\.\w+)?$/, `-${shape.replace(/\W+/g, '-').toLowerCase()}$1`);

export const stepName = (method: string, cachedFeatures: boolean): string =>
  cachedFeatures ? `${method}, cached features` : method;
