import type { Environment } from './environment-type.js';

export type { Environment } from './environment-type.js';

/** A page has no environment variables. */
export const environment = (): Environment => ({});

export const platform = (): string => 'browser';

export const homeFolder = (): string => '/';

export const machine = (): string => 'browser';
