#!/usr/bin/env node
import { main } from './program.js';
import { endWithReader } from './terminal/closed-output.js';

endWithReader();
process.exitCode = await main(process.argv);
