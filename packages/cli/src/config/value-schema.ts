/** Which values an option takes, in the words of JSON Schema. */
export interface ValueSchema {
  type?: 'boolean' | 'string' | 'integer' | 'number' | 'array';
  anyOf?: readonly ValueSchema[];
  enum?: readonly string[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minLength?: number;
  items?: ValueSchema;
  minItems?: number;
}

/** A parser of an option's text that says which values it takes. */
export interface DescribedParser<T> {
  (text: string): T;
  schema: ValueSchema;
}

/**
 * Says which values a parser takes, so that the config file's schema has them from where they are checked.
 * @param schema of the value in a config file: `oneOrMore` for text with commas between
 */
export const takes = <T>(schema: ValueSchema, parse: (text: string) => T): DescribedParser<T> =>
  Object.assign(parse, { schema });

/** One value, or a list of some. */
export const oneOrMore = (items: ValueSchema): ValueSchema => ({
  anyOf: [items, { type: 'array', items, minItems: 1 }],
});
