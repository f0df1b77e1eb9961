import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { useDevice } from '@dgprompt/engine';
import { expect, test } from 'vitest';
import { findCases } from './find-cases.js';
import { holds } from './golden-case.js';

const golden = fileURLToPath(new URL('../../../../../shared/golden-memory', import.meta.url));

test.skipIf(!existsSync(golden))(
  'class memory equals an independent implementation (skipped without ../shared/golden-memory)',
  async () => {
    await useDevice({ threads: 1 });
    const { cases, dispose } = await findCases(golden);
    expect(cases.length).toBeGreaterThan(0);
    for (const one of cases) {
      const checks = await one.run();
      expect(checks).toHaveLength(13);
      for (const check of checks) expect(check, check.what).toSatisfy(holds);
    }
    dispose();
  },
);
