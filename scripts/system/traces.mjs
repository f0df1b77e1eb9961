import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { root, turbo } from '../setup.mjs';
import { counted, dgprompt, pictures } from './commands.mjs';

/** Commands as on a user's machine, without CI: no connection, and no file outside their own folders. */
export const traces = {
  name: 'traces',
  async run() {
    if (process.platform !== 'linux') return 'it reads /proc';
    await turbo(['build'], ['--filter=dgprompt'], { quiet: true });
    const home = mkdtempSync(join(tmpdir(), 'dgprompt-traces-'));
    const [work, cache, temporary] = ['work', 'cache', 'tmp'].map(name => join(home, name));
    for (const folder of [work, cache, temporary]) mkdirSync(folder);
    const own = { CI: undefined, ORT_DISABLE_TELEMETRY: undefined, XDG_CACHE_HOME: undefined };
    const env = { ...own, HOME: home, USERPROFILE: home, TMPDIR: temporary, DGPROMPT_CACHE: cache };
    const mini = ['--model', join(root, 'packages', 'pictograms', 'model')];
    const few = ['--threads', '1'];
    const trained = ['--method', 'coop', '--epochs', '1', '--augment', 'none', ...few];
    const commands = [
      ['zero-shot', '--tasks', 'weather', ...few],
      ['train', 'd', '--out', 'c', ...trained],
      ['predict', 'c', 'd/red/0.png', ...few],
      ['evaluate', 'c', 'd', ...few],
      ['interpret', 'c'],
      ['export', 'c', '--out', 'c.onnx', ...few],
      [
        'bench',
        '--suite',
        'folder:d',
        ...mini,
        '--protocol',
        'few-shot',
        '--shots',
        '1',
        '--methods',
        'clip,coop',
      ].concat(['--epochs', '1', '--results', 'r', ...few]),
      ['table', '--results', 'r'],
      ['status', '--results', 'r'],
      ['compare', 'clip', 'coop', '--results', 'r'],
      ['report', '--results', 'r', '--out', 'r.html'],
      [
        'search',
        '--suite',
        'folder:d',
        ...mini,
        '--methods',
        'coop',
        '--shots',
        '1',
        '--results',
        's',
        '--out',
        's',
        ...few,
      ],
      ['data', 'list'],
      ['data', 'check', 'folder:d'],
      ['models', 'list'],
      ['doctor', ...few],
      ['describe'],
      ['--help'],
    ];
    try {
      await pictures(join(work, 'd'), ['red', 'green', 'blue', 'gold', 'teal', 'pink', 'lime', 'plum'], 8);
      const checks = commands.map(command => [
        `dgprompt ${command[0]} ${command[1] ?? ''}`.trim(),
        async () => {
          const connections = new Set();
          const onLook = pid => {
            for (const one of connectionsOf(pid)) connections.add(one);
          };
          const { code, output, over } = await dgprompt(command, { cwd: work, env, onLook });
          if (over) return `it took ${over}:\n${output}`;
          if (connections.size > 0) return `it connected to ${[...connections].join(', ')}`;
          if (code !== 0) return `it ended with ${code}:\n${output.slice(-500)}`;
          const strays = filesIn(home).filter(file => !['work', 'cache'].includes(file.split(sep)[0]));
          return strays.length > 0 ? `it left ${strays.join(', ')}` : undefined;
        },
      ]);
      return await counted(Object.fromEntries(checks));
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  },
};

const filesIn = folder =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(one => !one.isDirectory())
    .map(one => join(one.parentPath ?? one.path, one.name).slice(folder.length + 1));

/** Non-local addresses of the TCP and UDP sockets of a process. */
function connectionsOf(pid) {
  try {
    const inodes = new Set(
      readdirSync(`/proc/${pid}/fd`)
        .map(fd => readlink(`/proc/${pid}/fd/${fd}`).match(/^socket:\[(\d+)\]$/)?.[1])
        .filter(Boolean),
    );
    return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap(kind =>
      readFileSync(`/proc/${pid}/net/${kind}`, 'utf8')
        .split('\n')
        .slice(1)
        .map(line => line.trim().split(/\s+/))
        .filter(fields => inodes.has(fields[9]))
        .map(fields => `${kind} ${fields[2]}`),
    );
  } catch {
    return []; // it has ended
  }
}

function readlink(path) {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
