/**
 * Packs every package, checks what would be published, installs the tarballs into an empty project and runs each
 * README's example in it, as an ES module and with `require`, with only the packages it declares.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { bundleWithEsbuild, bundleWithVite } from './browser-bundles.mjs';
import { contentComplaints, installAll, linkAlone, packAll } from './packing.mjs';
import { run } from './processes.mjs';
import { firstExample, installedFor, mentionsWayOut, runExample } from './readme-examples.mjs';
import { root } from './setup.mjs';
import { summaryLine, total } from './summary.mjs';

const work = realpathSync(mkdtempSync(join(tmpdir(), 'dgprompt-packages-')));
const clean = () => rmSync(work, { recursive: true, force: true });
process.on('exit', clean);
mkdirSync(join(work, 'temporary'));
for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = join(work, 'temporary'); // what examples leave behind

const chosen = process.argv.slice(2);
const packed = await packAll(join(work));
const counts = [packed.map(contentComplaints).map(report)].flat();

const project = join(work, 'project');
await installAll(project, packed);
console.log(`✓ ${packed.length} tarballs and their peers install into an empty project`);
counts.push({ passed: 1, failed: 0, skipped: 0 });

for (const { name, folder } of packed) {
  if (chosen.length > 0 && !chosen.includes(basename(folder))) continue;
  const alone = join(work, 'alone', basename(folder));
  const installed = join(project, 'node_modules', ...name.split('/'));
  const seen = linkAlone(project, alone, [name, ...installedFor(join(installed, 'README.md'))]);
  counts.push(report(closedNetworkComplaints(name, seen, join(installed, 'README.md'))));
  counts.push(report(installComplaints(name, join(installed, 'README.md'))));
  counts.push(
    await runExample({
      name,
      readme: join(installed, 'README.md'),
      folder: alone,
      nodeOptions: ['--preserve-symlinks', '--preserve-symlinks-main'],
    }),
  );
}

if (chosen.length === 0) {
  counts.push(await oneInstance(), await bundles());
  // saved verbatim by a user, in a project made by npm init: CommonJS by default
  const first = { name: 'the first program', readme: join(root, 'README.md'), folder: project, ways: ['verbatim'] };
  counts.push(await runExample(first));
}

const sum = total(counts);
mkdirSync(join(root, '.turbo'), { recursive: true });
writeFileSync(join(root, '.turbo', 'packages-check.json'), JSON.stringify(sum));
console.log(summaryLine(sum));
process.exit(sum.failed > 0 ? 1 : 0);

function report(complaints, index) {
  for (const complaint of complaints) console.log(`✗ ${complaint}`);
  if (complaints.length === 0 && index !== undefined)
    console.log(`✓ ${packed[index].name} packs what users need and no more`);
  return { passed: complaints.length === 0 ? 1 : 0, failed: complaints.length > 0 ? 1 : 0, skipped: 0 };
}

/** Checks that `import` and `require` in one process give the same modules: one device, one queue. */
async function oneInstance() {
  const file = join(project, 'both.mjs');
  const lines = [
    "import { createRequire } from 'node:module';",
    "import { compile } from '@dgprompt/engine';",
    "if (createRequire(import.meta.url)('@dgprompt/engine').compile !== compile) process.exit(1);",
  ];
  writeFileSync(file, lines.join('\n'));
  const { code, output } = await run(process.execPath, [file], { cwd: project, capture: true });
  console.log(`${code === 0 ? '✓' : '✗'} import and require give one instance${code === 0 ? '' : `: ${output}`}`);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

/** Checks that a program bundles for browsers, with Vite and with esbuild, without anything from Node. */
async function bundles() {
  const program = join(project, 'site');
  const peer = join(project, 'node_modules', 'onnxruntime-web'); // browser users install it themselves
  if (!existsSync(peer)) symlinkSync(join(root, 'node_modules', 'onnxruntime-web'), peer);
  cpSync(join(root, 'scripts', 'system', 'browser'), program, { recursive: true });
  const complaints = [
    ...(await bundleWithVite({ root: program, outDir: join(work, 'with-vite') })),
    ...(await bundleWithEsbuild({ root: program, entry: 'worker.mjs', outDir: join(work, 'with-esbuild') })),
  ];
  for (const complaint of complaints) console.log(`✗ ${complaint}`);
  if (complaints.length === 0) console.log('✓ the packages become a site for browsers, with Vite and with esbuild');
  return { passed: complaints.length === 0 ? 1 : 0, failed: complaints.length > 0 ? 1 : 0, skipped: 0 };
}

/**
 * The README of a package that installs onnxruntime-node must explain what to do on a closed network
 * (docs/guides/closed-network.md).
 */
function closedNetworkComplaints(name, seen, readme) {
  if (!seen.includes('onnxruntime-node') || !existsSync(readme)) return [];
  if (mentionsWayOut(readme)) return [];
  return [`${name} brings onnxruntime-node, but its README does not mention ONNXRUNTIME_NODE_INSTALL=skip`];
}

/** pnpm and Yarn let a program see only what its project installs, so a README's install line must name all of it. */
function installComplaints(name, readme) {
  const example = existsSync(readme) ? (firstExample(readme) ?? '') : '';
  const imported = [...example.matchAll(/^import .*?'((?:@[^/']+\/)?[^/'.]+)/gm)].map(([, found]) => found);
  return [...new Set(imported)]
    .filter(found => !found.startsWith('node:') && !installedFor(readme).includes(found))
    .map(found => `the README of ${name} imports ${found} in its first example, but has not installed it`);
}
