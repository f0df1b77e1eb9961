import { baseToNew } from './base-to-new.js';
import type { Protocol } from './protocol.js';

/** DGPrompt and its variants without one part, base-to-new; shares its runs with that protocol. */
export const ablation: Protocol = {
  ...baseToNew,
  title: 'DGPrompt without its parts, base-to-new',
  methods: ['dgprompt', 'ablations'],
};
