import { printable } from '@dgprompt/io';
import { PickleGlobal, PickleRecord, type PickleValue } from './pickle-value.js';
import { isCount, rebuildTensor, rebuildTypedTensor, storageType, TorchTensor } from './tensor.js';

/**
 * Functions and classes that matter for weights, and their meaning here. Objects of any other class become records with
 * the class's name: nothing that a file names is ever run.
 */
const CALLS: Record<string, (args: PickleValue[]) => PickleValue> = {
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_tensor_v3': rebuildTypedTensor,
  'torch._utils._rebuild_parameter': ([data]) => data ?? null,
  'torch._utils._rebuild_parameter_with_state': ([data]) => data ?? null,
  'torch._tensor._rebuild_from_type': rebuildFromType,
  'torch._tensor._rebuild_from_type_v2': rebuildFromType,
  'torch.nn.parameter.Parameter': ([data]) => (data instanceof TorchTensor ? data : parameter()),
  'torch.autograd.variable.Variable': ([data]) => (data instanceof TorchTensor ? data : parameter()),
  // How a TorchScript stores lists and dictionaries of one type.
  'torch.jit._pickle.build_intlist': ([list]) => list ?? [],
  'torch.jit._pickle.build_doublelist': ([list]) => list ?? [],
  'torch.jit._pickle.build_boollist': ([list]) => list ?? [],
  'torch.jit._pickle.build_tensorlist': ([list]) => list ?? [],
  'torch.jit._pickle.restore_type_tag': ([value]) => value ?? null,
  'torch.Size': ([sizes]) => sizes ?? [],
  'torch.device': ([type, index]) => (isCount(index) ? `${shortText(type, 20)}:${index}` : shortText(type, 20)),
  'collections.OrderedDict': args => dictionary(args[0]),
  'collections.defaultdict': () => new Map(),
  'collections.Counter': args => (args[0] instanceof Map ? args[0] : new Map()),
  'collections.deque': () => [],
  'builtins.dict': args => dictionary(args[0]),
  'builtins.set': args => new Set(Array.isArray(args[0]) ? args[0] : []),
  'builtins.frozenset': args => new Set(Array.isArray(args[0]) ? args[0] : []),
  '_codecs.encode': ([text]) => encoded(text),
  'numpy.dtype': ([type]) => new PickleRecord(`numpy.dtype.${typeof type === 'string' ? type.slice(0, 20) : ''}`),
  'numpy.core.multiarray.scalar': numpyScalar,
};

/** Aliases: the names of Python 2, of numpy since 2.0, and of PyTorch before 1.9. */
const ALIASES: [RegExp, string][] = [
  [/^__builtin__\./, 'builtins.'],
  [/^numpy\._core\./, 'numpy.core.'],
  [/^torch\.tensor\._/, 'torch._tensor._'],
];

/**
 * Classes whose state is used: the modules of a TorchScript, and the optimizers and schedulers that published prompt
 * checkpoints contain.
 */
const KNOWN = /^(__torch__\.|torch\.optim\.|dassl\.optim\.)[\w.]+$/;

/** Modules that run programs, read or change files, or load code, and such functions among Python's builtins. */
const HOSTILE =
  /^(os|posix|nt|sys|subprocess|_posixsubprocess|commands|popen2|pty|socket|_socket|shutil|runpy|importlib|imp|code|codeop|ctypes|_ctypes|pickle|_pickle|cPickle|marshal|webbrowser|pdb|bdb|timeit|trace|profile|cProfile|pydoc|pip|signal|threading|_thread|multiprocessing|asyncio|http|urllib|requests|ftplib|smtplib|tempfile|glob|linecache|builtins\.(eval|exec|execfile|compile|open|__import__|input|breakpoint|globals|locals|vars|delattr|setattr|apply|file|reload))(\.|$)/;

/**
 * The meaning of a name in a checkpoint's pickle.
 * @throws a sentence without a file name, naming something that only an attack needs
 */
export function torchGlobal(module: string, name: string): PickleGlobal {
  const full = ALIASES.reduce((path, [from, to]) => path.replace(from, to), `${module}.${name}`.slice(0, 200));
  const call = Object.hasOwn(CALLS, full) ? CALLS[full] : undefined;
  if (call) return new PickleGlobal(full, call);
  if (storageType(full)) return new PickleGlobal(full);
  if (HOSTILE.test(full))
    throw new Error(
      `its pickle names ${printable(JSON.stringify(full))}, which no checkpoint needs and an attack may; nothing was run, but do not load it elsewhere`,
    );
  return new PickleGlobal(full, () => new PickleRecord(full, KNOWN.test(full)));
}

const parameter = () => new PickleRecord('torch.nn.parameter.Parameter');

/** A tensor of another class: `(function, class, arguments, state)`. */
function rebuildFromType([rebuild, , args]: PickleValue[]): PickleValue {
  if (!(rebuild instanceof PickleGlobal && rebuild.call && Array.isArray(args)))
    throw new Error('its pickle rebuilds a tensor from another value');
  return /_rebuild_(tensor|parameter)/.test(rebuild.name) ? rebuild.call(args) : new PickleRecord(rebuild.name);
}

/** Bytes as in protocol 2: a text with one character per byte. Bytes of arrays are not needed. */
function encoded(text: PickleValue | undefined): PickleValue {
  if (typeof text !== 'string') throw new Error('its pickle has something else in the place of a text');
  return text.length > 64 ? new PickleRecord('builtins.bytes') : latin1Bytes(text);
}

/** Other types of numbers are not needed. */
function numpyScalar([type, value]: PickleValue[]): PickleValue {
  const bytes = typeof value === 'string' && value.length <= 64 ? latin1Bytes(value) : value;
  if (!(type instanceof PickleRecord) || !(bytes instanceof Uint8Array)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const of: Record<string, () => number> = {
    f8: () => view.getFloat64(0, true),
    f4: () => view.getFloat32(0, true),
    i8: () => Number(view.getBigInt64(0, true)),
    i4: () => view.getInt32(0, true),
    b1: () => view.getUint8(0),
  };
  const name = type.className.replace('numpy.dtype.', '');
  return Object.hasOwn(of, name) && bytes.byteLength === Number(name.at(-1)) ? of[name]!() : null;
}

const latin1Bytes = (text: string): Uint8Array => Uint8Array.from(text, character => character.charCodeAt(0));

function dictionary(pairs: PickleValue | undefined): Map<PickleValue, PickleValue> {
  if (pairs === undefined) return new Map();
  if (!Array.isArray(pairs) || !pairs.every(pair => Array.isArray(pair) && pair.length === 2))
    throw new Error('its pickle makes a dictionary of values that are not pairs');
  return new Map(pairs as [PickleValue, PickleValue][]);
}

/** The short text expected here; a list that contains itself many times would become gigabytes of text. */
function shortText(value: PickleValue | undefined, most: number): string {
  if (typeof value === 'string' && value.length <= most) return value;
  throw new Error('its pickle has something else in the place of a short text');
}
