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

test('arguments come back as they were from a shell, on one line that a terminal does not obey', () => {
  if (process.platform === 'win32') return;
  for (const name of names) {
    expect(quoted(name)).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
    expect(execFileSync('bash', ['-c', `printf %s ${quoted(name)}`], { encoding: 'utf8' })).toBe(name);
  }
});

test('a path that begins with a dash is no option, and a command of another folder goes there first', () => {
  expect(quotedPath('-rf')).toBe('./-rf');
  expect(commandOf(['bench', '--results', 'a b'])).toBe("dgprompt bench --results 'a b'");
  expect(commandIn('/some where', ['status'])).toBe("cd '/some where' && dgprompt status");
  expect(commandIn(process.cwd(), ['status'])).toBe('dgprompt status');
});
