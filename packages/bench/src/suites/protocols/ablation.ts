import { baseToNew } from './base-to-new.js';
import type { Protocol } from './protocol.js';

/**
 * DGPrompt and what is left of it without its parts, base-to-new: the runs are those of that protocol, and are shared
 * with it.
 */
export const ablation: Protocol = {
  ...baseToNew,
  title: 'DGPrompt without its parts, base-to-new',
  methods: ['dgprompt', 'ablations'],
};
