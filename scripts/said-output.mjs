/**
 * The documented output of an example: the comment after each `console.log(…);`, and those on the lines below it.
 * @param {string} code
 */
export function saidOutput(code) {
  const output = [];
  let at = 'elsewhere';
  for (const line of code.split('\n')) {
    if (at === 'below' && line.trim().startsWith('//')) {
      output.push(line.trim().slice(2));
      continue;
    }
    if (line.includes('console.log(')) at = 'call';
    else if (at === 'below') at = 'elsewhere';
    const end = at === 'call' ? /;\s*(?:\/\/(.*))?$/.exec(line) : null;
    if (!end) continue;
    if (end[1] !== undefined) output.push(end[1]);
    at = 'below';
  }
  return squeezed(output.join(' '));
}

/** Normalises white space, which does not count. */
export const squeezed = text => text.replace(/\s+/g, ' ').trim();

/** Matches an example's output; `…` in the documented output matches anything. */
export const outputPattern = said =>
  new RegExp(
    `^${said
      .split('…')
      .map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('[\\s\\S]*')}$`,
  );
