import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../processes.mjs';
import { root } from '../setup.mjs';
import { countsIn, total } from '../summary.mjs';
import { findChromium } from './in-chromium.mjs';
import { packageTests } from './package-tests.mjs';

const shared = join(root, '..', 'shared');
const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs');

/** Trained methods without a recording of published code. */
const unrecorded = 'dgprompt,kgcoop,prograd';

/**
 * `--device webgpu`: the engine's kernels, the recorded numbers of the published code, and training steps compared with
 * the CPU for methods without a recording (`--full`: for every method, and the recorded numbers in float16). Without a
 * GPU it runs on SwiftShader, the software Vulkan in Debian's Chromium package: slow, but the same ONNX Runtime code.
 */
export const webgpu = {
  name: 'device webgpu',
  async run({ full }) {
    const env = await adapter();
    if (typeof env === 'string') return env;
    const files = full ? [] : ['kernels/', 'fused/', 'compile'];
    const all = [
      await packageTests({ checkout: root, name: 'engine', files, env: { ...env, DGPROMPT_DEVICE: 'webgpu' } }),
    ];
    all.push(
      await counted(env, join('scripts', 'system', 'device-steps.mjs'), 'webgpu', ...(full ? [] : [unrecorded])),
    );
    const golden = join(shared, 'golden');
    const cli = join('packages', 'cli', 'src', 'main.ts');
    if (!existsSync(golden)) return total(all);
    const verify = ['verify', '--golden', golden, '--device', 'webgpu'];
    all.push(await counted(env, cli, ...verify));
    if (!full) return total(all);
    const fault = await faultIn(env, 'fp16');
    if (fault === '') all.push(await counted(env, cli, ...verify, '--precision', 'fp16'));
    else {
      console.log(`skipped  --precision fp16: ${fault}`);
      all.push({ passed: 0, failed: 0, skipped: 1 });
    }
    return total(all);
  },
};

/** The environment in which a WebGPU adapter starts, or why none starts. */
async function adapter() {
  const own = await faultIn({});
  if (own === '') return {};
  if (process.platform !== 'linux') return own;
  await findChromium();
  if (process.getuid() === 0) {
    await run('apt-get', ['install', '-y', '-q', 'libvulkan1'], { capture: true }).catch(() => {});
  }
  const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';
  if (!existsSync(driver)) return `${own}; and Chromium's software Vulkan is not here either`;
  const env = { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver }; // the second one for older loaders
  const fault = await faultIn(env);
  return fault === '' ? env : fault;
}

async function faultIn(env, ...precision) {
  const { code, output, stdout } = await program(
    env,
    join('scripts', 'system', 'device-fault.mjs'),
    'webgpu',
    ...precision,
  );
  return code === 0 ? stdout.trim() : output.trim().split('\n').at(-1);
}

/** Runs a program that ends with a line of counts. */
async function counted(env, ...parameters) {
  const { output } = await program({ ...env, NO_COLOR: '1' }, ...parameters);
  console.log(output.trim());
  return countsIn(output) ?? { passed: 0, failed: 1, skipped: 0 };
}

/** Runs a program from the sources. */
async function program(env, ...parameters) {
  const config = join('packages', 'cli', 'tsconfig.json');
  const command = [tsx, '--tsconfig', config, ...parameters];
  const ended = await run(process.execPath, command, { cwd: root, env, capture: true });
  if (ended.code === 130) process.exit(130);
  return ended;
}
