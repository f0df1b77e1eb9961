import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { weightFiles } from './files.js';

const folder = mkdtempSync(join(tmpdir(), 'weight-files-'));

/** A folder with empty files; those that end in `.json` list the shards given for them. */
function folderOf(name: string, files: string[], shards: Record<string, string[]> = {}): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const file of files) writeFileSync(join(path, file), '');
  for (const [index, names] of Object.entries(shards)) {
    const map = Object.fromEntries(names.map((shard, i) => [`tensor${i}`, shard]));
    writeFileSync(join(path, index), JSON.stringify({ weight_map: map }));
  }
  return path;
}

const found = (path: string) => weightFiles(path).map(file => basename(file));

test('the first known name in a folder is used', () => {
  const known = [
    'open_clip_pytorch_model.bin',
    'pytorch_model.bin',
    'open_clip_model.safetensors',
    'model.safetensors',
  ];
  known.forEach((best, i) => {
    const path = folderOf(`known${i}`, [...known.slice(0, i + 1), 'model.pt', 'other.bin']);
    expect(found(path)).toEqual([best]);
  });
});

test.each(['pytorch_model.bin', 'open_clip_model.safetensors', 'open_clip_pytorch_model.bin', 'model.safetensors'])(
  'shards of %s, from the folder, its index or one of them',
  whole => {
    const names = [1, 2].map(shard => whole.replace('.', `-0000${shard}-of-00002.`));
    const path = folderOf(`shards-${whole}`, names, { [`${whole}.index.json`]: names });
    for (const given of [path, join(path, `${whole}.index.json`), join(path, names[1]!)])
      expect(found(given)).toEqual(names);
  },
);

test('a file that no index lists is loaded alone, even if shards of another are missing', () => {
  const index = { 'pytorch_model.bin.index.json': ['pytorch_model-00001-of-00001.bin'] };
  const path = folderOf('alone', ['model.safetensors'], index);
  expect(found(join(path, 'model.safetensors'))).toEqual(['model.safetensors']);
  expect(() => weightFiles(join(path, 'pytorch_model.bin.index.json'))).toThrow(
    'names pytorch_model-00001-of-00001.bin, which does not exist; download it again.',
  );
});

test.each(['epoch_2.pt', 'last.ckpt', 'weights.pth'])('%s is found next to files of training programs', file => {
  const beside = ['optimizer.pt', 'scheduler.pt', 'training_args.bin', 'rng_state.pth', 'rng_state_0.pth', 'log.txt'];
  expect(found(folderOf(`training-${file}`, [file, ...beside]))).toEqual([file]);
});

test('several checkpoints without a known name throw', () => {
  const path = folderOf('several', ['epoch_1.pt', 'epoch_2.pt']);
  expect(() => weightFiles(path)).toThrow('has epoch_1.pt, epoch_2.pt; give the path of the one to load.');
});

test('an index may name only files next to it', () => {
  const path = folderOf('outside', [], { 'pytorch_model.bin.index.json': ['../secret.bin'] });
  expect(() => weightFiles(path)).toThrow('"../secret.bin", which is not a file next to it');
});
