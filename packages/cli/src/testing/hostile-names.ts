/** Names that people, programs or papers downstream might interpret as code or markup. */
export const hostileNames: readonly string[] = [
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '\u001b[31mred\u001b[0m',
  '\u001b]0;title\u0007\u001b[2J',
  'two\nlines\r',
  '\u202egnp.exe\u2066',
  'sep\u2028\u2029\u0085',
  '\u009b31mC1\u007f',
  '<img src=x onerror=owned=1>',
  "</script><script>owned=1<'",
  '[l](javascript:owned=1)',
  '![i](x) `c` *b* ~s~ | c',
  '<!-- &lt; &amp; -->',
  '# heading',
  '=1+1',
  '+1',
  '-rf',
  '@x',
  "'=1+1",
  '"quoted",comma',
  '$(touch owned)`touch owned`',
  "it's; touch owned #",
  '\\input{x}%$^_{}~',
  '%a %j \\" sbatch',
  'http://a.b',
  'www.a.b c@d.e',
];

/**
 * The first character in a text that a terminal obeys, or that hides or reorders what is read, apart from line breaks
 * and tabs.
 */
export const obeyed = (text: string): string | undefined =>
  /[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u.exec(text)?.[0];
