import { isStyle, type StyleName } from './styles.js';

/** A view of a picture, as given by its path in a split file. */
export interface PicturePath {
  /** The class's name with `-` between its words. */
  className: string;
  style: StyleName;
  /** The picture's name in its style's package. */
  icon: string;
  /** Number of the view, see `viewOf`. */
  view: number;
}

/** `dog-face/twemoji/dog-face-0.png`: the path of a view in a split file and below a task's cache folder. */
export function picturePath({ className, style, icon, view }: PicturePath): string {
  return `${className}/${style}/${icon}-${view}.png`;
}

/** Parses a view's path. @throws one sentence naming a path of another form */
export function parsePicturePath(path: string): PicturePath {
  const parts = /^([^/]+)\/([^/]+)\/([^/]+)-(\d+)\.png$/.exec(path);
  const style = parts?.[2];
  if (parts === null || style === undefined || !isStyle(style)) {
    throw new Error(`"${path}" is not the path of a pictogram's view (class/style/icon-number.png).`);
  }
  return { className: parts[1]!, style, icon: parts[3]!, view: Number(parts[4]) };
}
