import { signal } from '@preact/signals';
import { remember, remembered } from '../browser/remembered.js';
import { en, type Strings } from './en.js';
import { zh } from './zh.js';

const all = { en, zh };
export type Language = keyof typeof all;
export const languages = Object.keys(all) as Language[];
export const nameOf = (language: Language): string => all[language].language;

const storeName = 'dgprompt-language';

function first(): Language {
  const kept = remembered(storeName);
  if (kept === 'en' || kept === 'zh') return kept;
  return globalThis.navigator?.language?.startsWith('zh') ? 'zh' : 'en';
}

export const language = signal<Language>(first());

/** The texts of the chosen language. Components that read them are rendered again when it changes. */
export const t = (): Strings => all[language.value];

export function speak(chosen: Language): void {
  language.value = chosen;
  remember(storeName, chosen);
}
