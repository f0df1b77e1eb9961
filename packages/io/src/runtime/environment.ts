import { homedir } from 'node:os';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

export const environment = (): Environment => process.env;

/** `linux`, `darwin`, `win32`, … */
export const platform = (): string => process.platform;

export const homeFolder = (): string => homedir();
