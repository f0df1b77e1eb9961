import { useEffect, useState } from 'preact/hooks';
import { worker } from '../../state/worker.js';
import { t } from '../../strings/index.js';
import type { Judged } from '../../worker/protocol.js';
import { Thumbnail } from '../parts/thumbnail.js';
import styles from './details.module.css';

interface Props {
  judged: readonly Judged[];
  classNames: readonly string[];
  none: string;
}

/** Test pictures with their class, the prediction, and its confidence. */
export function JudgedPictures({ judged, classNames, none }: Props) {
  if (judged.length === 0) return <p>{none}</p>;
  return (
    <div class={styles.pictures}>
      {judged.map(one => (
        <JudgedPicture key={one.path} {...one} classNames={classNames} />
      ))}
    </div>
  );
}

function JudgedPicture({ path, label, predicted, score, classNames }: Judged & { classNames: readonly string[] }) {
  const [picture, setPicture] = useState<Blob>();
  useEffect(() => {
    let current = true;
    worker()
      .call('picture', { path })
      .then(
        blob => current && setPicture(blob),
        () => {},
      );
    return () => {
      current = false;
    };
  }, [path]);
  const [own, taken] = [classNames[label]!, classNames[predicted]!];
  const text = label === predicted ? own : t().details.taken(own, taken);
  return (
    <figure>
      {picture && <Thumbnail picture={picture} label={text} />}
      <figcaption>
        {text} <small>{Math.round(100 * score)} %</small>
      </figcaption>
    </figure>
  );
}
