import { defineMethod, type MethodFactory, methodVariant, resolveMethod } from '@dgprompt/methods';

/** Settings by name, as a method takes them: options, `lr`, `epochs`. */
export type Settings = Readonly<Record<string, number | string | boolean>>;

/** A method with settings of our own in place of the published ones. */
export interface Tuned {
  /** The built-in method's id. */
  method: string;
  settings: Settings;
  /** One of the method's variants, on top of the settings. */
  variant?: string;
  /** What records and tables call it. Default: the id, with the variant */
  as?: string;
}

/**
 * Makes the method. The settings stand in its recipe, where published numbers stand, so that every other option keeps its default.
 * @throws a sentence if there is no such method or variant
 */
export function tuned({ method, settings, variant, as = method }: Tuned): MethodFactory {
  const { definition } = resolveMethod(method);
  const { recipe } = definition;
  const made = defineMethod({ ...definition, name: as, recipe: about => ({ ...recipe(about), ...settings }) });
  return variant === undefined ? made : methodVariant(made, variant);
}

/** `lr=0.01 tokens=4`: settings for people, in the order of their names. */
export function describe(settings: Settings): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(' ');
}
