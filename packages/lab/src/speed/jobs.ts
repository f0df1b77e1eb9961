import type { RowName, RowOptions } from './rows/index.js';

/** One measurement to make. */
export type Job = {
  [N in RowName]: {
    row: N;
    /** What tells it from others of its row. */
    name: string;
    options: RowOptions<N>;
    /** Seconds that it usually takes, for the progress bar. */
    usual: number;
  };
}[RowName];

/** Parts of the table that `--rows` chooses from. */
export const parts = [
  'steps',
  'backends',
  'evaluation',
  'texts',
  'pipeline',
  'start-up',
  'memory',
  'families',
] as const;
export type Part = (typeof parts)[number];

export interface JobSettings {
  /** Timed steps of each method. */
  repeats: number;
  threads: number;
  /** Where the checkpoint is to be written. */
  model: string;
  /** A folder with JPEG files, or where some are to be made. */
  photos: string;
}

/**
 * Training steps that are timed: [method, batch, frozen features are there]. CoOp's published batch is 32, the others'
 * is 4.
 */
export const steps: readonly [string, number, boolean][] = [
  ['coop', 32, false],
  ['coop', 32, true],
  ['vpt', 4, false],
  ['maple', 4, false],
  ['promptsrc', 4, false],
  ['dgprompt', 4, true], // its frozen features are of whole images, computed once
  ['dgprompt-first', 4, false],
];

/** CLIPs of other shapes, beside the ViT-B/16 of all other rows. */
export const families = ['SigLIP B/16', 'ViT-L/14'] as const;

/** Methods of the comparison of backends. */
export const compared = ['coop', 'maple', 'dgprompt'] as const;
export const backends = ['onnxruntime', 'tensorflow', 'wasm', 'cpu'] as const;
/** Methods of the evaluation: three whose text waits for no image, two whose text does. */
export const evaluated = ['clip', 'coop', 'maple', 'dgprompt', 'cocoop', 'dgprompt-first'] as const;

/**
 * What to measure for some parts of the table, in order; checkpoint and ceiling come first, since all refers to them.
 */
export function jobs(chosen: readonly Part[], { repeats, threads, model, photos }: JobSettings): Job[] {
  const all: Record<Part, Job[]> = {
    steps: [
      { row: 'tower', name: 'tower', options: { model, batch: 32, repeats }, usual: 20 },
      ...steps.map(([method, batch, cachedFeatures]): Job => {
        const name = stepName(method, cachedFeatures);
        return {
          row: 'step',
          name,
          options: { model, method, batch, cachedFeatures, repeats },
          usual: 5 + 2 * repeats,
        };
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
        const file = model.replace(/(\.\w+)?$/, `-${shape.replace(/\W+/g, '-').toLowerCase()}$1`);
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
  };
  const first: Job[] = [
    { row: 'model', name: 'checkpoint', options: { file: model }, usual: 15 },
    { row: 'ceiling', name: 'ceiling', options: { repeats }, usual: 10 },
  ];
  const wanted = [...first, ...chosen.flatMap(part => all[part])];
  return wanted.filter((job, i) => wanted.findIndex(({ row, name }) => row === job.row && name === job.name) === i);
}

export const stepName = (method: string, cachedFeatures: boolean): string =>
  cachedFeatures ? `${method}, cached features` : method;
