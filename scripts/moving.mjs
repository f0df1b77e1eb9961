/**
 * Shows that work is in progress: a line that counts seconds on a terminal, else a line at the start and every fifteen
 * seconds.
 *
 * @param {string} what as `Installing dependencies`
 * @returns {{ note(text: string): void, end(result?: string): void }} note: the current activity
 */
export function moving(what) {
  const started = Date.now();
  const isTerminal = process.stdout.isTTY;
  let now = '';
  const line = () => `${what}: ${clock(Date.now() - started)}${now && `, ${now}`}`;
  const show = () =>
    isTerminal ? process.stdout.write(`\r\x1b[K${line().slice(0, process.stdout.columns - 1)}`) : console.log(line());
  if (isTerminal) show();
  else console.log(`${what} …`);
  const timer = setInterval(show, isTerminal ? 1000 : 15_000);
  return {
    note(text) {
      now = text;
    },
    end(result = 'done') {
      clearInterval(timer);
      if (isTerminal) process.stdout.write('\r\x1b[K');
      console.log(`${what}: ${result} in ${clock(Date.now() - started)}`);
    },
  };
}

/** `8 s`, `3 min 20 s`. */
export function clock(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
