/**
 * Whether a name has the form of a hub id: `openai/clip-vit-base-patch16`.
 *
 * @example
 * ```ts
 * import { isHubId } from '@dgprompt/clip/hub';
 *
 * console.log(isHubId('openai/clip-vit-base-patch16'), isHubId('./clip')); // true false
 * ```
 */
export function isHubId(name: string): boolean {
  return (
    /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/.test(name) && !name.includes('..') && !name.includes('--')
  );
}
