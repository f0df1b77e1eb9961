import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../processes.mjs';
import { root, turbo } from '../setup.mjs';
import { bundleSpecs } from './core-specs/bundle.mjs';
import { refused } from './core-specs/refused.mjs';

/** Fewer than this would mean that the specs, or the kernels they use, are no longer found. */
const atLeast = 2200;

/**
 * The published specs of tfjs-core, on graphs of the engine's kernels: all that use one must pass, except for refused
 * ones, which are listed with the reason.
 */
export const coreSpecs = {
  name: "tfjs-core's specs",
  async run() {
    await turbo(['build'], ['--filter=@dgprompt/io'], { quiet: true });
    const folder = join(root, '.turbo', 'core-specs');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const results = join(folder, 'results.json');
    const { code, output } = await run(process.execPath, [await bundleSpecs(folder), results], { capture: true });
    if (code === 130) process.exit(130);
    if (code !== 0) {
      console.log(output.slice(-2000));
      return { passed: 0, failed: 1, skipped: 0 };
    }
    return counts(JSON.parse(readFileSync(results, 'utf8')));
  },
};

/** @param {{ name: string, status: string, message?: string }[]} specs */
function counts(specs) {
  const failed = new Map(specs.filter(({ status }) => status === 'failed').map(spec => [spec.name, spec.message]));
  const wrong = [...failed].filter(([name]) => !(name in refused)).map(([name, message]) => `${name}: ${message}`);
  for (const [name, reason] of Object.entries(refused)) {
    if (!specs.some(spec => spec.name === name)) wrong.push(`${name} is listed, but there is no such spec`);
    else if (!failed.has(name)) wrong.push(`${name} passes, although it is listed: ${reason}`);
    else if (!failed.get(name).includes(reason)) wrong.push(`${name} fails for another reason: ${failed.get(name)}`);
  }
  if (specs.length < atLeast) wrong.push(`only ${specs.length} specs use a kernel that is recorded`);
  for (const one of wrong) console.log(`failed  ${one}`);
  console.log(
    `${specs.length} specs use a kernel that is recorded; ${Object.keys(refused).length} are refused by name.`,
  );
  return { passed: Math.max(0, specs.length - wrong.length), failed: wrong.length, skipped: 0 };
}
