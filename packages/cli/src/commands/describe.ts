import type { MethodFactory } from '@dgprompt/methods';
import pc from 'picocolors';
import { defineCommand } from '../options/command.js';
import { jsonOption } from '../options/table.js';
import { usage } from '../usage-error.js';

/** `dgprompt describe`: lists methods, built-in and custom. */
export const describe = defineCommand({
  summary: 'the methods: variants and options',
  description: 'List all methods, or the variants and options (with defaults) of those that you name.',
  arguments: [['[methods...]', 'e.g. coop ./my-method.ts (default: all, without options)']],
  examples: ['describe', 'describe dgprompt ./my-method.ts'],
  options: { json: { ...jsonOption.json, help: 'print everything about each method as JSON' } },
  async action({ json }, [names]) {
    const { methodsNamed } = await import('@dgprompt/bench/methods');
    const isShort = names.length === 0;
    const found = await methodsNamed(isShort ? ['all'] : names).catch(usage);
    const methods = new Map(found.map(({ id, method }) => [id, factsOf(method)]));
    if (json) {
      process.stdout.write(`${JSON.stringify(Object.fromEntries(methods), null, 2)}\n`);
      return;
    }
    const width = Math.max(...[...methods.keys()].map(id => id.length));
    const texts = [...methods].map(([id, { title, summary }]) => {
      const line = `${pc.bold(id.padEnd(width))}  ${title}${summary === undefined ? '' : `: ${summary}`}`;
      return isShort ? line : [line, ...details(methods.get(id)!)].join('\n');
    });
    process.stdout.write(`${texts.join(isShort ? '\n' : '\n\n')}\n`);
  },
});

type Facts = Awaited<ReturnType<typeof factsOf>>;

/** Everything about a method that users can choose. */
function factsOf({ definition }: MethodFactory) {
  const { name, title = name, summary, options, variants = {}, ablations = [] } = definition;
  return { title, ...(summary !== undefined && { summary }), options, variants: Object.keys(variants), ablations };
}

function details({ options, variants, ablations }: Facts): string[] {
  const isPart = (one: string) => (ablations.includes(one) ? `${one} (ablation)` : one);
  return [
    ...(variants.length === 0 ? [] : [`  ${pc.dim('variants')} ${variants.map(isPart).join(', ')}`]),
    ...Object.entries(options).flatMap(([key, value]) => optionLines(key, value)),
  ];
}

/** `depth=9`, with one line per option of a group: `guidance.rank=64`. */
const optionLines = (key: string, value: unknown): string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([name, inner]) => optionLines(`${key}.${name}`, inner))
    : [`  ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`];
