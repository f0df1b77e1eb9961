import { writeFileSync } from 'node:fs';
import { used } from './each-kernel.mjs';

const results = [];
const env = jasmine.getEnv();
env.configure({ random: false, failSpecWithNoExpectations: false });
env.addReporter({
  specStarted: () => used.clear(),
  specDone: ({ fullName, status, failedExpectations }) => {
    if (used.size === 0) return;
    const message = failedExpectations[0]?.message;
    results.push({ name: fullName.replace(' compiled {}', ''), status, kernels: [...used], message });
  },
});
await env.execute();
writeFileSync(process.argv[2], JSON.stringify(results, undefined, 1));
