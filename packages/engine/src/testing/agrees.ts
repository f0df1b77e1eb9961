import { describe, expect, it } from 'vitest';
import { asGraph, difference, onCpu } from './differential.js';
import { backend, device } from './parity.js';
import { type Op, random } from './random-programs.js';

/** Programs per op; DGPROMPT_DIFFERENTIAL overrides the number. */
const times = Number(process.env.DGPROMPT_DIFFERENTIAL ?? 25);

/** Tests that compiled random programs of each op give tfjs-cpu's results or throw. */
export function agrees(family: string, ops: Record<string, Op>): void {
  describe.skipIf(backend === 'tensorflow' || device !== 'cpu')(`${family}: tfjs-cpu's results, or an error`, () => {
    for (const [name, { make, tolerance = 1e-5 }] of Object.entries(ops)) {
      it(name, async () => {
        const wrong: string[] = [];
        for (let i = 0; i < times; i++) {
          const { inputs, run } = make();
          const isConstant = inputs.map((_, j) => inputs.length > 1 && j !== i % inputs.length && random.next() < 0.3);
          const program = { inputs, run, isConstant };
          const different = difference(await onCpu(program), await asGraph(program), tolerance);
          const kinds = inputs.map(x => `${x.dtype} [${x.shape}] ${Array.from(x.dataSync()).slice(0, 20)}`);
          if (different) wrong.push(`${name} of ${kinds.join(' and ')} ${different}`);
        }
        expect(wrong).toEqual([]);
      });
    }
  });
}
