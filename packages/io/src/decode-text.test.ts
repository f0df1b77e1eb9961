import { expect, test } from 'vitest';
import { decodeText } from './decode-text.js';

const text = 'café,größe\nзима\n';
const wide = (bom: string) => Buffer.from(bom + text, 'utf16le');

test.each([
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
  ['UTF-16 little-endian', wide('\ufeff')],
  ['UTF-16 big-endian', wide('\ufeff').swap16()],
])('%s is read, without a mark', (_, bytes) => {
  expect(decodeText(bytes, 'list.csv')).toBe(text);
});

test('UTF-16 without a mark is recognised by its zeros', () => {
  expect(decodeText(Buffer.from('path,class\n', 'utf16le'), 'x')).toBe('path,class\n');
  expect(decodeText(Buffer.from('path,class\n', 'utf16le').swap16(), 'x')).toBe('path,class\n');
  expect(decodeText(Buffer.from('\0a'), 'x')).toBe('\0a');
});

test('other bytes are rejected with file and line', () => {
  const latin = Buffer.from('path,class\na.jpg,caf\xe9\n', 'latin1');
  expect(() => decodeText(latin, 'list.csv')).toThrow('list.csv, line 2 is not UTF-8 (byte 0xe9)');
  expect(() => decodeText(Buffer.from([0xff, 0xfe, 0x41]), 'x')).toThrow('x is not whole UTF-16 text');
});
