export { contextRows, type PromptText, type Slot } from './layout.js';
export { tokenizerFromJson, tokenRows } from './tokenizer.js';
export { clipVocabulary } from './vocabulary.js';
