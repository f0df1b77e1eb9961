import { signal } from '@preact/signals';
import { remember, remembered } from '../browser/remembered.js';

export type Theme = 'system' | 'light' | 'dark';

const storeName = 'dgprompt-theme';
const kept = remembered(storeName);

export const theme = signal<Theme>(kept === 'light' || kept === 'dark' ? kept : 'system');

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  remember(storeName, chosen);
  applyTheme();
}

export function applyTheme(): void {
  if (theme.value === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
}
