/**
 * Part of `npm run lint`: limits comments in sources, and prose in Markdown, to 120 columns. Code, tables and long
 * links are exempt.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

const columns = 120;
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter(
    file => /\.(ts|mjs|md)$/.test(file) && !/^docs\/(results|zh)\/|\/API\.md$|CHANGELOG\.md$|^\.changeset\//.test(file),
  );
const long = files.flatMap(file => (file.endsWith('.md') ? prose(file) : comments(file)));
for (const place of long) console.error(`✗ ${place} is longer than ${columns} columns`);
if (long.length === 0) console.log(`${files.length} files: comments and prose end at ${columns} columns`);
process.exit(long.length > 0 ? 1 : 0);

function prose(file) {
  let inCode = false;
  return lines(file).flatMap((line, i) => {
    if (/^ *<[A-Z!]|^ *(details|tagline): /.test(line)) return []; // components and front matter of the site
    if (line.trimStart().startsWith('```')) inCode = !inCode;
    const counts = !inCode && !/^\s*\|/.test(line) && line.length > columns;
    return counts && line.slice(0, columns).trim().includes(' ') && !/\]\([^)]{60,}\)/.test(line)
      ? [`${file}:${i + 1}`]
      : [];
  });
}

function comments(file) {
  return lines(file).flatMap((line, i) => {
    const isComment = /^\s*(\/\/|\/\*|\*)/.test(line) || /\s\/\/ [^'"`]*$/.test(line);
    return isComment && line.length > columns && !line.includes('://') ? [`${file}:${i + 1}`] : [];
  });
}

function lines(file) {
  try {
    return readFileSync(join(root, file), 'utf8').split('\n');
  } catch {
    return []; // deleted but not committed yet
  }
}
