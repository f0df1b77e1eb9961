/**
 * `node scripts/migrate-records.mjs RESULTS`: converts the run records of a results folder from format 2 to 3, once.
 * Options were renamed (and DGPrompt's and PromptSRC's nested) when the packages got their present layout; no
 * measurement changes. The converted records go into RESULTS/records.jsonl.gz, which every command reads; `--remove`
 * deletes the converted run folders. Needs a build.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Old name → new path, by method; `start` becomes `init` for every method. */
const renamed = {
  promptsrc: {
    retainText: 'retention.text',
    retainImage: 'retention.image',
    retainLogits: 'retention.logits',
    retainTemplates: 'retention.templates',
    averageMean: 'average.mean',
    averageStd: 'average.std',
  },
  dgprompt: {
    visualContext: 'guidance.image',
    textContext: 'guidance.text',
    hierarchical: 'guidance.hierarchical',
    rank: 'guidance.rank',
    guidanceRate: 'guidance.lrScale',
    guidanceScale: 'guidance.scale',
    guidanceFrom: 'guidance.from',
    gate: 'guidance.gate',
    retainText: 'retention.text',
    retainImage: 'retention.image',
    retainLogits: 'retention.logits',
    retainStates: 'retention.states',
    retainTemplates: 'retention.templates',
    averageMean: 'average.mean',
    averageStd: 'average.std',
  },
};

const { canonicalJson, runName } = await import('../packages/bench/dist/runs/index.js');
const { writeArchive } = await import('../packages/bench/dist/records/index.js');

const [results] = process.argv.slice(2).filter(argument => argument !== '--remove');
if (results === undefined) {
  console.error('Give the results folder: node scripts/migrate-records.mjs RESULTS [--remove]');
  process.exit(2);
}
const sha256 = value => createHash('sha256').update(canonicalJson(value)).digest('hex');
const records = new Map();
const folders = [];
for (const name of readdirSync(results)) {
  let record;
  try {
    record = JSON.parse(readFileSync(join(results, name, 'record.json'), 'utf8'));
  } catch {
    continue;
  }
  const { sha256: hash, ...content } = record;
  if (content.format !== 2) continue;
  if (hash !== sha256(content)) throw new Error(`${name}/record.json was edited after it was written.`);
  const converted = convert(content);
  records.set(runName(converted.config), `${JSON.stringify({ ...converted, sha256: sha256(converted) })}\n`);
  folders.push(join(results, name));
}
await writeArchive(results, records);
if (process.argv.includes('--remove')) for (const folder of folders) rmSync(folder, { recursive: true });
console.log(`${records.size} records converted into ${join(results, 'records.jsonl.gz')}`);

function convert(record) {
  const { config } = record;
  const paths = { start: 'init', ...renamed[config.method.split(':')[0]] };
  const options = {};
  for (const [name, value] of Object.entries(config.options)) put(options, (paths[name] ?? name).split('.'), value);
  return { ...record, format: 3, config: { ...config, method: methodName(config.method, paths), options } };
}

/** Renames options within a method's name, `dgprompt:rank=32`. */
function methodName(id, paths) {
  return id.replace(/(?<=[:+])(\w+)(?==)/g, name => paths[name] ?? name);
}

function put(into, [first, ...rest], value) {
  if (rest.length === 0) into[first] = value;
  else {
    into[first] ??= {};
    put(into[first], rest, value);
  }
}
