#!/usr/bin/env node
import { existsSync } from 'node:fs';

const built = new URL('../dist/main.js', import.meta.url);
const checkout = new URL('../../../scripts/dgprompt.mjs', import.meta.url);

// In a checkout, the command is first rebuilt if its sources have changed.
await import(existsSync(checkout) ? checkout.href : built.href);
