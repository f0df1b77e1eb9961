import type { TextPrompts } from '@dgprompt/clip';
import type { PromptLearner } from './types.js';

/** A method's learned contexts: none, one, or several. */
export const contextsOf = ({ context = [] }: PromptLearner): readonly TextPrompts[] => [context].flat();
