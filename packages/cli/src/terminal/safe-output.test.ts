import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { guardStream, safeLine } from './safe-output.js';

const hostile = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202egnp.\u2028x\u0000\u007f\r\n';

test('a line keeps its colours and loses everything else that a terminal obeys', () => {
  expect(safeLine(`\u001b[1ma\u001b[22m${hostile}`, true)).toBe(
    '\u001b[1ma\u001b[22m\\u001b]0;owned\\u0007\\u001b[2J\\u009b31m\\u202egnp.\\u2028x\\u0000\\u007f\\u000d\\u000a',
  );
  expect(safeLine('\u001b[1ma', false)).toBe('\\u001b[1ma');
});

test('a guarded stream keeps JSON valid with the same meaning, and the guard can be removed', () => {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream;
  const free = guardStream(stream);
  stream.write(JSON.stringify({ name: hostile }));
  const text = String((stream as unknown as PassThrough).read());
  expect(text).not.toMatch(/[^ -~]/);
  expect(JSON.parse(text)).toEqual({ name: hostile });
  free();
  stream.write('\u0007');
  expect(String((stream as unknown as PassThrough).read())).toBe('\u0007');
});
