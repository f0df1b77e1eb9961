import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { classNames } from '../class-names.js';
import { shapes } from '../random-clip.js';

export interface TorchOptions {
  /** A Python with torch. */
  python: string;
  /** The program for it to run. */
  program: string;
  what: 'maple' | 'tower';
  shape: keyof typeof shapes;
  precision: 'float32' | 'bfloat16';
  batch: number;
  repeats: number;
  threads: number;
}

/** A step of MaPLe, or the vision tower alone, in PyTorch, computed as in the published code. */
export async function torch(options: TorchOptions): Promise<{ seconds: number; peakBytes: number }> {
  const { python, program, shape, ...others } = options;
  const given = JSON.stringify({ ...others, shape: shapes[shape], classes: classNames.length });
  const { stdout } = await promisify(execFile)(python, [program, given]).catch(error => {
    const { code, stderr = '' } = error as { code: string | number; stderr?: string };
    const reason = code === 'ENOENT' ? 'there is no such program' : (stderr.trim().split('\n').at(-1) ?? code);
    throw new Error(`${python} cannot measure PyTorch: ${reason}.`.replace(/\.\.$/, '.'));
  });
  return JSON.parse(stdout);
}
