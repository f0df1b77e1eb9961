export { type MethodName, methodsNamed, withVariant, writtenName } from './names.js';
export { type OwnMethods, ownMethods } from './own.js';
export { isFile, loadModule } from './own-module.js';
export { addFacts, factsOf, isAblation, type MethodFacts, methodSummary, methodTitle } from './title.js';
