import { signal } from '@preact/signals';
import type { Device, Split } from '../worker/protocol.js';

/** The content of a permalink: everything but the pictures. */
export interface Settings {
  /** A pictogram task, or the user's pictures. */
  data: string;
  /** `mini`, a hub id, or `file`. */
  clip: string;
  methods: string[];
  shots: number;
  /** 0: as in each method's recipe. */
  epochs: number;
  seed: number;
  split: Split;
  device: Device;
}

/** The value of `settings.data` that is not a task. */
export const own = 'own';

export const defaults: Settings = {
  data: 'weather',
  clip: 'mini',
  methods: ['clip', 'coop', 'maple', 'dgprompt'],
  shots: 16,
  epochs: 0,
  seed: 1,
  split: 'base-to-new',
  device: 'wasm',
};

export const limits = { shots: [1, 512], epochs: [0, 1000], seed: [0, 1_000_000] } as const;

/** Parses a permalink's fragment; invalid or missing parts get their defaults. */
export function settingsOf(hash: string): Settings {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const word = (name: string, ok: RegExp, otherwise: string) => {
    const value = given.get(name);
    return value !== null && ok.test(value) ? value : otherwise;
  };
  const whole = (name: keyof typeof limits) => {
    const value = Number(given.get(name) ?? Number.NaN);
    const [least, most] = limits[name];
    return Number.isInteger(value) && value >= least && value <= most ? value : defaults[name];
  };
  const methods = (given.get('methods') ?? '').split(',').filter(id => /^[a-z][a-z0-9-]*$/.test(id));
  return {
    data: word('data', /^[a-z]+$/, defaults.data),
    clip: word('clip', /^(mini|file|[\w.-]+\/[\w.-]+)$/, defaults.clip),
    methods: methods.length > 0 ? [...new Set(methods)] : defaults.methods,
    shots: whole('shots'),
    epochs: whole('epochs'),
    seed: whole('seed'),
    split: word('split', /^(base-to-new|all)$/, defaults.split) as Split,
    device: word('device', /^(wasm|webgpu)$/, defaults.device) as Device,
  };
}

/** The fragment of a permalink: only what differs from the defaults. */
export function hashOf(settings: Settings): string {
  const parts = new URLSearchParams();
  for (const key of Object.keys(defaults) as (keyof Settings)[]) {
    const [value, usual] = [String(settings[key]), String(defaults[key])];
    if (value !== usual) parts.set(key, value);
  }
  const text = parts.toString().replaceAll('%2C', ',').replaceAll('%2F', '/');
  return text === '' ? '' : `#${text}`;
}

export const settings = signal<Settings>(settingsOf(globalThis.location?.hash ?? ''));

export function change(part: Partial<Settings>): void {
  settings.value = { ...settings.value, ...part };
  history.replaceState(null, '', `${location.pathname}${location.search}${hashOf(settings.value)}`);
}

export const permalink = (): string => new URL(hashOf(settings.value) || '#', location.href).href;
