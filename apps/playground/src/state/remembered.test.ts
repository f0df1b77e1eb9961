import { expect, it, vi } from 'vitest';

it('a page whose storage is blocked keeps theme and language for this visit', async () => {
  const blocked = () => {
    throw new DOMException('Access is denied for this document.', 'SecurityError');
  };
  Object.defineProperty(globalThis, 'localStorage', { get: blocked, configurable: true });
  vi.stubGlobal('document', { documentElement: { dataset: {} } });
  const { chooseTheme, theme } = await import('./theme.js');
  const { language, speak } = await import('../strings/index.js');
  chooseTheme('dark');
  speak('zh');
  expect([theme.value, language.value]).toEqual(['dark', 'zh']);
});
