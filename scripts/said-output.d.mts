export function saidOutput(code: string): string;
export function squeezed(text: string): string;
export function outputPattern(said: string): RegExp;
