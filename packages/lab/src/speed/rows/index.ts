/** The measurements, each run in a separate process that loads nothing of the others. */
export const rows = {
  /** Not a measurement: writes the checkpoint that the others load. */
  model: async () => (await import('../random-clip.js')).randomClip,
  ceiling: async () => (await import('./ceiling.js')).ceiling,
  step: async () => (await import('./step.js')).step,
  fit: async () => (await import('./fit.js')).fit,
  adaptation: async () => (await import('./adaptation.js')).adaptation,
  backend: async () => (await import('./backend.js')).backend,
  tower: async () => (await import('./tower.js')).tower,
  evaluation: async () => (await import('./evaluation.js')).evaluation,
  ensemble: async () => (await import('./ensemble.js')).ensemble,
  pipeline: async () => (await import('./pipeline.js')).pipeline,
  torch: async () => (await import('./torch.js')).torch,
  startUp: async () => (await import('./start-up.js')).startUp,
  memory: async () => (await import('./memory.js')).memory,
};

export type RowName = keyof typeof rows;
type Row<N extends RowName> = Awaited<ReturnType<(typeof rows)[N]>>;
export type RowOptions<N extends RowName> = Parameters<Row<N>>[0];
export type RowResult<N extends RowName> = Awaited<ReturnType<Row<N>>>;
