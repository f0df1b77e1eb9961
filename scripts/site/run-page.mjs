import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asModule } from '../readme-examples.mjs';
import { outputPattern, saidOutput, squeezed } from '../said-output.mjs';
import { cached } from './cache.mjs';
import { folders } from './folders.mjs';
import { garden, sandbox, withoutPlaces } from './sandbox.mjs';
import { isProgram, reasonNotRun } from './snippets.mjs';

/**
 * Runs the blocks of a page, one after the other in one folder; unchanged pages come from a cache.
 * @param {string} page its path
 * @param {import('./snippets.mjs').Snippet[]} snippets
 * @param {string[]} kept files and folders written by the blocks that the site keeps in `kept/`
 * @returns {Promise<{ outputs: (string | null)[], seconds: number, isNew: boolean }>} the output of each block; null
 *   for those not run
 */
export async function runPage(page, snippets, kept) {
  if (!snippets.some(isRun)) return { outputs: snippets.map(() => null), seconds: 0, isNew: false };
  const facts = [kept, snippets.map(({ language, name, code, note }) => [language, name, code, note])];
  const { value, folder, isNew } = await cached('outputs', facts, to => runAll(page, snippets, kept, to));
  for (const path of kept) cpSync(join(folder, path), join(folders.public, 'kept', path), { recursive: true });
  return { ...value, isNew };
}

export const isRun = snippet => !reasonNotRun(snippet) && (isProgram(snippet) || snippet.language === 'sh');

async function runAll(page, snippets, kept, to) {
  const box = await sandbox(page.replace(/\.md$/, '').replaceAll('/', '-'));
  if (snippets.some(({ code }) => /\bflowers\b/.test(code))) await garden(box.folder);
  const outputs = [];
  let seconds = 0;
  let before = '';
  for (const snippet of snippets) {
    if (snippet.name) writeFileSync(join(box.folder, snippet.name), snippet.code);
    if (!isRun(snippet)) {
      outputs.push(null);
      continue;
    }
    if (isProgram(snippet)) before = snippet.note.startsWith('continues') ? `${before}${snippet.code}` : snippet.code;
    const done = await (isProgram(snippet) ? runProgram(box, before) : box.run('bash', ['-ec', snippet.code]));
    seconds += done.seconds;
    const wrong = isProgram(snippet) ? wrongOutput(before, done) : done.code !== 0 && `ended with ${done.code}`;
    if (wrong)
      throw new Error(`${page}, line ${snippet.line + 1}: the block ${wrong}\n${done.output.replace(/^/gm, '    ')}`);
    outputs.push(isProgram(snippet) ? done.stdout : done.output);
  }
  for (const path of kept) keep(join(box.folder, path), join(to, path), box.folder);
  return { outputs, seconds };
}

/** Copies the files that a block wrote, removing local paths from texts. */
function keep(from, to, folder) {
  cpSync(from, to, { recursive: true });
  const files = statSync(to).isDirectory() ? readdirSync(to, { recursive: true, encoding: 'utf8' }) : [''];
  for (const file of files.map(file => join(to, file)).filter(file => /\.(html|md|json|svg)$/.test(file)))
    writeFileSync(file, withoutPlaces(readFileSync(file, 'utf8'), folder));
}

async function runProgram(box, code) {
  const file = join(box.folder, 'program.mjs');
  writeFileSync(file, await asModule(code));
  return box.run(process.execPath, [file]);
}

/** What is wrong with a program's exit code or output, or undefined. */
function wrongOutput(code, { code: exitCode, stdout }) {
  if (exitCode !== 0) return `ended with ${exitCode}`;
  const said = saidOutput(code);
  if (said === '' || outputPattern(said).test(squeezed(stdout))) return undefined;
  return `says that it prints ${said}; it printed`;
}
