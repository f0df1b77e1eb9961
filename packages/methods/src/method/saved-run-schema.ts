import { z } from 'zod';

const text = z.string();
const count = z.int().min(0);
const percent = z.number();

const taskSchema = z.looseObject({
  protocol: text,
  shots: count,
  images: count,
  dataset: text,
  templates: z.array(text),
});

const comparisonSchema = z.looseObject({
  on: z.enum(['validation', 'training']),
  images: count,
  folds: count.optional(),
  saved: text,
  methods: z.array(
    z.looseObject({ name: text, top1: percent.optional(), seconds: z.number(), reason: text.optional() }),
  ),
});

const computeSchema = z.looseObject({
  precision: z.enum(['fp16', 'int8']).optional(),
  pillow: z.literal([12, 13]).optional(),
});

const trainedSchema = computeSchema.extend({
  source: text,
  folder: text,
  images: z.looseObject({ train: count, val: count, test: count }),
  epoch: count,
  epochs: z.array(
    z.looseObject({ number: z.int(), loss: z.number(), seconds: z.number(), validation: percent.optional() }),
  ),
  result: z.looseObject({
    on: z.enum(['test', 'validation', 'training']),
    images: count,
    top1: percent,
    zeroShot: percent,
    unread: z.array(text).optional(),
    perClass: z.array(z.looseObject({ name: text, images: count, top1: percent, zeroShot: percent })),
  }),
  compared: comparisonSchema.optional(),
  finishedAt: text,
});

/** `run.json` as `SavedRun` describes it; options and recipe are checked when a method is made from them. */
const savedRunSchema = z.looseObject({
  format: z.literal(1),
  method: text,
  options: z.looseObject({}),
  recipe: z.looseObject({}),
  task: taskSchema,
  seed: z.int(),
  classNames: z.array(text).min(1),
  madeFor: z.array(text).min(1).optional(),
  clip: z.looseObject({ id: text, source: text, imageSize: z.int().min(1).optional() }),
  epoch: count.optional(),
  training: computeSchema.optional(),
  /** A file in the same folder, nowhere else. */
  optimizer: z
    .string()
    .regex(/^optimizer-\d+\.safetensors$/)
    .optional(),
  trained: trainedSchema.optional(),
  code: text.optional(),
});

/** Why a value is not a `SavedRun`: `classNames: Invalid input: expected array, received string`. */
export function wrongInSavedRun(value: unknown): string | undefined {
  const [first] = savedRunSchema.safeParse(value).error?.issues ?? [];
  return first && `${first.path.map(String).join('.') || 'the whole'}: ${first.message}`;
}
