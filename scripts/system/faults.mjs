import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, turbo } from '../setup.mjs';
import { counted, dgprompt, inNode, pictures, refusal } from './commands.mjs';

const training = ['--method', 'coop', '--epochs', '3', '--lr', '0.01', '--augment', 'none', '--threads', '1'];

/** Full disks, killed commands, and several commands at once: no partial files remain, and nothing is lost. */
export const faults = {
  name: 'faults',
  async run({ full }) {
    if (process.platform === 'win32') return 'it needs ulimit and signals';
    await turbo(['build'], ['--filter=dgprompt'], { quiet: true });
    const folder = mkdtempSync(join(tmpdir(), 'dgprompt-faults-'));
    const env = { DGPROMPT_CACHE: join(folder, 'cache') };
    const run = (parameters, options = {}) => dgprompt(parameters, { cwd: folder, env, ...options });
    try {
      await pictures(join(folder, 'd'), ['red', 'green', 'blue'], 12);
      const whole = await run(['train', 'd', '--out', 'whole', ...training]);
      if (whole.code !== 0) throw new Error(whole.output);
      const prompts = name => readFileSync(join(folder, name, 'prompts.safetensors')).toString('base64');
      return await counted({
        ...fullDisk({ folder, run }),
        ...killed({ folder, run, prompts, times: full ? 12 : 4 }),
        ...together({ folder, run, prompts, numbers: full ? [2, 4] : [2] }),
        ...reusedPid({ folder, run }),
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** A file size limit simulates a disk that fills up: writes are short, then fail. */
function fullDisk({ folder, run }) {
  const commands = {
    train: { command: ['train', 'd', '--out', 'full', ...training], blocks: 2, left: 'full/prompts.safetensors' },
    export: { command: ['export', 'whole', '--out', 'full.onnx', '--threads', '1'], blocks: 500, left: 'full.onnx' },
    bench: {
      command: ['bench', '--suite', 'folder:d', '--protocol', 'zero-shot', '--results', 'r', '--threads', '1'],
      blocks: 1,
      left: undefined,
    },
  };
  return Object.fromEntries(
    Object.entries(commands).map(([name, { command, blocks, left }]) => [
      `${name} on a disk that is full leaves nothing half-written, and works when there is room`,
      async () => {
        const ended = await run([...command, ...modelFor(command)], { fileBlocks: blocks });
        const wrong = refusal(ended, /./);
        if (wrong) return wrong;
        if (left && existsSync(join(folder, left))) return `${left} was left`;
        const partial = readdirSync(folder, { recursive: true }).filter(one => /\.tmp$/.test(one));
        if (partial.length > 0) return `${partial} were left`;
        const again = await run([...command, ...modelFor(command)]);
        return again.code === 0 ? undefined : `then: ${again.output.slice(-600)}`;
      },
    ]),
  );
}

const modelFor = ([command]) => (command === 'bench' ? ['--model', join(root, 'packages', 'pictograms', 'model')] : []);

/** Commands killed at random points are run again and must end like undisturbed ones. */
function killed({ folder, run, prompts, times }) {
  const until = async (command, done) => {
    let kills = 0;
    for (let i = 0; i < times; i++) {
      await run(command, { killAfter: 300 + 2200 * Math.random() });
      kills++;
      if (done()) break;
    }
    return kills;
  };
  return {
    'train, killed at random points, resumes to the same bits': async () => {
      const command = ['train', 'd', '--out', 'cut', ...training];
      const finished = () => existsSync(join(folder, 'cut', 'prompts.safetensors'));
      await until(command, finished);
      const ended = finished() ? { code: 0 } : await run(command);
      if (ended.code !== 0) return ended.output;
      return prompts('cut') === prompts('whole') ? undefined : 'other prompts';
    },
    'export, killed at random points, leaves a complete file or none': async () => {
      const file = join(folder, 'cut.onnx');
      const command = ['export', 'whole', '--out', 'cut.onnx', '--threads', '1'];
      await until(command, () => existsSync(file));
      if (!existsSync(file)) {
        const ended = await run(command);
        if (ended.code !== 0) return ended.output;
      }
      const engine = JSON.stringify(join(root, 'packages', 'engine', 'dist', 'portable', 'index.js'));
      const opened = await inNode(
        `const { openModel } = await import(${engine}); await openModel(${JSON.stringify(file)});`,
        {
          cwd: folder,
        },
      );
      return opened.code === 0 ? undefined : opened.output;
    },
    'search, killed at random points, ends with its settings': async () => {
      const data = ['--suite', 'folder:d', '--model', join(root, 'packages', 'pictograms', 'model')];
      const command = ['search', ...data, '--methods', 'coop', '--lr', '1', '--epochs', '0.02', '--shots', '2'];
      const where = ['--threads', '1', '--results', 'found', '--out', 'found'];
      await until([...command, ...where], () => existsSync(join(folder, 'found.json')));
      const ended = await run([...command, ...where]);
      return ended.code === 0 || /already|needs at least|takes at least/.test(ended.output) ? undefined : ended.output;
    },
  };
}

/** Runs two and four commands at once on one folder: one works, the others name the process that does. */
function together({ run, prompts, numbers }) {
  return Object.fromEntries(
    numbers.map(count => [
      `${count} simultaneous trainings into one folder: one classifier, and the others name the active process`,
      async () => {
        const out = `together-${count}`;
        const ended = await Promise.all(
          Array.from({ length: count }, () => run(['train', 'd', '--out', out, ...training])),
        );
        const done = ended.filter(({ code }) => code === 0);
        if (done.length !== 1)
          return `${done.length} ended with 0:\n${ended.map(({ output }) => output.slice(-300)).join('\n')}`;
        const others = ended.filter(({ code }) => code !== 0);
        const unclear = others.find(({ output }) => !/in use by process \d+|finished classifier/.test(output));
        if (unclear) return unclear.output.slice(-400);
        return prompts(out) === prompts('whole') ? undefined : 'other prompts';
      },
    ]),
  );
}

/** The lock of an ended process blocks nothing, even if another process has its pid by now. */
function reusedPid({ folder, run }) {
  return {
    'a lock whose pid belongs to a later process is ignored': async () => {
      mkdirSync(join(folder, 'reused'));
      const owner = {
        host: hostname(),
        pid: process.pid,
        startedAt: new Date().toISOString(),
        processStart: '1',
        id: 'x',
      };
      writeFileSync(join(folder, 'reused', '.lock'), JSON.stringify(owner));
      const { code, output } = await run(['train', 'd', '--out', 'reused', ...training]);
      return code === 0 ? undefined : output.slice(-400);
    },
  };
}
