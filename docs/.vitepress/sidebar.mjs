import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const pages = fileURLToPath(new URL('../../site/pages/', import.meta.url));

/** The sidebars of the English pages, by section. */
export function sidebar() {
  return {
    '/start/': guides,
    '/guides/': guides,
    '/packages/': guides,
    '/explained/': guides,
    '/gallery/': guides,
    '/faq': guides,
    '/changelog': guides,
    '/methods/': [{ text: 'Methods', link: '/methods/', items: generated('methods') }],
    '/api/': [{ text: 'API', link: '/api/', items: generated('api') }],
    '/results/': [{ text: 'Results', link: '/results/', items: generated('results') }],
  };
}

/** A link to each page of a folder, in the order that its index has. */
function generated(folder) {
  const index = `${pages}${folder}/index.md`;
  if (!existsSync(index)) return [];
  const order = readFileSync(index, 'utf8');
  const place = file => (order.includes(`(${file})`) ? order.indexOf(`(${file})`) : Infinity);
  return readdirSync(`${pages}${folder}`, { recursive: true, encoding: 'utf8' })
    .map(file => file.replaceAll('\\', '/'))
    .filter(file => file.endsWith('.md') && file !== 'index.md')
    .sort((a, b) => place(a) - place(b))
    .map(file => ({ text: titleOf(`${pages}${folder}/${file}`), link: `/${folder}/${file.replace(/\.md$/, '')}` }));
}

const titleOf = file => /^#+ (.+)$/m.exec(readFileSync(file, 'utf8'))[1].replace(/<[^>]+>/g, '');

const guides = [
  {
    text: 'Start',
    items: [
      { text: 'In thirty seconds', link: '/start/' },
      { text: 'Install', link: '/start/install' },
      { text: 'A first program', link: '/start/first-program' },
      { text: 'A first table', link: '/start/first-table' },
    ],
  },
  {
    text: 'Your own images',
    items: [
      { text: 'Zero-shot', link: '/guides/zero-shot' },
      { text: 'A classifier from a folder', link: '/guides/own-classifier' },
      { text: 'Choosing a method', link: '/guides/choosing' },
    ],
  },
  {
    text: 'Research',
    items: [
      { text: 'Reproducing a table', link: '/guides/reproduce' },
      { text: 'Coming from Dassl or CoOp', link: '/guides/from-coop' },
      { text: 'Writing a method', link: '/guides/new-method' },
      { text: 'The benchmark', link: '/guides/benchmark' },
    ],
  },
  {
    text: 'Where it runs',
    items: [
      { text: 'GPUs', link: '/guides/gpu' },
      { text: 'Slurm and other executors', link: '/guides/slurm' },
      { text: 'In a browser', link: '/guides/browser' },
      { text: 'Closed networks', link: '/guides/closed-network' },
      { text: 'Speed and memory', link: '/guides/performance' },
      { text: 'Settings of the command', link: '/guides/command' },
    ],
  },
  {
    text: 'Packages',
    collapsed: true,
    items: [
      { text: 'The command', link: '/packages/cli' },
      ...[
        'methods',
        'clip',
        'prompts',
        'guidance',
        'retention',
        'datasets',
        'pictograms',
        'images',
        'engine',
        'bench',
        'io',
      ].map(name => ({ text: name, link: `/packages/${name}` })),
    ],
  },
  {
    text: 'Explained',
    items: [
      { text: 'DGPrompt as built here', link: '/explained/dgprompt' },
      { text: 'Protocols', link: '/explained/protocols' },
      { text: 'Traps of this literature', link: '/explained/traps' },
      { text: 'How compile works', link: '/explained/compile' },
    ],
  },
  {
    text: 'More',
    items: [
      { text: 'Gallery', link: '/gallery/' },
      { text: 'Questions', link: '/faq' },
      { text: 'Changelog', link: '/changelog' },
    ],
  },
];

export const sidebarChinese = [
  {
    text: '快速开始',
    items: [
      { text: '三十秒了解', link: '/zh/start/' },
      { text: '安装', link: '/zh/start/install' },
      { text: '第一个程序', link: '/zh/start/first-program' },
      { text: '第一张表', link: '/zh/start/first-table' },
    ],
  },
  {
    text: '指南',
    items: [
      { text: '总览', link: '/zh/guides/' },
      { text: '零样本分类', link: '/zh/guides/zero-shot' },
      { text: '用文件夹训练分类器', link: '/zh/guides/own-classifier' },
      { text: '选择方法', link: '/zh/guides/choosing' },
      { text: '复现论文的表格', link: '/zh/guides/reproduce' },
      { text: '从 Dassl / CoOp 迁移', link: '/zh/guides/from-coop' },
      { text: '写一个新方法', link: '/zh/guides/new-method' },
      { text: '基准测试', link: '/zh/guides/benchmark' },
      { text: 'GPU', link: '/zh/guides/gpu' },
      { text: 'Slurm 与其他执行器', link: '/zh/guides/slurm' },
      { text: '在浏览器里运行', link: '/zh/guides/browser' },
      { text: '封闭网络与离线', link: '/zh/guides/closed-network' },
      { text: '速度与内存', link: '/zh/guides/performance' },
      { text: '命令的设置与退出码', link: '/zh/guides/command' },
    ],
  },
];
