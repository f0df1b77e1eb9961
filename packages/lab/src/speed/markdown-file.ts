import { InvalidArgumentError } from 'commander';
import { takes } from '../config/value-schema.js';

/** A file that ends in `.md`. */
export const markdownFile = takes({ type: 'string' }, (file: string): string => {
  if (!file.endsWith('.md')) throw new InvalidArgumentError('Its ending must be .md.');
  return file;
});
