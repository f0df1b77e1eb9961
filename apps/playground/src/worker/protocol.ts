/**
 * Messages between the page and its worker. The page calls by name, with parameters; the worker answers once, and may
 * report events before that. All values can be cloned.
 */

/** Pictures for the worker: those of a task are paths, the user's are files. */
export interface OwnClass {
  name: string;
  files: { name: string; file: Blob }[];
}

export type DataChoice = { kind: 'task'; task: string } | { kind: 'own'; classes: OwnClass[] };

export type ClipChoice =
  | { kind: 'mini' }
  | { kind: 'hub'; id: string }
  | { kind: 'file'; name: string; weights: Blob; config?: Blob; tokenizer?: Blob };

/** The worker's compute environment, once it has started. */
export interface Environment {
  threads: number;
  cores: number;
  isolated: boolean;
  simd: boolean;
  /** The device for computing. */
  device: Device;
  webgpu: boolean;
  tasks: { id: string; title: string; classes: number; images: number }[];
}
export type Device = 'wasm' | 'webgpu';

export interface ClipFacts {
  id: string;
  /** Number of parameters in both towers. */
  parameters: number;
  imageSize: number;
  notes: string[];
}

export interface DataFacts {
  name: string;
  classNames: string[];
  templates: string[];
  counts: { train: number[]; val: number[]; test: number[] };
  warnings: string[];
  /** Shots of the smallest and of the largest class. */
  fewest: number;
  most: number;
}

/** A method of the zoo, and whether it can be trained on these data with this CLIP. */
export interface MethodFacts {
  id: string;
  title: string;
  summary: string;
  training: 'epochs' | 'fit' | 'none';
  epochs: number;
  /** Why it cannot be used here. */
  refusal?: string;
}

export type Split = 'base-to-new' | 'all';

export interface TrainSettings {
  shots: number;
  /** 0: as in the method's recipe. */
  epochs: number;
  seed: number;
  split: Split;
}

export interface EpochFacts {
  number: number;
  epochs: number;
  loss: number;
  validation?: number;
  seconds: number;
}

export interface Judged {
  path: string;
  label: number;
  predicted: number;
  score: number;
}

/** A method's results on the test images of one list of classes. */
export interface TestFacts {
  classNames: string[];
  top1: number;
  total: number;
  /** Row: true class of the image; column: predicted class. */
  confusion: number[][];
  right: Judged[];
  wrong: Judged[];
}

/** A trained and tested method. */
export interface MethodResult {
  id: string;
  title: string;
  epochs: EpochFacts[];
  base?: TestFacts;
  new?: TestFacts;
  /** The nearest words to each context vector. */
  words?: { classname?: string; context?: number; vectors: { word: string; distance: number }[][] }[];
  /** Time for training and testing, without waiting. */
  seconds: number;
  /** Whether classes without pictures can be added. */
  open: boolean;
}

export type TrainEvent =
  | { phase: 'text' | 'features' | 'test'; done: number; total: number }
  | { phase: 'steps'; done: number; total: number; epoch: number; step: number; steps: number; loss: number }
  | { phase: 'resumed'; epochs: EpochFacts[] }
  | { phase: 'epoch'; epoch: EpochFacts; kept: boolean };

export interface Progress {
  phase: string;
  done: number;
  total: number;
}

export interface Answer {
  method: string;
  title: string;
  /** Best first. */
  guesses: { label: string; score: number }[];
  /** Why this method gives no answer: it knows only its training classes. */
  refusal?: string;
  milliseconds: number;
}

export interface Download {
  name: string;
  blob: Blob;
}
export type DownloadKind = 'folder' | 'onnx' | 'page';

interface Call<P, R, E = never> {
  params: P;
  result: R;
  event: E;
}

/** Every call. */
export interface Calls {
  start: Call<{ assets: string; device: Device }, Environment>;
  clip: Call<ClipChoice, ClipFacts, Progress>;
  data: Call<{ choice: DataChoice }, DataFacts>;
  methods: Call<TrainSettings, MethodFacts[]>;
  /** Finished results of earlier visits with these settings, and the progress of unfinished methods. */
  kept: Call<TrainSettings, { finished: MethodResult[]; begun: { id: string; epochs: EpochFacts[] }[] }>;
  train: Call<{ method: string; settings: TrainSettings }, MethodResult, TrainEvent>;
  forget: Call<{ method: string; settings: TrainSettings }, void>;
  picture: Call<{ path: string }, Blob>;
  samples: Call<{ label: number; count: number }, { path: string; blob: Blob }[]>;
  classify: Call<{ image: Blob; more: string[]; methods: string[]; settings: TrainSettings }, Answer[]>;
  download: Call<{ kind: DownloadKind; method: string; title: string; settings: TrainSettings }, Download>;
}
export type CallName = keyof Calls;

/** From the page. */
export type Request =
  | { [N in CallName]: { type: 'call'; id: number; name: N; params: Calls[N]['params'] } }[CallName]
  | { type: 'stop'; id: number };

/** From the worker. */
export type Response =
  | { type: 'event'; id: number; event: unknown }
  | { type: 'result'; id: number; result: unknown }
  | { type: 'error'; id: number; message: string; stopped: boolean };
