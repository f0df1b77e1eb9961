import { PickleGlobal, PickleRecord, type PickleValue } from './pickle-value.js';
import { TorchTensor } from './tensor.js';

const MOST_VALUES = 500_000;
const DEEPEST = 100;
/** Characters of all names together; CLIP's tensors take some 50,000. */
const MOST_LETTERS = 16 * 2 ** 20;

/** Tensors and plain values with the names that lead to them, joined by dots. */
export interface Flattened {
  tensors: Map<string, TorchTensor>;
  values: Map<string, string | number | boolean>;
  /** The first class whose objects were skipped. */
  leftOut: string | undefined;
}

/**
 * The contents of a pickle's value. Skips objects of unknown classes, except for two kinds that may hold weights:
 * dictionaries of custom classes, and whole modules (`torch.save(model)`), whose names are those of their state dict.
 *
 * @throws a sentence without a file name if the value holds more than any checkpoint does
 */
export function flatten(root: PickleValue): Flattened {
  const found: Flattened = { tensors: new Map(), values: new Map(), leftOut: undefined };
  let visited = 0;
  let letters = 0;
  const visit = (value: PickleValue, name: string, depth: number) => {
    letters += name.length;
    if (++visited > MOST_VALUES || depth > DEEPEST || letters > MOST_LETTERS)
      throw new Error('its pickle holds more than any checkpoint does');
    const inside = (key: string | number) => (name ? `${name}.${key}` : `${key}`);
    const visitAll = (items: Iterable<[PickleValue, PickleValue]>) => {
      for (const [key, item] of items)
        if (typeof key === 'string' || typeof key === 'number') visit(item, inside(key), depth + 1);
    };
    if (value instanceof TorchTensor) found.tensors.set(name, value);
    else if (value instanceof PickleRecord) {
      const parts = moduleParts(value.state);
      if (value.items) visitAll(value.items);
      if (value.known) visit(value.state, name, depth + 1);
      else if (parts) for (const part of parts) visitAll(part);
      else if (!value.items) found.leftOut ??= value.className;
    } else if (value instanceof PickleGlobal) found.leftOut ??= value.name;
    else if (value instanceof Map) visitAll(value);
    else if (Array.isArray(value)) visitAll(value.entries());
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      found.values.set(name, value);
  };
  visit(root, '', 0);
  return found;
}

/** The parts of a module's state dict. */
function moduleParts(state: PickleValue): Map<PickleValue, PickleValue>[] | undefined {
  if (!(state instanceof Map) || !state.has('_parameters') || !state.has('_modules')) return undefined;
  const parts = ['_parameters', '_buffers', '_modules'].map(part => state.get(part));
  return parts.filter(part => part instanceof Map);
}
