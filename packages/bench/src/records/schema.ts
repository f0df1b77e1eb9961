import { z } from 'zod';

/**
 * A schema for a record with arbitrary keys: zod's own records skip `__proto__`.
 *
 * @example
 * ```ts
 * import { named } from '@dgprompt/bench/records';
 * import { z } from 'zod';
 *
 * console.log(named(z.number()).safeParse({ constructor: 1 }).success); // true
 * ```
 */
export function named<T extends z.ZodType>(value: T): z.ZodType<Record<string, z.output<T>>> {
  return z.custom<Record<string, z.output<T>>>().superRefine((given: unknown, context) => {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      context.addIssue({ code: 'custom', message: 'must be an object' });
      return;
    }
    for (const [key, inner] of Object.entries(given)) {
      const { error } = value.safeParse(inner);
      const [first] = error?.issues ?? [];
      if (first) return context.addIssue({ code: 'custom', message: first.message, path: [key, ...first.path] });
    }
  }) as z.ZodType<Record<string, z.output<T>>>;
}

const text = z.string();
const count = z.int().min(0);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** The parts that name a run, and those that are displayed. */
export const configSchema = z.looseObject({
  protocol: text,
  suite: text,
  task: text,
  data: text,
  tests: named(text).optional(),
  method: text,
  code: text.optional(),
  options: named(z.unknown()),
  recipe: named(z.unknown()),
  shots: count,
  seed: z.int(),
  model: text,
  device: text,
  backend: text,
  threads: count,
  precision: z.enum(['fp16', 'int8']).optional(),
  views: z.literal([5, 9]).optional(),
  descriptions: hash.optional(),
  pillow: z.literal(13).optional(),
  skipBroken: z.literal(true).optional(),
});

const testSchema = z.looseObject({
  top1: z.number(),
  correct: count,
  total: count,
  perClass: named(z.number()),
  confusion: named(named(count)).optional(),
});

const epochSchema = z.looseObject({
  number: z.int(),
  loss: z.number(),
  learningRate: z.number(),
  validation: z.number().optional(),
  seconds: z.number(),
});

/** A record as `RunRecord` describes it; extra keys are allowed, since the hash covers them. */
export const recordSchema = z.looseObject({
  format: z.literal(3),
  config: configSchema,
  tests: named(testSchema.nullable()),
  epochs: z.array(epochSchema),
  timings: named(z.number()),
  memory: count.optional(),
  /** A folder name that cannot lead elsewhere. */
  checkpoint: z
    .string()
    .regex(/^[\w-]+$/)
    .optional(),
  own: z.looseObject({ title: text, summary: text.optional(), ablations: z.array(text).optional() }).optional(),
  notes: z.array(text),
  leftOut: count.optional(),
  predictions: hash.optional(),
  versions: named(text),
  machine: z.looseObject({ system: text, cpu: text, cores: z.number(), memoryGiB: z.number() }),
  finishedAt: z.string().regex(/^\d{4}-\d\d-\d\d/),
});

/**
 * Why a value does not match a schema, with the place in it; undefined if it matches.
 *
 * @example
 * ```ts
 * import { mismatch } from '@dgprompt/bench/records';
 * import { z } from 'zod';
 *
 * console.log(mismatch(z.object({ task: z.string() }), {})); // task: Invalid input: …
 * ```
 */
export function mismatch(schema: z.ZodType, value: unknown): string | undefined {
  const [first] = schema.safeParse(value).error?.issues ?? [];
  if (!first) return undefined;
  const place = first.path.map(String).join('.');
  return `${place === '' ? '' : `${place}: `}${first.message}`;
}
