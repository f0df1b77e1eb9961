/**
 * A Slurm of one node on this machine, for tests: munged, slurmctld and slurmd as children of this process, with files
 * in a separate folder and separate ports, independent of any Slurm on the machine.
 *
 * By hand: `node scripts/slurm-cluster.mjs sbatch job.sh` (or any other command; `bash` to explore) starts one, runs
 * the command in it and shuts it down.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { run } from './processes.mjs';
import { nodeName, writeSlurmConf } from './slurm-conf.mjs';

/** Debian has some of the daemons in /usr/sbin, which is not on everyone's PATH. */
const environment = { PATH: `${process.env.PATH}:/usr/sbin` };

/**
 * Starts a cluster, first installing Debian's packages if they are missing and this user may do so.
 * @param {{ cpus?: number, maxArraySize?: number }} [options] cpus: number of one-CPU tasks that run at a time,
 *   whatever the machine has; maxArraySize: as in slurm.conf, an array's indices stay below it
 * @returns {Promise<Cluster | string>} a string gives the reason if it cannot run here
 * @typedef {{ env: Record<string, string>, slurm: (command: string, ...parameters: string[]) => Promise<string>,
 *   loseNode: () => Promise<void>, startNode: () => Promise<void>, stop: () => Promise<void>, }} Cluster env: what a
 *   process needs to reach it; slurm: what one of Slurm's commands prints; loseNode: simulates a power failure
 */
export async function slurmCluster({ cpus = 2, maxArraySize = 1001 } = {}) {
  const missing = await missingPrograms();
  if (missing) return missing;
  const folder = mkdtempSync(join(tmpdir(), 'dgprompt-slurm-'));
  const env = { ...environment, SLURM_CONF: join(folder, 'slurm.conf') };
  const daemons = {};
  const start = (name, ...parameters) => {
    daemons[name] = daemon(name, parameters, { env, log: join(folder, `${name}.out`) });
  };
  const slurm = async (command, ...parameters) => {
    const { code, output, stdout } = await run(command, parameters, { env, capture: true });
    if (code !== 0) throw new Error(`${command} ${parameters.join(' ')}: ${output.trim()}`);
    return stdout.trim();
  };
  const nodeState = () => slurm('sinfo', '--noheader', '--format=%T').catch(error => error.message);
  const startNode = async () => {
    start('slurmd', '-D', '-N', nodeName);
    await until(async () => /^(idle|mixed|allocated|completing)$/.test(await nodeState()));
  };
  const loseNode = async () => {
    killAll(processesIn(env).filter(({ name }) => !['munged', 'slurmctld', 'slurmscriptd'].includes(name)));
    await until(async () => (await nodeState()).startsWith('down'));
  };
  const clean = () => {
    killAll(processesIn(env));
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', clean);
  const stop = async () => {
    await slurm('scancel', `--user=${userInfo().username}`).catch(() => {});
    await until(async () => (await slurm('squeue', '--noheader')) === '', 15).catch(() => {});
    for (const name of ['slurmd', 'slurmctld', 'munged']) await daemons[name]?.stop();
    clean();
    process.off('exit', clean);
  };
  try {
    await writeSlurmConf(folder, { cpus, maxArraySize });
    const munge = name => `--${name}=${join(folder, 'munge', name)}`;
    const files = ['socket', 'key-file', 'pid-file', 'log-file', 'seed-file'].map(munge);
    start('munged', '--foreground', '--force', ...files);
    await until(() => existsSync(join(folder, 'munge', 'socket')));
    start('slurmctld', '-D');
    await until(async () => (await slurm('scontrol', 'ping')).includes('UP'));
    await startNode();
    return { env, slurm, loseNode, startNode, stop };
  } catch (error) {
    const said = ['munged', 'slurmctld', 'slurmd'].flatMap(name => daemons[name]?.said() ?? []);
    await stop();
    return `Slurm does not start here (${error.message}): ${said.at(-1) ?? 'it says nothing'}`;
  }
}

async function missingPrograms() {
  if (process.platform !== 'linux') return 'Slurm runs on Linux';
  const programs = ['munged', 'slurmctld', 'slurmd', 'sbatch'];
  const absent = () => programs.filter(name => !['/usr/sbin', '/usr/bin'].some(place => existsSync(join(place, name))));
  if (absent().length > 0 && process.getuid() === 0) {
    console.log('Installing Slurm with apt-get …');
    const apt = (...parameters) =>
      run('apt-get', [...parameters, '-q'], { capture: true, env: { DEBIAN_FRONTEND: 'noninteractive' } }).catch(
        () => {},
      );
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', 'slurm-wlm', 'munge');
  }
  return absent().length > 0
    ? `there is no ${absent()[0]}, and apt-get cannot install slurm-wlm and munge here`
    : undefined;
}

/** A process in its own group, so that it survives a Ctrl-C in the terminal until `stop`. */
function daemon(name, parameters, { env, log }) {
  let text = '';
  const child = spawn(name, parameters, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const hear = data => {
    text += data;
    writeFileSync(log, data, { flag: 'a' });
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const ended = new Promise(resolve => {
    child.once('error', error => {
      text += `${error.message}\n`;
      resolve();
    });
    child.once('exit', resolve);
  });
  const stop = async () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(10_000, undefined, { ref: false })]);
    child.kill('SIGKILL');
  };
  return { stop, said: () => text.split('\n').filter(line => line.trim() !== '') };
}

/**
 * Processes of this cluster, identified by the configuration in their environment: daemons, and jobs with all their
 * children.
 */
function processesIn({ SLURM_CONF }) {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap(pid => {
      try {
        const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        if (!variables.includes(`SLURM_CONF=${SLURM_CONF}`)) return [];
        return [{ pid: Number(pid), name: readFileSync(`/proc/${pid}/comm`, 'utf8').trim() }];
      } catch {
        return []; // gone, or another user's
      }
    });
}

function killAll(processes) {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {} // already gone
  }
}

/** Waits until a condition holds; an exception counts as false. */
export async function until(condition, seconds = 60) {
  for (const end = Date.now() + 1000 * seconds; Date.now() < end; await sleep(200)) {
    if (await Promise.resolve(condition()).catch(() => false)) return;
  }
  throw new Error(`waited ${seconds} s in vain`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const cluster = await slurmCluster();
  if (typeof cluster === 'string') {
    console.error(`No Slurm here: ${cluster}.`);
    process.exit(1);
  }
  const [command = 'bash', ...parameters] = process.argv.slice(2);
  const { code } = await run(command, parameters, { env: cluster.env }).finally(cluster.stop);
  process.exit(code);
}
