import { parseArgs } from 'node:util';

const usage = `npm run rehearse-release [-- options]

  --packages engine,clip   folders of packages/ to install (default: all that are published)
  --clients npm,pnpm,yarn  package managers (default: all three; Yarn with Plug'n'Play)
  --nodes 20.19,22,24      further Nodes that run the examples of npm's projects (default: these three)
  --no-types               skips TypeScript's check of the installed types
  --no-build               publishes what was built before
  --keep                   keeps the temporary folder, and says where it is`;

/** The options of the rehearsal from the command line; `--help` prints them and ends the process. */
export function readOptions() {
  const list = { type: 'string' };
  const { values } = parseArgs({
    options: {
      packages: list,
      clients: list,
      nodes: list,
      types: { type: 'boolean', default: true },
      build: { type: 'boolean', default: true },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
    allowNegative: true,
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const listed = text => text?.split(',').filter(Boolean);
  return {
    packages: listed(values.packages),
    clients: listed(values.clients) ?? ['npm', 'pnpm', 'yarn'],
    nodes: listed(values.nodes ?? '20.19,22,24'),
    types: values.types,
    build: values.build,
    keep: values.keep,
  };
}
