export { readdir, stat } from 'node:fs/promises';
