import { methodTitle } from '@dgprompt/bench/methods';
import { printable } from '@dgprompt/io';
import pc from 'picocolors';
import { type RunState, type RunStatus, runStates } from './status.js';

/** Most runs listed per state; `--json` lists all. */
const most = 15;

const marks: Record<RunState, string> = {
  done: pc.green('✓'),
  running: pc.cyan('▶'),
  queued: pc.dim('…'),
  failed: pc.red('✗'),
  stopped: pc.yellow('‖'),
  lost: pc.yellow('?'),
  unknown: pc.yellow('?'),
  waiting: pc.dim('·'),
};

/** Display names of states, where they differ. */
const words: Partial<Record<RunState, string>> = { waiting: 'to do' };

/** The number of runs in each state: `12 runs: 8 done, 2 running, 2 queued`. */
export function countText(runs: readonly RunStatus[]): string {
  const counts = runStates.map(state => [runs.filter(run => run.state === state).length, state] as const);
  const shown = counts.filter(([count, state]) => count > 0 || state === 'done');
  const parts = shown.map(
    ([count, state]) => `${count} ${words[state] ?? state}${count === 1 ? after(runs, state) : ''}`,
  );
  return `${runs.length} run${runs.length === 1 ? '' : 's'}: ${parts.join(', ')}`;
}

/** ` after epoch 12`, if the state's only run has a checkpoint. */
function after(runs: readonly RunStatus[], state: RunState): string {
  const epoch = state === 'stopped' ? runs.find(run => run.state === state)?.epoch : undefined;
  return epoch === undefined ? '' : ` after epoch ${epoch}`;
}

/** The counts, then the runs that are neither done nor waiting, and the commands that resume stuck runs. */
export function statusText(runs: readonly RunStatus[]): string {
  const lines = [pc.bold(countText(runs))];
  for (const state of ['running', 'queued', 'failed', 'stopped', 'lost', 'unknown'] as const) {
    const those = runs.filter(run => run.state === state);
    const each = state === 'queued' ? byReason(those) : those.slice(0, most).flatMap(runLines);
    lines.push(...each);
    if (state !== 'queued' && those.length > most) lines.push(`  and ${those.length - most} more ${state}`);
  }
  lines.push(...howToResume(runs));
  return `${lines.join('\n')}\n`;
}

function runLines(run: RunStatus): string[] {
  const { state, epoch } = run;
  const [who, detail, output] = [run.who, run.detail, run.output].map(text => text && printable(text, 2000));
  const text = {
    running: [who, detail].filter(Boolean).join(' '),
    failed: detail,
    stopped: `after epoch ${epoch}`,
    lost: `${who} no longer has it, and there is neither a record nor an error${epoch === undefined ? '' : `; it resumes after epoch ${epoch}`}`,
    unknown: `${who} had it last`,
  }[state as string];
  const line = `  ${marks[state]} ${runTitle(run)}  ${state === 'failed' ? text : pc.dim(state === 'stopped' ? `${state} ${text}` : `${state}: ${text}`)}`;
  return state === 'running' || !output ? [line] : [line, pc.dim(`    output: ${output}`)];
}

function byReason(queued: readonly RunStatus[]): string[] {
  const counts = new Map<string, number>();
  for (const { detail = '' } of queued) counts.set(detail, (counts.get(detail) ?? 0) + 1);
  return [...counts].map(
    ([reason, count]) => `  ${marks.queued} ${count} queued${reason === '' ? '' : pc.dim(` (${printable(reason)})`)}`,
  );
}

/** The commands for runs that do not resume on their own. */
function howToResume(runs: readonly RunStatus[]): string[] {
  const going = new Set(runs.filter(({ state }) => state === 'running').map(({ command }) => command));
  const stuck = runs.filter(
    ({ state, command }) =>
      state === 'failed' || state === 'stopped' || state === 'lost' || (state === 'waiting' && !going.has(command)),
  );
  if (stuck.length === 0) return [];
  const again = stuck.some(({ state }) => state === 'failed') ? ' (add --retry-failed for failed runs)' : '';
  const commands = [...new Set(stuck.map(({ command }) => command).filter(command => command !== undefined))];
  if (commands.length === 0) return [`Run the same \`dgprompt bench\` to resume them${again}.`];
  return [`To resume${again}:`, ...commands.map(command => `  ${command}`)];
}

function runTitle({ name, task, method, shots, seed }: RunStatus): string {
  if (task === undefined || method === undefined) return printable(name);
  return `${printable(task)}, ${methodTitle(method)}, ${shots} shots, seed ${seed}`;
}
