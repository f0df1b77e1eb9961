import { run } from '../processes.mjs';
import { root } from '../setup.mjs';

/** One format per library and number type; the small recorded checkpoints in `npm test` cover all formats. */
const short = ['openai-f32', 'hf-sharded-bf16', 'openclip-f32', 'pt-script-f16'];

/**
 * A random ViT-B/16 in checkpoint formats (`--full`: all of them): loaded, run, and compared with each other to 1e-5.
 * Needs 2 GB of memory and of disk.
 */
export const checkpoints = {
  name: 'ViT-B/16 checkpoints',
  async run({ full }) {
    const { code, output } = await run(
      'npm',
      ['run', '-s', 'measure', '-w', '@dgprompt/lab', '--', ...(full ? [] : short)],
      {
        cwd: root,
        capture: 'stdout',
      },
    );
    if (code === 130) process.exit(130);
    console.log(output.trimEnd());
    const forms = output.trim().split('\n').length - 1;
    return code === 0
      ? { passed: forms, failed: 0, skipped: 0 }
      : { passed: Math.max(0, forms - 1), failed: 1, skipped: 0 };
  },
};
