import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandIn, commandOf, quoted, quotedPath } from './this-command.js';

const names = [
  'plain',
  'two words',
  "it's",
  '$(reboot)',
  '`id`',
  'a\nb',
  '\u001b[2J',
  '\u202egnp.exe',
  'ü\u2028',
  '=ls',
  '-x',
  "\\'",
  '',
];

test('arguments survive a shell unchanged, on one line without anything that a terminal obeys', () => {
  if (process.platform === 'win32') return;
  for (const name of names) {
    expect(quoted(name)).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
    expect(execFileSync('bash', ['-c', `printf %s ${quoted(name)}`], { encoding: 'utf8' })).toBe(name);
  }
});

test('a path with a leading dash is not an option, and a command from another folder changes to it first', () => {
  expect(quotedPath('-rf')).toBe('./-rf');
  expect(commandOf(['bench', '--results', 'a b'])).toBe("dgprompt bench --results 'a b'");
  expect(commandIn('/some where', ['status'])).toBe("cd '/some where' && dgprompt status");
  expect(commandIn(process.cwd(), ['status'])).toBe('dgprompt status');
});
