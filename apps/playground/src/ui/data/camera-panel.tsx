import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Camera, openCamera } from '../../intake/camera.js';
import { addTo, ownClasses } from '../../state/own-images.js';
import { t } from '../../strings/index.js';
import controls from '../../style/controls.module.css';
import { Button } from '../parts/button.js';
import { Notice } from '../parts/notice.js';
import styles from './data.module.css';

/** The class being filmed. */
export const filmed = signal<number | undefined>(undefined);

/** Milliseconds between two frames while the button is held. */
const pause = 200;

/** The camera: collects frames for one class while the button, or the space bar, is held. */
export function CameraPanel({ id }: { id: number }) {
  const words = t().camera;
  const video = useRef<HTMLVideoElement>(null);
  const [camera, setCamera] = useState<Camera>();
  const [problem, setProblem] = useState<string>();
  const [holding, setHolding] = useState(false);
  const name = ownClasses.value.find(one => one.id === id)?.name;

  useEffect(() => {
    let opened: Camera | undefined;
    let closed = false;
    openCamera().then(
      one => {
        opened = one;
        if (closed) one.stop();
        else setCamera(one);
      },
      error => setProblem(cameraProblem(error)),
    );
    return () => {
      closed = true;
      opened?.stop();
    };
  }, []);

  useEffect(() => {
    if (camera && video.current) video.current.srcObject = camera.stream;
  }, [camera]);

  useEffect(() => {
    if (!holding || !camera || name === undefined) return;
    let count = 0;
    const collect = async () => {
      const file = video.current && (await camera.frame(video.current));
      if (file) addTo(id, [{ name: `${Date.now()}-${count++}.jpg`, file }]);
    };
    void collect();
    const timer = setInterval(() => void collect(), pause);
    return () => clearInterval(timer);
  }, [holding, camera, name]);

  if (name === undefined) return null;
  const hold = () => setHolding(true);
  const release = () => setHolding(false);
  return (
    <section class={styles.camera} aria-label={words.title(name)}>
      <h3>{words.title(name)}</h3>
      {problem ? (
        <Notice kind="error">{problem}</Notice>
      ) : (
        <>
          <video ref={video} autoPlay muted playsInline aria-label={words.video} />
          <div class={controls.row}>
            <button
              type="button"
              class={controls.primary}
              aria-pressed={holding}
              onPointerDown={hold}
              onPointerUp={release}
              onPointerLeave={release}
              onKeyDown={event => (event.key === ' ' || event.key === 'Enter') && hold()}
              onKeyUp={release}
              onBlur={release}
            >
              {words.hold}
            </button>
            <span class={controls.hint}>{words.hint}</span>
          </div>
        </>
      )}
      <Button
        small
        onClick={() => {
          filmed.value = undefined;
        }}
      >
        {words.done}
      </Button>
    </section>
  );
}

/** How to resolve the browser's error. */
export function cameraProblem(error: unknown): string {
  const words = t().camera;
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'SecurityError') return words.insecure;
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return words.none;
  return name === 'NotReadableError' ? words.inUse : words.denied;
}
