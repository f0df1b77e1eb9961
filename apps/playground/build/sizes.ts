import type { Plugin } from 'vite';

/** Prints the size of each package in the page's and the worker's scripts. */
export function sizes(part: 'page' | 'worker'): Plugin {
  return {
    name: 'sizes',
    apply: 'build',
    generateBundle(_, bundle) {
      const kilobytes = new Map<string, number>();
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        const modules = Object.entries(chunk.modules);
        const whole = modules.reduce((sum, [, { renderedLength }]) => sum + renderedLength, 0);
        for (const [id, { renderedLength }] of modules) {
          const name = packageOf(id);
          const own = (chunk.code.length / 1000) * (renderedLength / whole); // its share of the minified chunk
          kilobytes.set(name, (kilobytes.get(name) ?? 0) + own);
        }
      }
      const sorted = [...kilobytes].sort((a, b) => b[1] - a[1]);
      const lines = sorted.map(([name, size]) => `${size.toFixed(0).padStart(7)} kB  ${name}`);
      console.log(`\nScripts of the ${part}, minified, by package:\n${lines.join('\n')}`);
    },
  };
}

function packageOf(id: string): string {
  const [, installed] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id) ?? [];
  const [, own] = /\/packages\/([^/]+)\//.exec(id) ?? [];
  return installed ?? (own ? `@dgprompt/${own}` : 'the playground itself');
}
