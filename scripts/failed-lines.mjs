/** `node scripts/failed-lines.mjs < output`: the lines that name what failed. */
import { readFileSync } from 'node:fs';
import { failedLines } from './summary.mjs';

for (const line of failedLines(readFileSync(0, 'utf8'))) console.log(line);
