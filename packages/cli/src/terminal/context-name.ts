import type { ContextWords } from '@dgprompt/methods/evaluation';

/** Which of a method's contexts these words are near to, such as `context 2` or `dog`; `''` if it has one. */
export const contextName = ({ classname, context }: ContextWords): string =>
  [classname, context === undefined ? undefined : `context ${context}`].filter(part => part !== undefined).join(', ');
