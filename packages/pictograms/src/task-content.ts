import { sha256Hex } from '@dgprompt/io';
import { styles } from './styles.js';
import { viewRecipe } from './views.js';

/** Name of a task's cache folder; changes with any change to splits, pictures or views. */
export function contentOf(name: string, split: string): string {
  const hash = sha256Hex(JSON.stringify([viewRecipe, styles]), JSON.stringify(JSON.parse(split)));
  return `${name}-${hash.slice(0, 12)}`;
}
