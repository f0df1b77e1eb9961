import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { folders, repository } from './folders.mjs';
import { parts } from './parts.mjs';
import { runPage } from './run-page.mjs';
import { reasonNotRun, snippetsOf, unmarked } from './snippets.mjs';

/** Paths of the hand-written pages in `docs`, and of the results written by `dgprompt table`. */
export const handWritten = () =>
  readdirSync(folders.docs, { recursive: true, encoding: 'utf8' })
    .map(path => path.replaceAll('\\', '/'))
    .filter(path => path.endsWith('.md') && !path.startsWith('.vitepress'))
    .sort();

/**
 * Copies the pages to VitePress's input folder, with the output of their blocks.
 * @param {(line: string) => void} say
 * @returns {Promise<{ run: number, notRun: { page: string, reason: string }[] }>} blocks
 */
export async function stagePages(say) {
  const blocks = { run: 0, notRun: [], shown: new Map() };
  const pages = handWritten().map(page => ({ page, text: readFileSync(join(folders.docs, page), 'utf8') }));
  for (const { page, text } of pages) if (!isResult(page)) checkMarks(page, text, blocks);
  for (const { page, text } of pages) {
    const staged = isResult(page) ? text : await withOutputs(page, text, blocks, say);
    write(page.replace(/README\.md$/, 'index.md'), withLinks(page, await withParts(page, staged)));
  }
  cpSync(join(folders.docs, 'public'), folders.public, { recursive: true });
  return blocks;
}

const isResult = page => page.startsWith('results/');

/** Throws for a block that is neither run nor marked with a reason, before any block runs. */
function checkMarks(page, text, blocks) {
  for (const snippet of snippetsOf(text)) {
    const wrong = unmarked(snippet);
    if (wrong) throw new Error(`docs/${page}, line ${snippet.line + 1}: the block ${wrong}.`);
    const reason = reasonNotRun(snippet);
    if (reason) blocks.notRun.push({ page, reason });
  }
}

export function write(page, text) {
  const file = join(folders.pages, page);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

async function withOutputs(page, text, blocks, say) {
  const snippets = snippetsOf(text);
  const kept = /^<!-- keep: (.+) -->$/m.exec(text)?.[1].split(' ') ?? [];
  const { outputs, seconds, isNew } = await runPage(page, snippets, kept);
  const ran = outputs.filter(output => output !== null).length;
  blocks.run += ran;
  if (isNew) say(`${page}: ${ran} blocks in ${seconds.toFixed(0)} s`);
  const lines = text.split('\n');
  const shown = snippets.map((snippet, i) => withOutput(lines, snippet, outputs[i]));
  blocks.shown.set(page, shown);
  for (let i = snippets.length - 1; i >= 0; i--) {
    const { line, end } = snippets[i];
    lines.splice(line, end + 1 - line, ...shown[i]);
  }
  return withTheirs(page, lines.join('\n'), blocks.shown);
}

/** The lines of a block, under its file name if it has one, with its output. */
function withOutput(lines, { note, hasTitle, line, end, indent }, output) {
  const code = lines.slice(line, end + 1);
  const printed = shownOutput(note, output);
  return [
    ...(hasTitle ? [`${indent}::: code-group`, '', ...code, '', `${indent}:::`] : code),
    ...(printed === undefined ? [] : ['', '```text', ...printed.split('\n'), '```'].map(text => indent + text)),
  ];
}

/** Inserts blocks of the English page into a translation, in place of `<!-- block: 2 -->`. */
function withTheirs(page, text, shown) {
  const theirs = shown.get(page.replace(/^zh\//, '')) ?? [];
  return text.replace(/^<!-- block: (\d+) -->$/gm, (_, number) => {
    const block = theirs[Number(number) - 1];
    if (!block) throw new Error(`docs/${page}: the English page has no block ${number}.`);
    return block.join('\n');
  });
}

/** A line that a terminal displays only temporarily. */
const isProgress = /^\s*\d+ % · .* left/;

/** The part of an output that a block's note requests. */
function shownOutput(note, output) {
  if (output === null || output === '') return undefined;
  if (/quiet/.test(note) || !/\b(run|output)\b/.test(note)) return undefined;
  const last = Number(/last (\d+) lines/.exec(note)?.[1] ?? Number.POSITIVE_INFINITY);
  const lines = output.split('\n').filter(line => !isProgress.test(line));
  return lines.slice(-Math.min(last, lines.length)).join('\n');
}

/** Inserts generated parts in place of `<!-- part: name of what -->`. */
async function withParts(page, text) {
  let result = text;
  for (const [whole, name, about] of text.matchAll(/^<!-- part: ([\w-]+) ?(.*?) -->$/gm)) {
    if (!parts[name]) throw new Error(`docs/${page}: there is no part ${name}; there are ${Object.keys(parts)}.`);
    const made = await parts[name](about);
    result = result.replace(whole, () => made);
  }
  return result;
}

/** Redirects links to READMEs to the pages made from them, and links out of `docs` to the repository. */
function withLinks(page, text) {
  return text.replace(/\]\((?!https?:|#|\/)([^)#\s]+)(#[^)\s]*)?\)/g, (whole, target, anchor = '') => {
    const path = posix.join(posix.dirname(page), target);
    if (path.startsWith('../')) return `](${repository}/blob/main/${posix.join('docs', path)}${anchor})`;
    if (target.endsWith('.md')) return `](${target.replace(/README\.md$/, 'index.md')}${anchor})`;
    if (!existsSync(join(folders.docs, path)) || /\.(png|svg|jpg)$/.test(target)) return whole;
    return `](${repository}/blob/main/docs/${path}${anchor})`;
  });
}
