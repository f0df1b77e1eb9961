import { defineConfig } from 'vitepress';
import { sidebar, sidebarChinese } from './sidebar.mjs';
import { chinese, english } from './texts.mjs';

const repository = 'https://github.com/dgprompt/dgprompt';

/** `npm run site` makes the pages that this reads: those of `docs` with what their blocks print, and generated ones. */
export default defineConfig({
  title: 'dgprompt',
  description: 'Prompt learning on frozen CLIP, in TypeScript',
  srcDir: '../site/pages',
  srcExclude: ['public/**'],
  outDir: '../site/dist',
  cacheDir: '../site/cache/vitepress',
  lastUpdated: false,
  ignoreDeadLinks: true, // scripts/site/check.mjs checks them, with their anchors
  transformHead: ({ siteData: { base } }) => [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}icon.svg` }],
  ],
  markdown: { theme: { light: 'github-light', dark: 'github-dark' }, shikiSetup: patient },
  vite: { build: { chunkSizeWarningLimit: 4096 }, publicDir: 'public' },
  themeConfig: {
    i18nRouting: false, // Chinese has a part of the pages
    search: { provider: 'local', options: { miniSearch: { options: { tokenize } }, locales: chinese.search } },
    socialLinks: [{ icon: 'github', link: repository }],
    outline: { level: [2, 3] },
  },
  locales: {
    root: { label: 'English', lang: 'en', themeConfig: { ...english, sidebar: sidebar() } },
    zh: { label: '简体中文', lang: 'zh-CN', themeConfig: { ...chinese.theme, sidebar: sidebarChinese } },
  },
});

/** Words; and each Chinese character, since Chinese has no spaces. */
function tokenize(text) {
  return text.match(/\p{Script=Han}|[^\s\p{P}\p{Script=Han}]+/gu) ?? [];
}

/** Colours do not depend on how busy the machine is: without this, a line that takes half a second has none. */
function patient(highlighter) {
  const { codeToHtml } = highlighter;
  highlighter.codeToHtml = (code, options) => codeToHtml(code, { ...options, tokenizeTimeLimit: 0 });
}
