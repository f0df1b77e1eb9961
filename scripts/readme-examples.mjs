/**
 * The first `ts` or `js` block of every package's README, run as an ES module and with `require`. `npm run examples [--
 * package names] [-- --node PATH]` runs them on the build of this checkout; check-packages.mjs runs the same examples
 * on the packed packages.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFilters } from './package-filters.mjs';
import { run } from './processes.mjs';
import { root } from './setup.mjs';
import { summaryLine, total } from './summary.mjs';

/**
 * @param {string} readme path of a Markdown file
 * @returns {string | undefined} the first `ts`, `typescript`, `js` or `javascript` block
 */
export function firstExample(readme) {
  return readFileSync(readme, 'utf8').match(/^```(?:ts|typescript|js|javascript)\b[^\n]*\n([\s\S]*?)^```/m)?.[1];
}

/** Packages that a README installs for its first example: the names after the last `npm install` above it. */
export function installedFor(readme) {
  const above = readFileSync(readme, 'utf8').split(/^```(?:ts|typescript|js|javascript)\b/m)[0];
  const line = [...above.matchAll(/^(?:\w+=\S+ )?npm install (.+)$/gm)].at(-1)?.[1] ?? '';
  return line.split(/\s+/).filter(name => name && !name.startsWith('-'));
}

/** Whether a README says how to install onnxruntime-node on a closed network (docs/guides/closed-network.md). */
export const mentionsWayOut = readme => readFileSync(readme, 'utf8').includes('ONNXRUNTIME_NODE_INSTALL=skip');

/** The example without its types, as an ES module. */
export async function asModule(example) {
  const { default: ts } = await import('typescript');
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  return ts.transpileModule(example, { compilerOptions }).outputText;
}

/** The same program for CommonJS: imports as `require`, the rest in an async function. */
export async function asRequire(example) {
  const { requires, body } = await asCommonJs(example);
  return `${requires.join('\n')}\n${inAsync(body)}`;
}

/** The same program for CommonJS with `import()`. */
export async function asDynamicImport(example) {
  const { requires, body } = await asCommonJs(example);
  return inAsync([...requires.map(line => line.replace('require(', 'await import(')), body].join('\n'));
}

const inAsync = body =>
  `(async () => {\n${body}\n})().catch(error => { console.error(error); process.exitCode = 1; });\n`;

async function asCommonJs(example) {
  const { default: ts } = await import('typescript');
  const file = ts.createSourceFile('example.mjs', await asModule(example), ts.ScriptTarget.ES2022, true);
  const requires = [];
  let body = '';
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement)) requires.push(...requireOf(ts, statement));
    else body += statement.getFullText(file);
  }
  return { requires, body };
}

function requireOf(ts, { importClause, moduleSpecifier }) {
  const module = `require(${JSON.stringify(moduleSpecifier.text)})`;
  if (!importClause) return [`${module};`];
  const lines = [];
  const bindings = importClause.namedBindings;
  if (importClause.name) lines.push(`const ${importClause.name.text} = (m => m.default ?? m)(${module});`);
  if (bindings && ts.isNamespaceImport(bindings)) lines.push(`const ${bindings.name.text} = ${module};`);
  if (bindings && ts.isNamedImports(bindings)) {
    const names = bindings.elements.map(({ name, propertyName }) =>
      propertyName ? `${propertyName.text}: ${name.text}` : name.text,
    );
    lines.push(`const { ${names.join(', ')} } = ${module};`);
  }
  return lines;
}

/**
 * Runs one example both ways from a folder inside the project whose node_modules it uses, in an empty working
 * directory.
 * @param {{ name: string, readme: string, folder: string, node?: string, nodeOptions?: string[], env?: object, ways?:
 *   string[] }} where name: for the report; folder: where the program files are written; node: another Node than this
 *   one; ways: `import`, `require`, `import()`; `verbatim` saves it unchanged
 * @returns {Promise<import('./summary.mjs').Counts>}
 */
export async function runExample({
  name,
  readme,
  folder,
  node = process.execPath,
  nodeOptions = [],
  env,
  ways = ['import', 'require'],
}) {
  const example = existsSync(readme) ? firstExample(readme) : undefined;
  if (!example) {
    console.log(`✗ ${name}: its README has no ts or js example`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const cwd = mkdtempSync(join(tmpdir(), 'dgprompt-example-'));
  mkdirSync(folder, { recursive: true });
  const forms = {
    import: ['readme-example.mjs', asModule],
    require: ['readme-example.cjs', asRequire],
    'import()': ['readme-example.cjs', asDynamicImport],
    verbatim: ['first.mjs', text => text],
  };
  for (const how of ways) {
    const [fileName, form] = forms[how];
    const file = join(folder, fileName);
    writeFileSync(file, await form(example));
    const { code, output } = await run(node, [...nodeOptions, file], { cwd, env, capture: true });
    console.log(`${code === 0 ? '✓' : '✗'} ${name}: README example with ${how}`);
    if (code === 130) process.exit(130);
    if (code !== 0) console.log(output.replace(/^/gm, '    '));
    counts[code === 0 ? 'passed' : 'failed']++;
    rmSync(file);
  }
  rmSync(cwd, { recursive: true, force: true });
  return counts;
}

/** Every built package of the checkout, or those named. */
export async function runBuiltExamples({
  names = readdirSync(join(root, 'packages')).filter(name => name !== 'lab'),
  node,
  ways,
} = {}) {
  const all = [];
  for (const name of names) {
    const folder = join(root, 'packages', name);
    all.push(await runExample({ name, readme: join(folder, 'README.md'), folder: join(folder, '.turbo'), node, ways }));
  }
  return total(all);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const parameters = process.argv.slice(2);
  const at = parameters.indexOf('--node');
  const [, node] = at < 0 ? [] : parameters.splice(at, 2);
  const { install, requireNode, turbo } = await import('./setup.mjs');
  requireNode();
  await install();
  const built = await turbo(['build'], packageFilters(parameters));
  if (built !== 0) process.exit(built);
  const counts = await runBuiltExamples({ names: parameters.length > 0 ? parameters : undefined, node });
  console.log(summaryLine(counts));
  process.exit(counts.failed > 0 ? 1 : 0);
}
