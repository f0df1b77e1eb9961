import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { markdownTable } from '../markdown-table.mjs';
import { root } from '../setup.mjs';
import { cached } from './cache.mjs';
import { repository } from './folders.mjs';
import { averages, measuredTables, publishedFigures } from './measured.mjs';
import { methodFigure } from './method-figure.mjs';
import { methodSources } from './method-sources.mjs';
import { touches } from './method-touches.mjs';
import { recipeRows } from './recipe-rows.mjs';
import { write } from './stage.mjs';

/** Writes a page for each built-in method from its definition, and their list. */
export async function writeMethods() {
  const { methodNames, resolveMethod } = await import('@dgprompt/methods');
  const sources = await sourcesOfZoo();
  const tables = await measuredTables();
  const methods = methodNames.map(id => ({ id, definition: resolveMethod(id).definition, source: sources[id] }));
  for (const method of methods) write(`methods/${method.id}.md`, page(method, tables));
  const rows = methods.map(({ id, definition }) => [
    `[${definition.title ?? id}](${id}.md)`,
    `\`${id}\``,
    definition.summary,
  ]);
  write('methods/index.md', `${index}\n\n${markdownTable(['method', 'id', ''], rows)}\n`);
}

const index = `# Methods

A page for each built-in method, made from its definition: what it learns, its options, its recipe, and its figures.
[Choosing a method](../guides/choosing.md) says which one suits what; [Writing a method](../guides/new-method.md) adds
yours.`;

async function sourcesOfZoo() {
  const folder = join(root, 'packages', 'methods', 'src', 'zoo');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));
  const texts = files.sort().map(file => [file, readFileSync(join(folder, file), 'utf8')]);
  const { value } = await cached('methods', texts, async () =>
    Object.fromEntries([...methodSources()].map(([id, facts]) => [id, { ...facts, options: [...facts.options] }])),
  );
  return value;
}

function page({ id, definition, source }, tables) {
  const { title = id, summary, variants = {}, ablations = [] } = definition;
  if (!touches[id]) throw new Error(`scripts/site/method-touches.mjs does not say where ${id} touches CLIP.`);
  return `${[
    `# ${title}`,
    `${sentence(summary)} Its id is \`${id}\`, its source [${basename(source.file)}](${repository}/blob/main/${source.file}).`,
    `<div class="figure">${methodFigure(title, touches[id])}</div>`,
    escaped(source.about),
    '## Use',
    `\`\`\`ts\n${source.example.trim()}\n\`\`\``,
    useText(id),
    '## Options',
    optionTable(definition, new Map(source.options)),
    ...variantPart(id, variants, ablations),
    '## Recipe',
    recipePart(definition, source),
    '## Figures',
    ...published(id),
    ...measured(id, tables),
  ].join('\n\n')}\n`;
}

/** The commands, which differ if there is nothing to train. */
function useText(id) {
  const compare = `\`npx dgprompt bench --methods ${id === 'clip' ? id : `clip,${id}`} --tasks weather\``;
  const isTrained = id !== 'clip' && !touches[id].test;
  const train = `\`npx dgprompt train ./flowers --out ./classifier --method ${id}\``;
  return isTrained ? `${compare} compares it, ${train} makes a classifier with it.` : `${compare} tests it.`;
}

const sentence = text => `${text[0].toUpperCase()}${text.slice(1)}.`;
const escaped = text => text.replace(/[<{]/g, mark => (mark === '<' ? '&lt;' : '&#123;'));

function optionTable({ options, ranges = {}, choices = {} }, docs) {
  let above = '';
  const rows = leaves(options).map(([key, value]) => {
    above = docText(docs, key) || above; // options that share a docstring follow each other
    return [
      `\`${key}\``,
      `\`${typeof value === 'string' ? value || "''" : JSON.stringify(value)}\``,
      allowed(at(ranges, key), at(choices, key)),
      escaped(above),
    ];
  });
  return rows.length === 0 ? 'It has none.' : markdownTable(['option', 'default', 'may be', ''], rows);
}

/** The docstring of an option; the docstring of its group counts for all members. */
const docText = (docs, key) =>
  (docs.get(key) || (key.includes('.') && docs.get(key.slice(0, key.lastIndexOf('.')))) || '').replace(/\s+/g, ' ');

const allowed = (range, choice) =>
  choice
    ? choice.map(word => `\`${word}\``).join(', ')
    : range
      ? `${range[0]} to ${range[1]}${range[2] ? ', whole' : ''}`
      : '';

const at = (tree, key) => key.split('.').reduce((inner, part) => inner?.[part], tree);

const leaves = (options, prefix = '') =>
  Object.entries(options).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? leaves(value, `${prefix}${key}.`)
      : [[prefix + key, value]],
  );

function variantPart(id, variants, ablations) {
  const rows = Object.entries(variants).map(([name, options]) => [
    `\`${id}:${name}\``,
    leaves(options)
      .map(([key, value]) => `\`${key}=${value}\``)
      .join(' '),
    ablations.includes(name) ? 'takes a part away' : '',
  ]);
  return rows.length === 0 ? [] : ['## Variants', markdownTable(['', 'sets', ''], rows)];
}

function recipePart(definition, { sources, file }) {
  const notes = sources.map(text => `- ${escaped(text.replace(/\s+/g, ' '))}`).join('\n');
  const where = `The numbers are in [\`recipe\`](${repository}/blob/main/${file}), and nowhere else.`;
  return [
    recipeRows(definition),
    notes ? `${where} It says about them:\n\n${notes}` : `${where} They are the paper's.`,
  ].join('\n\n');
}

/** The figures in the papers, with their tables. */
function published(id) {
  const { baseToNew, crossDataset, domainGeneralization, fewShot } = publishedFigures();
  const mean = (figures, text) => figures && [text, figures.cited, figures.url];
  const found = [
    mean(baseToNew[id], `base-to-new: ${list(baseToNew[id]?.average)}`),
    mean(fewShot[id], `few-shot, by shots: ${list(fewShot[id]?.average)}`),
    mean(crossDataset[id], `cross-dataset: ${crossDataset[id]?.average}`),
    mean(domainGeneralization[id], `domain generalization: ${domainGeneralization[id]?.average}`),
  ].filter(figures => figures && !figures[0].endsWith(': '));
  if (found.length === 0) return ['No figure of a paper for this ViT-B/16 setting is recorded here.'];
  const lines = found.map(([text, cited, url]) => `- ${text} ([${cited}](${url}))`);
  return [`**Published**, with OpenAI’s ViT-B/16, averages over the papers’ datasets in percent:`, lines.join('\n')];
}

const list = (average = {}) =>
  Object.entries(average)
    .map(([name, value]) => `${name} ${value.toFixed(2)}`)
    .join(', ');

/** The measurements made here, on pictograms with the mini-CLIP. */
function measured(id, tables) {
  const isOwn = label => label === id || [':', ',', ' '].some(mark => label.startsWith(id + mark));
  const parts = tables.flatMap(result => {
    const rows = averages(result, isOwn);
    return rows ? [`*${result.title}; average over ${result.tasks.length} tasks*`, rows] : [];
  });
  if (parts.length === 0)
    return [`**Measured** here: not yet. \`npx dgprompt bench --methods clip,${id}\` measures it.`];
  return [
    '**Measured** here, on the pictogram tasks with the mini-CLIP, in percent ([records and settings](../results/index.md)). ' +
      'Compare methods within one table, never with the published figures above:',
    ...parts,
  ];
}
