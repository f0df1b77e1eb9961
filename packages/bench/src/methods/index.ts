export { codeHash } from './code-hash.js';
export { viewsEnding, withoutViews } from './name-views.js';
export { type MethodName, methodsNamed, writtenName } from './names.js';
export { type OwnMethods, ownMethods } from './own.js';
export { isFile, loadModule } from './own-module.js';
export { isAblation, type MethodFacts, methodSummary, methodTitle } from './title.js';
