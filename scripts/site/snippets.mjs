/**
 * A fenced block of a page, with the instructions in the comment on the line above it:
 *
 *     <!-- run -->                       a shell block: run it and show its output
 *     <!-- run: last 12 lines -->        … the end of its output; `run: quiet` shows nothing
 *     <!-- output -->                    a program: also show its output
 *     <!-- continues -->                 a program that continues the one before it
 *     <!-- not run: it needs Slurm -->   why it cannot run on every build machine
 *
 * @typedef {{ language: string, name?: string, hasTitle: boolean, code: string, note: string, line: number,
 *   end: number, indent: string }} Snippet line, end: of its fences, from 0; name: its file name, as in
 *   ```json [package.json], or in its first line: // first.mts
 */

const programs = ['ts', 'js', 'mjs'];
const shown = ['text', 'json', 'yaml', 'ini', 'html'];

/**
 * @param {string} text a Markdown page
 * @returns {Snippet[]}
 */
export function snippetsOf(text) {
  const lines = text.split('\n');
  const snippets = [];
  for (let line = 0; line < lines.length; line++) {
    const open = /^(\s*)(`{3,})(\w*)(?:\s*\[(.+)\])?/.exec(lines[line]);
    if (!open) continue;
    const [, indent, fence, language, name] = open;
    const end = lines.findIndex((other, i) => i > line && other.trim() === fence);
    if (end < 0) throw new Error(`a block is not closed: ${lines[line]}`);
    const code = lines.slice(line + 1, end).map(text => text.slice(indent.length));
    const note = /^\s*<!-- (.*) -->$/.exec(lines[line - 1] ?? '')?.[1] ?? '';
    const file = /^\/\/ ([\w-]+\.\w+)$/.exec(code[0] ?? '')?.[1];
    snippets.push({
      language,
      name: name ?? file,
      hasTitle: name !== undefined,
      code: `${code.join('\n')}\n`,
      note,
      line,
      end,
      indent,
    });
    line = end;
  }
  return snippets;
}

/** Why a block is not run, or undefined. */
export const reasonNotRun = ({ note }) => /^not run: (.+)/.exec(note)?.[1];

export const isProgram = ({ language }) => programs.includes(language);

/** What is wrong with how a block is marked, or undefined. */
export function unmarked({ language, note, code }) {
  if (reasonNotRun({ note })) return undefined;
  if (programs.includes(language)) return undefined;
  if (language === 'json') return isJson(code) ? undefined : 'is no JSON';
  if (language === 'sh') return /^run\b/.test(note) ? undefined : 'is not run, and does not say why';
  if (shown.includes(language)) return undefined;
  return language === '' ? 'names no language' : `is ${language}, which is not run, and does not say why`;
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
