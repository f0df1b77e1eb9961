import { expect, test } from 'vitest';
import { sbatchOptions } from './sbatch-options.js';

test('options are split as a shell splits them', () => {
  expect(sbatchOptions(`--partition=gpu --time=2:00:00 -c 4 --comment='two words' --mail-user="a b"\\ c`)).toEqual([
    ...['--partition=gpu', '--time=2:00:00', '-c', '4', '--comment=two words', '--mail-user=a b c'],
  ]);
});

test('nothing in them is evaluated', () => {
  expect(sbatchOptions('--chdir=$HOME --comment=`id` *;rm')).toEqual(['--chdir=$HOME', '--comment=`id`', '*;rm']);
});

test('no text gives no options', () => {
  expect(sbatchOptions(undefined)).toEqual([]);
  expect(sbatchOptions('  ')).toEqual([]);
});

test('an unclosed quote is an error', () => {
  expect(() => sbatchOptions('--comment="a')).toThrow(`--slurm '--comment="a' has an unclosed quote.`);
});

test.each(['--array=0-3', '-a 0-3', '--wrap=id', '--parsable'])('%s is reserved for the job array', text => {
  expect(() => sbatchOptions(`--time=1 ${text}`)).toThrow('each run is a task of one job array');
});
