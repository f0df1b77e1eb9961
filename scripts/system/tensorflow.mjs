import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { run } from '../processes.mjs';
import { root } from '../setup.mjs';
import { countsIn, total } from '../summary.mjs';
import { packageTests } from './package-tests.mjs';

const shared = join(root, '..', 'shared');
const tool = join(shared, 'tools', 'tfjs-node.sh');

/**
 * Runs the engine's kernels and the recorded numbers of the published code on a real TensorFlow
 * (DGPROMPT_BACKEND=tensorflow), in a copy of the checkout; with `--full`, all tests of engine and methods.
 */
export const tensorflow = {
  name: 'backend tensorflow',
  async run({ full }) {
    if (!existsSync(tool)) return 'the tool that builds tfjs-node is not beside this checkout';
    const major = Number(process.versions.node.split('.')[0]);
    if (major > 22) return `tfjs-node runs on Node 20 and 22, and this is Node ${major}`;
    const work = realpathSync(mkdtempSync(join(tmpdir(), 'dgprompt-tensorflow-')));
    const clean = () => rmSync(work, { recursive: true, force: true });
    process.on('exit', clean);
    try {
      const checkout = join(work, 'checkout');
      const left = new Set(['node_modules', 'dist', '.git', '.turbo', '.cache', 'results', 'docs']);
      cpSync(root, checkout, { recursive: true, filter: path => !left.has(basename(path)) });
      symlinkSync(shared, join(work, 'shared'));
      console.log('Building tfjs-node in a copy of the checkout …');
      const { code, output } = await run('bash', [tool, checkout], { capture: true, cwd: work });
      if (code === 130) process.exit(130);
      if (code !== 0) return `tfjs-node could not be built here: ${output.trim().split('\n').at(-1)}`;
      console.log(output.trim().split('\n').at(-1));
      const env = { DGPROMPT_BACKEND: 'tensorflow', TF_CPP_MIN_LOG_LEVEL: '2', TF_ENABLE_ONEDNN_OPTS: '0' };
      const all = [];
      const parts = full ? [['engine'], ['methods']] : [['engine', 'kernels/', 'fused/', 'compile', 'optimizers']];
      for (const [name, ...files] of parts) all.push(await packageTests({ checkout, name, files, env }));
      if (existsSync(join(shared, 'golden'))) all.push(await verify(checkout, env));
      return total(all);
    } finally {
      clean();
      process.off('exit', clean);
    }
  },
};

/** Runs `verify` on the recorded numbers of the published code, with this backend. */
async function verify(checkout, env) {
  const cli = join(checkout, 'packages', 'cli');
  const folders = ['--golden', join(shared, 'golden'), '--data', join(shared, 'data')];
  const { code, output } = await run(
    process.execPath,
    ['--import', 'tsx', 'src/main.ts', 'verify', ...folders, '--backend', 'tensorflow'],
    { capture: true, cwd: cli, env: { ...env, TSX_TSCONFIG_PATH: join(cli, 'tsconfig.json'), NO_COLOR: '1' } },
  );
  if (code === 130) process.exit(130);
  console.log(output.trim());
  return countsIn(output.trim().split('\n').at(-1)) ?? { passed: 0, failed: 1, skipped: 0 };
}
