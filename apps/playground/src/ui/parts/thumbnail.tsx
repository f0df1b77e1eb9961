import { useEffect, useRef } from 'preact/hooks';
import { drawThumbnail } from '../../intake/thumbnails.js';
import styles from './thumbnail.module.css';

/** A small square of a picture, drawn lazily. */
export function Thumbnail({ picture, label }: { picture: Blob; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const controller = new AbortController();
    if (canvas.current) void drawThumbnail(picture, canvas.current, controller.signal).catch(() => {});
    return () => controller.abort();
  }, [picture]);
  return <canvas ref={canvas} class={styles.thumbnail} role="img" aria-label={label} width="1" height="1" />;
}

export { styles as thumbnailStyles };
