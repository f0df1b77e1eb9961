declare const DGPROMPT_VERSION: string;

/** Version of this package. */
export const version = DGPROMPT_VERSION;

/** The browser's engine and its version, such as `Chrome/140.0.0.0`. */
export const runtimeVersion = (): string =>
  /(Firefox|Edg|Chrome|Version)\/[\d.]+/.exec(navigator.userAgent)?.[0] ?? navigator.userAgent;

export const processorCount = (): number => navigator.hardwareConcurrency || 1;
