/** Node's functions of the same names, for paths with slashes; relative paths start at `/`. */

export const sep = '/';

export const isAbsolute = (path: string): boolean => path.startsWith('/');

export function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !isAbsolute(path)) parts.push(part);
  }
  return `${isAbsolute(path) ? '/' : ''}${parts.join('/')}` || '.';
}

export const join = (...parts: string[]): string => normalize(parts.filter(part => part !== '').join('/'));

export function resolve(...parts: string[]): string {
  const from = parts.findLastIndex(isAbsolute);
  return normalize(`/${parts.slice(Math.max(from, 0)).join('/')}`);
}

export function dirname(path: string): string {
  const at = path.replace(/\/+$/, '').lastIndexOf('/');
  return at > 0 ? path.slice(0, at) : at === 0 ? '/' : '.';
}

export function basename(path: string, ending = ''): string {
  const name = path.replace(/\/+$/, '').split('/').at(-1)!;
  return name !== ending && name.endsWith(ending) ? name.slice(0, name.length - ending.length) : name;
}

export const extname = (path: string): string => /[^/](\.[^./]*)$/.exec(path)?.[1] ?? '';

export function relative(from: string, to: string): string {
  const parts = (path: string) => resolve(path).split('/').filter(Boolean);
  const [a, b] = [parts(from), parts(to)];
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  return [...a.slice(same).map(() => '..'), ...b.slice(same)].join('/');
}
