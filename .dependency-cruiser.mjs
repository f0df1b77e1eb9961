/** The order of the packages, lowest first: a package imports only those before it. */
const order = [
  'io',
  'engine',
  'images',
  'clip',
  'prompts',
  'guidance',
  'retention',
  'datasets',
  'pictograms',
  'methods',
  'bench',
  'lab',
  'cli',
];

/** Floors of a package, lowest first: a folder imports only files of its own and of folders before it. */
const floors = {
  engine: ['runtime', 'tracing', 'backend', 'weights', 'kernels', 'fused', 'devices', 'portable'],
  clip: ['runtime', 'text', 'weights', 'towers', 'hub', 'checkpoint'],
  datasets: ['runtime', 'files', 'random', 'splits', 'own', 'benchmarks', 'check'],
  methods: [
    'runtime',
    'transforms',
    'features',
    'learner',
    'evaluation',
    'method',
    'training',
    'check',
    'zoo',
    'published',
    'classifier',
  ],
  bench: ['methods', 'suites', 'records', 'tables', 'runs', 'search', 'explain'],
  cli: ['options', 'terminal', 'executors', 'own-images', 'report', 'explain', 'doctor', 'commands'],
};

/** Floors of the playground, likewise. */
const playgroundFloors = ['browser', 'strings', 'worker', 'intake', 'offline', 'state', 'ui'];

/** Packages that are meant for browsers as well: only their `runtime` folder may need Node. */
const forBrowsers = ['io', 'engine', 'clip', 'prompts', 'guidance', 'retention', 'methods'];

const notTests = { pathNot: ['\\.test\\.ts$', '/testing/', '/scripts/', '/pretrain/'] };

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files that import each other in a circle, types included: put what they share into a file below both.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...order.slice(0, -1).map((name, i) => ({
      name: `order-${name}`,
      comment: `${name} imports only packages below it: ${order.slice(0, i).join(', ') || 'none'}.`,
      severity: 'error',
      from: { path: `^packages/${name}/src/`, ...notTests },
      to: { path: `^packages/(${order.slice(i + 1).join('|')})/` },
    })),
    ...Object.entries(floors).flatMap(([name, folders]) =>
      folders.slice(0, -1).map((folder, i) => ({
        name: `floor-${name}-${folder}`,
        comment: `In ${name}, ${folder}/ is below ${folders.slice(i + 1).join(', ')}.`,
        severity: 'error',
        from: { path: `^packages/${name}/src/${folder}/`, ...notTests },
        to: { path: `^packages/${name}/src/(${folders.slice(i + 1).join('|')})/`, pathNot: '/testing/' },
      })),
    ),
    ...playgroundFloors.slice(0, -1).map((folder, i) => ({
      name: `floor-playground-${folder}`,
      comment: `In the playground, ${folder}/ is below ${playgroundFloors.slice(i + 1).join(', ')}.`,
      severity: 'error',
      from: { path: `^apps/playground/src/${folder}/`, ...notTests },
      to: { path: `^apps/playground/src/(${playgroundFloors.slice(i + 1).join('|')})/` },
    })),
    {
      name: 'apps-on-top',
      comment: 'Packages import nothing of apps/.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'browsers',
      comment: "Only a package's runtime/ folder may need Node, so that a browser entry can be added beside it.",
      severity: 'error',
      from: {
        path: `^packages/(${forBrowsers.join('|')})/src/`,
        pathNot: [...notTests.pathNot, '/src/runtime/'],
      },
      to: { path: '^(node:)?[a-z_/]+$|onnxruntime-node', dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-peer'] },
    },
    {
      name: 'testing-is-for-tests',
      comment: 'testing/ holds helpers of tests, which are not published.',
      severity: 'error',
      from: { path: '^packages/[a-z]+/src/', pathNot: ['\\.test\\.ts$', '/testing/', '^packages/lab/'] },
      to: { path: '/src/testing/' },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: { pathNot: ['\\.mjs$'] },
      to: { couldNotResolve: true, pathNot: ['^@tensorflow/tfjs-node', '^tsx/', '^virtual:'] },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    includeOnly: { path: ['^packages/[a-z]+/src/', '^apps/[a-z]+/src/', 'node_modules', '^(node:)?[a-z_/]+$'] },
    exclude: { path: ['/dist/', '\\.test\\.ts$'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json', '.css'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
