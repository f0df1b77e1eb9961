import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { useDevice } from '@dgprompt/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { findCases } from './find-cases.js';
import { holds, Skipped } from './golden-case.js';

const folder = fileURLToPath(new URL('../../../../../shared/golden-zoo', import.meta.url));

beforeAll(async () => void (await useDevice()));

describe.skipIf(!existsSync(folder))('recordings of the zoo (skipped without ../shared/golden-zoo)', () => {
  it('all hold, of the methods that this version has', async () => {
    const { cases, dispose } = await findCases(folder);
    const skipped: string[] = [];
    for (const { name, run } of cases) {
      const checks = await run().catch(error => {
        if (!(error instanceof Skipped)) throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
        expect(error.message).toBe(`not in this version: ${name}`);
        skipped.push(name);
        return [];
      });
      if (process.env.SHOW_ERRORS) console.log(name, checks);
      expect(checks.filter(check => !holds(check))).toEqual([]);
      if (!skipped.includes(name)) expect(checks.length, name).toBeGreaterThan(2);
    }
    dispose();
    expect(cases.length - skipped.length).toBeGreaterThanOrEqual(15);
  });
});
