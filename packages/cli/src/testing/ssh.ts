// ssh.ts
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Executor } from 'dgprompt';

const hosts = (process.env.HOSTS ?? '').split(',').filter(host => host !== '');

/** Machines that see dgprompt and the results folder under the same paths; one run at a time on each. */
export const ssh: Executor = {
  name: 'ssh',
  title: `ssh on ${hosts.join(', ')}`,
  check() {
    if (hosts.length === 0) throw new Error('Name the machines: HOSTS=one,two.');
  },
  async run(runs, { tasks, settle, signal }) {
    const queue = await tasks(runs);
    const lane = async (host: string) => {
      for (let task = queue.shift(); task; task = queue.shift()) {
        signal?.throwIfAborted();
        const [code] = await once(spawn('ssh', [host, task.shell], { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
        if (await settle(task, `exit code ${code} on ${host}`)) continue;
        queue.push(task); // it was killed, and resumes from its checkpoint
        if (code === 255) return; // this machine is gone; the others continue
      }
    };
    await Promise.all(hosts.map(lane));
    if (queue.length > 0)
      throw new Error(`No machine is left for ${queue.length} runs; run the command again to resume.`);
  },
};
