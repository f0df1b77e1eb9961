import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { useDevice } from '@dgprompt/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { findCases } from './find-cases.js';
import { holds } from './golden-case.js';

const folder = fileURLToPath(new URL('../../../../../shared/golden-zoo', import.meta.url));

beforeAll(async () => void (await useDevice()));

describe.skipIf(!existsSync(folder))('recordings of the zoo (skipped without ../shared/golden-zoo)', () => {
  it('all pass', async () => {
    const { cases, dispose } = await findCases(folder);
    for (const { name, run } of cases) {
      const checks = await run().catch(error => {
        throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
      });
      if (process.env.SHOW_ERRORS) console.log(name, checks);
      expect(
        checks.filter(check => !holds(check)),
        name,
      ).toEqual([]);
      expect(checks.length, name).toBeGreaterThan(2);
    }
    dispose();
    expect(cases.length).toBeGreaterThanOrEqual(21);
  });
});
