/** A drawing style: a published set of pictures. */
export interface Style {
  /** The npm package with the pictures. */
  package: string;
  /** Its exact version, since the pictures are the data; equal to the one in this package's `devDependencies`. */
  version: string;
  /**
   * The drawing's origin: renderings of one drawing (Fluent's flat, shaded and 3D) share outlines, so they share a
   * split.
   */
  drawing: string;
}

/** The tasks' styles, by their names in the paths of split files. */
export const styles = {
  twemoji: { package: '@iconify-json/twemoji', version: '1.2.5', drawing: 'twemoji' },
  noto: { package: '@iconify-json/noto', version: '1.2.9', drawing: 'noto' },
  openmoji: { package: '@iconify-json/openmoji', version: '1.2.29', drawing: 'openmoji' },
  emojione: { package: '@iconify-json/emojione', version: '1.2.3', drawing: 'emojione' },
  'fluent-emoji-flat': { package: '@iconify-json/fluent-emoji-flat', version: '1.2.6', drawing: 'fluent' },
  'fluent-emoji': { package: '@iconify-json/fluent-emoji', version: '1.2.7', drawing: 'fluent' },
  'fluent-emoji-3d': { package: '@lobehub/fluent-emoji-3d', version: '1.1.0', drawing: 'fluent' },
} as const satisfies Record<string, Style>;

/** Name of a style. */
export type StyleName = keyof typeof styles;

/** Names of the styles. */
export const styleNames = Object.keys(styles) as StyleName[];

/** Whether a style has this name. */
export function isStyle(name: string): name is StyleName {
  return Object.hasOwn(styles, name);
}
