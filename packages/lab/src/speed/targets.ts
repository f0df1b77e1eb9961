import { inInt8, stepName } from './jobs.js';
import type { Results } from './results.js';
import { ceilingOf } from './sheets/cells.js';

/** A performance target of a run. */
export interface Target {
  text: string;
  /** The measured value, in the target's terms. */
  measured: string;
  reached: boolean;
}

/** The project's targets for two CPU cores, limited to those that this run measured. */
export function targets(results: Results): Target[] {
  const step = (method: string, cached = false) => results.of('step', stepName(method, cached));
  const ceiling = ceilingOf(results);
  const [maple, dgprompt] = [step('maple'), step('dgprompt', true)];
  const [coop, coopCached] = [step('coop'), step('coop', true)];
  const tower = results.of('tower', 'tower')?.result;
  const startUp = results.of('startUp', 'maple')?.result;
  const waiting = results.of('pipeline', 'maple')?.result.waiting;
  const all: (Target | undefined)[] = [
    maple &&
      ceiling &&
      atLeast(
        "MaPLe's step, of the ceiling",
        75,
        (100 * maple.result.operations) / maple.result.seconds / ceiling,
        ' %',
      ),
    maple && atMost("MaPLe's peak memory", 1.8, maple.peakBytes / 1e9, ' GB'),
    maple &&
      dgprompt &&
      atMost("DGPrompt's step, against MaPLe's", 1.2, dgprompt.result.seconds / maple.result.seconds, ' ×'),
    dgprompt && atMost("DGPrompt's peak memory", 1.9, dgprompt.peakBytes / 1e9, ' GB'),
    coop &&
      tower &&
      atMost("CoOp's step, against the vision tower's forward pass", 1.15, coop.result.seconds / tower.seconds, ' ×'),
    coop &&
      coopCached &&
      atLeast('CoOp with cached features, faster', 15, coop.result.seconds / coopCached.result.seconds, ' ×'),
    ...(['clip', 'coop', 'maple'] as const).map(method => {
      const images = results.of('evaluation', method)?.result.images;
      const share = images && tower && (100 * images * tower.seconds) / tower.batch;
      return share && atLeast(`testing ${method}, of the bare tower's images a second`, 90, share, ' %');
    }),
    startUp && atMost('from start to first step done', 10, startUp.total, ' s'),
    waiting === undefined ? undefined : atMost('training that waits for images', 2, 100 * waiting, ' %'),
    ...['ViT-B/16', 'mini-CLIP'].map(name => {
      const memory = results.of('memory', name)?.result;
      return (
        memory &&
        atMost(`memory over ${memory.steps} steps, ${name}: growth`, 3, 100 * (memory.late / memory.early - 1), ' %')
      );
    }),
    ...int8Targets(results),
  ].map(target => target || undefined);
  return all.filter(target => target !== undefined);
}

/** Targets for int8 relative to float32 in the same run. */
function int8Targets(results: Results): (Target | undefined)[] {
  const both = (row: 'tower' | 'step', name: string) => {
    const [whole, narrow] = [results.of(row, name), results.of(row, inInt8(name))];
    return whole && narrow && { whole, narrow };
  };
  const faster = (what: string, least: number, row: 'tower' | 'step', name: string) => {
    const found = both(row, name);
    return found && atLeast(what, least, found.whole.result.seconds / found.narrow.result.seconds, ' ×');
  };
  const large = both('step', 'maple on ViT-L/14');
  return [
    faster("int8: MaPLe's step, faster", 1.7, 'step', 'maple'),
    faster("int8: PromptSRC's step, faster", 1.6, 'step', 'promptsrc'),
    faster("int8: DGPrompt's step, faster", 1.6, 'step', stepName('dgprompt', true)),
    faster('int8: the vision tower, faster', 2, 'tower', 'tower, batch 4'),
    large &&
      atMost(
        "int8: peak memory of MaPLe's step on ViT-L/14, of float32's",
        0.6,
        large.narrow.peakBytes / large.whole.peakBytes,
        ' ×',
      ),
  ];
}

const shown = (value: number): string => (Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(0));

const atLeast = (what: string, least: number, value: number, unit: string): Target => ({
  text: `${what}: at least ${least}${unit}`,
  measured: `${shown(value)}${unit}`,
  reached: value >= least,
});

const atMost = (what: string, most: number, value: number, unit: string): Target => ({
  text: `${what}: at most ${most}${unit}`,
  measured: `${shown(value)}${unit}`,
  reached: value <= most,
});
