import { isFile, loadModule } from '@dgprompt/bench/methods';
import { unknownName } from '@dgprompt/io';
import { executors } from './all.js';
import type { Executor } from './executor.js';

/**
 * An executor by name, or from a file that exports one: `./ssh.ts`.
 * @throws one sentence for an unknown name, suggesting the nearest; for a file without a valid executor
 */
export async function openExecutor(name: string): Promise<Executor> {
  if (!isFile(name)) {
    if (Object.hasOwn(executors, name)) return executors[name as keyof typeof executors];
    throw new Error(
      `${unknownName('executor', name, Object.keys(executors))} A file that exports one is named as ./file.ts.`,
    );
  }
  const found = [...new Set(Object.values(await loadModule(name, 'an executor')).filter(isMeantAsOne))];
  if (found.length > 1)
    throw new Error(
      `${name} exports ${found.length} executors (${found.map(one => one.name).join(', ')}); export one.`,
    );
  if (found[0] === undefined) throw new Error(`${name} exports no executor: an object with a name and a function run.`);
  return checked(name, found[0]);
}

const isMeantAsOne = (value: unknown): value is Executor =>
  typeof value === 'object' && value !== null && 'name' in value && 'run' in value;

function checked(file: string, executor: Executor): Executor {
  const { name, title, check, run, ask } = executor as { [K in keyof Executor]: unknown };
  if (typeof name !== 'string' || !/^[a-z][\w-]*$/i.test(name))
    throw new Error(`${file}: an executor's name is ${JSON.stringify(name)}; it must be letters, digits, - and _.`);
  if (title !== undefined && typeof title !== 'string')
    throw new Error(`${file}: title of ${name} is ${typeof title}; it must be text.`);
  for (const [key, value] of Object.entries({ check, run, ask }))
    if (typeof value !== 'function' && (key === 'run' || value !== undefined))
      throw new Error(`${file}: ${key} of ${name} is ${typeof value}; it must be a function.`);
  return executor;
}
