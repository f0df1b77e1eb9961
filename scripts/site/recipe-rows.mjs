import { markdownTable } from '../markdown-table.mjs';

const tasks = [
  ['base-to-new, 16 shots', { protocol: 'base-to-new', shots: 16 }],
  ['few-shot, 1 shot', { protocol: 'few-shot', shots: 1 }],
  ['few-shot, 4 shots', { protocol: 'few-shot', shots: 4 }],
  ['few-shot, 16 shots', { protocol: 'few-shot', shots: 16 }],
  ['cross-dataset', { protocol: 'cross-dataset', shots: 16 }],
  ['domain generalization', { protocol: 'domain-generalization', shots: 16 }],
];

/**
 * The recipe of a method as a table by protocol, for a dataset without settings of its own.
 * @returns {string} Markdown
 */
export function recipeRows({ recipe }) {
  const rows = [];
  for (const [name, task] of tasks) {
    const text = settings(recipe({ images: 1600, dataset: 'mine', templates: ['a photo of a {}.'], ...task }));
    const same = rows.find(row => row.text === text);
    if (same) same.names.push(name);
    else rows.push({ names: [name], text });
  }
  const named = ({ names }) => (names.length === tasks.length ? 'every protocol' : names.join('; '));
  return markdownTable(
    ['protocol', 'recipe'],
    rows.map(row => [named(row), row.text]),
  );
}

const settings = recipe =>
  Object.entries(recipe)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `\`${key}\` ${shown(value)}`)
    .join(', ');

function shown(value) {
  if (typeof value === 'string') return `"${value}"`.replaceAll('{', '&#123;');
  if (Array.isArray(value))
    return value.length > 3 ? `${value.length} values` : JSON.stringify(value).replaceAll('{', '&#123;');
  if (typeof value !== 'object' || value === null) return String(value);
  return `(${Object.entries(value)
    .map(([key, inner]) => `${key} ${shown(inner)}`)
    .join(', ')})`;
}
