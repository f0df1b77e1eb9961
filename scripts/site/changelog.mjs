import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup.mjs';
import { write } from './stage.mjs';

/** Writes the changelog: upcoming changes from the changesets, and published ones from the command's CHANGELOG. */
export function writeChangelog() {
  const coming = readdirSync(join(root, '.changeset'))
    .filter(file => file.endsWith('.md') && file !== 'README.md')
    .sort()
    .map(file => changeset(readFileSync(join(root, '.changeset', file), 'utf8')));
  const released = join(root, 'packages', 'cli', 'CHANGELOG.md');
  const parts = [
    '# Changelog',
    'All packages have the same version.',
    ...(coming.length > 0 ? ['## Next version', ...coming] : []),
    ...(existsSync(released) ? [readFileSync(released, 'utf8').replace(/^# .*\n+/, '')] : []),
  ];
  write('changelog.md', `${parts.join('\n\n')}\n`);
}

/** The text of a changeset, with its packages. */
function changeset(text) {
  const [, head, body] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text);
  const packages = [...head.matchAll(/^'?([^':]+)'?:/gm)].map(([, name]) => `\`${name}\``);
  return `- ${body.trim().replace(/\n/g, '\n  ')}\n  (${packages.join(', ')})`;
}
